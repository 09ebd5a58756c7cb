"""The page of a run shows its recordings, scores, curves and settings."""

import base64
import html
import io
import re

import numpy as np
import pytest
import soundfile
from PIL import Image

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.report import Table
from tfgan_audio.evaluation.results import FileScore, Scores
from tfgan_audio.training.enhancement_report import write_enhancement_report
from tfgan_audio.training.enhancement_scores import EnhancementScores
from tfgan_audio.training.run_folder import RunFolder

HISTORY = """step,d_loss,g_adversarial,g_loss,g_snr,val_d_loss,val_g_loss,val_si_sdr,seconds
10,0.5,0.1,1.5,1.4,0.4,1.2,3.5,12.0
20,0.4,0.2,1.0,0.8,0.3,0.9,6.5,24.0
"""


TABLE = Table("Exports", ["Runtime", "Size"], [["TFLite", "7.5 MB"]])


def make_run(path) -> RunFolder:
    """The folder of a run that has ended, with what its page is made of."""
    run = RunFolder(path)
    run.path.mkdir()
    run.make_folders()
    run.config.write_text("name: <my> experiment\n")
    run.environment.write_text('{"cpu_count": 64}\n')
    run.history.write_text(HISTORY)
    return run


@pytest.fixture(scope="module")
def scores() -> EnhancementScores:
    """Two recordings, improved by 5 and 7 dB."""
    draws = np.random.default_rng(0)
    recordings = {
        name: {
            version: draws.uniform(-0.1, 0.1, 16_000).astype(np.float32)
            for version in ("noisy", "enhanced", "clean")
        }
        for name in ("held-out-00", "held-out-01")
    }

    def side(*values: float) -> Scores:
        files = (FileScore(name, {"si_sdr": value}) for name, value in zip(recordings, values))
        return Scores(("si_sdr",), tuple(files))

    return EnhancementScores(side(1.0, 2.0), side(6.0, 9.0), recordings)


@pytest.fixture(scope="module")
def written(scores, tmp_path_factory) -> RunFolder:
    """A run whose page has been written."""
    run = make_run(tmp_path_factory.mktemp("report") / "run")
    write_enhancement_report(run.report_html, run, scores, "A title", "A subtitle.", [TABLE])
    return run


def test_the_page_shows_everything(written) -> None:
    page = html.unescape(written.report_html.read_text())
    for text in ("A title", "A subtitle.", "TFLite", "7.5 MB", "held-out-00", "held-out-01"):
        assert text in page
    assert "name: <my> experiment" in page and '{"cpu_count": 64}' in page
    assert "1.50 → 7.50 dB" in page and "+6.00 dB on 2 files" in page
    assert "<script src" not in page and "http://" not in page.replace("http://www.w3.org", "")


def test_the_players_play_the_recordings(written, scores) -> None:
    encoded = re.findall(r"data:audio/wav;base64,([^\"']+)", written.report_html.read_text())
    assert len(encoded) == 2 * 3
    played = [soundfile.read(io.BytesIO(base64.b64decode(text))) for text in encoded]
    for recording in scores.recordings.values():
        for waveform in recording.values():
            nearest = min(np.abs(other - waveform).max() for other, _ in played)
            assert nearest < 1 / 32768
    assert {rate for _, rate in played} == {16_000}


def test_the_curves_are_kept_as_a_picture_too(written) -> None:
    """It is the one that the page shows."""
    picture = (written.plots / "curves.png").read_bytes()
    assert base64.b64encode(picture).decode() in written.report_html.read_text()
    with Image.open(io.BytesIO(picture)) as image:
        assert min(image.size) > 200


def test_a_page_that_cannot_be_written_is_told(scores, tmp_path) -> None:
    run = make_run(tmp_path / "run")
    run.report_html.mkdir()
    with pytest.raises(InputError, match="report.html"):
        write_enhancement_report(run.report_html, run, scores, "A title", "A subtitle.")
