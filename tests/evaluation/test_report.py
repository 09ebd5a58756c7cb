import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile
from PIL import Image

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.report import (
    Example,
    Figure,
    Headline,
    Report,
    Table,
    format_score,
    write_report,
)

VOID = {"meta", "img", "br", "link", "input"}


class Page(HTMLParser):
    """Elements of a page and their text; notes what is closed in the wrong order."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.wrong, self.text = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.text.append(data.strip())

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def decoded(uri, media_type):
    head, _, body = uri.partition(",")
    assert head == f"data:{media_type};base64"
    return base64.b64decode(body, validate=True)


def make_png():
    content = io.BytesIO()
    Image.new("RGB", (4, 3)).save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def report(rng):
    versions = {"noisy": rng.uniform(-1, 1, 8000), "clean": rng.uniform(-1, 1, (8000, 2))}
    return Report(
        title="A <b>bold</b> title",
        subtitle="Made for a test",
        headlines=[Headline("SI-SDR", "5.0 → 9.4 dB", "+4.4 dB")],
        examples=[Example("a/x & y", versions, 16000, {"noisy": {"si_sdr": 5.0, "stoi": np.nan}})],
        tables=[Table("Scores", ["Metric", "Mean"], [["SI-SDR", "9.4 dB"]], note="One file.")],
        figures=[Figure("Curves", make_png(), "Falling loss")],
        details={"Configuration": "family: segan\n<script>x</script>"},
    )


@pytest.fixture
def page(report, tmp_path):
    write_report(tmp_path / "report.html", report)
    return Page((tmp_path / "report.html").read_text(encoding="utf-8"))


def test_page_is_well_formed_and_escaped(page):
    assert page.wrong == [] and page.open == []
    assert page.all("html") == [{"lang": "en"}]
    assert "A <b>bold</b> title" in page.text and page.all("b") == []
    assert len(page.all("script")) == 1 and "src" not in page.all("script")[0]
    assert any("<script>x</script>" in text for text in page.text)


def test_page_needs_nothing_else(page):
    for _, attributes in page.elements:
        for key in ("src", "href", "srcset", "poster", "data"):
            assert attributes.get(key, "data:").startswith("data:")
    assert not re.search(r"https?://|@import|url\(", " ".join(page.text))
    policy = next(meta for meta in page.all("meta") if "http-equiv" in meta)["content"]
    assert "default-src 'none'" in policy


def test_players_hold_the_samples(page, report):
    players = page.all("audio")
    assert [player["aria-label"] for player in players] == ["a/x & y, noisy", "a/x & y, clean"]
    for player, waveform in zip(players, report.examples[0].audio.values(), strict=True):
        samples, rate_hz = soundfile.read(io.BytesIO(decoded(player["src"], "audio/wav")))
        assert rate_hz == 16000 and "controls" in player
        np.testing.assert_allclose(samples, waveform, atol=1 / 32768)


def test_loud_samples_are_clipped_not_wrapped(tmp_path):
    example = Example("x", {"loud": np.full(800, 1.5)}, 8000)
    write_report(tmp_path / "r.html", Report("t", examples=[example]))
    player = Page((tmp_path / "r.html").read_text()).all("audio")[0]
    samples, _ = soundfile.read(io.BytesIO(decoded(player["src"], "audio/wav")))
    assert samples.min() > 0.99


def test_pictures_are_inside_and_described(page):
    images = page.all("img")
    assert [image["alt"] for image in images] == [
        "Spectrogram of a/x & y, noisy: 0.5 s, 0 to 8 kHz",
        "Spectrogram of a/x & y, clean: 0.5 s, 0 to 8 kHz",
        "Falling loss",
    ]
    for image in images:
        Image.open(io.BytesIO(decoded(image["src"], "image/png"))).verify()


def test_scores_and_table_are_readable(page):
    assert {"5.00 dB", "–", "SI-SDR", "STOI", "9.4 dB", "One file.", "+4.4 dB"} <= set(page.text)
    assert page.all("th") == [{"scope": "col"}, {"scope": "col"}, {"scope": "row"}]


def test_empty_parts_leave_no_heading(tmp_path):
    write_report(tmp_path / "r.html", Report("Only a title"))
    page = Page((tmp_path / "r.html").read_text())
    assert page.all("h2") == [] and page.all("table") == [] and page.wrong == []


def test_failure_leaves_the_old_page(report, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("old")
    bad = Table("Scores", ["Metric", "Mean"], [["SI-SDR"]])
    with pytest.raises(InputError, match="table Scores: got a row of 1 cells, expected 2"):
        write_report(path, Report("t", tables=[bad]))
    with pytest.raises(InputError, match="waveform"):
        write_report(path, Report("t", examples=[Example("x", {"a": np.zeros(0)}, 16000)]))
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("metric", "value", "sign", "text"),
    [
        ("si_sdr", -0.5, "", "-0.50 dB"),
        ("si_sdr", 4.0, "+", "+4.00 dB"),
        ("stoi", 0.92345, "", "0.923"),
        ("pesq_wb", float("nan"), "+", "–"),
    ],
)
def test_scores_as_text(metric, value, sign, text):
    assert format_score(metric, value, sign) == text
