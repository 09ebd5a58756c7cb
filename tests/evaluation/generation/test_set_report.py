import base64
import io
import re

import numpy as np
import pytest
import soundfile
from PIL import Image

from tfgan_audio.evaluation.generation.bins import Bins
from tfgan_audio.evaluation.generation.measures import ScoreOptions
from tfgan_audio.evaluation.generation.scoring import score_sets
from tfgan_audio.evaluation.generation.set_metrics import SET_METRICS
from tfgan_audio.evaluation.generation.set_plots import bin_shares, confusion_matrix, mean_spectra
from tfgan_audio.evaluation.generation.set_report import set_report
from tfgan_audio.evaluation.generation.sound_sets import sounds_from_arrays
from tfgan_audio.evaluation.report import write_report


class Sign:
    """A classifier by the sign of the first sample."""

    label_names, held_out_accuracy = ("down", "up"), 1.0

    def judge(self, waveforms, sample_rate_hz):
        logits = 9 * np.sign(waveforms[:, 1:2]) * np.array([[-1.0, 1.0]])
        return logits - np.logaddexp(*logits.T)[:, None], waveforms[:, :2]


def test_page_has_players_beside_the_nearest_real_clip(tmp_path, tones):
    clips = tones(60, 2048)
    real = sounds_from_arrays(clips, names=[f"real-{index}" for index in range(60)])
    made = sounds_from_arrays(0.98 * clips[:20], labels=["up", "down"] * 10)
    options = ScoreOptions(Sign(), num_bins=4)
    scores = score_sets(real, made, "d_train_log_mel,ndb_log_mel,accuracy_classifier", options)
    path = tmp_path / "page.html"
    write_report(path, set_report(real, made, scores, options, {"Sounds": "made <here>"}))
    text = path.read_text()
    assert text.count("<audio") == 12 and "made &lt;here&gt;" in text
    players = re.findall(r'src="data:audio/wav;base64,([^"]+)"', text)
    waves = [soundfile.read(io.BytesIO(base64.b64decode(each)))[0] for each in players]
    for generated, neighbour in zip(waves[::2], waves[1::2], strict=True):
        np.testing.assert_allclose(generated, 0.98 * neighbour, atol=1e-4)
    for title in ("Mean power spectra", "bins of the real clips (log_mel)", "Asked for"):
        assert title in text
    assert text.count("data:image/png") == 12 + 3
    assert f"{scores.values['d_train_log_mel']:.2f}" in text and "Scores of every clip" in text


@pytest.mark.parametrize("num_real", [60, 3])
def test_a_headline_names_real_clips_only_where_they_have_a_figure(tones, num_real):
    """A few clips are too few to be halved, and one half scored against the other."""
    real = sounds_from_arrays(tones(num_real, 2048))
    made = sounds_from_arrays(0.98 * tones(30, 2048))
    options = ScoreOptions(num_bins=2)
    scores = score_sets(real, made, "d_self_log_mel,d_train_log_mel", options)
    page = set_report(real, made, scores, options, {})
    figures = [SET_METRICS[name].text(value) for name, value in scores.real.items()]
    expected = [f"real clips: {figure}" for figure in figures] or ["", ""]
    assert [headline.detail for headline in page.headlines] == expected
    assert ("Real" in page.tables[0].columns) == bool(figures)
    assert {len(row) for row in page.tables[0].rows} == {len(page.tables[0].columns)}
    assert bool(figures) == (num_real == 60)


def picture(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float)


def test_spectra_are_drawn_at_their_level():
    """A line covers the other where they are equal, and lies above where it is louder."""
    low, high = np.full((2, 65), 1e-6), np.full((2, 65), 1e-4)
    blue, orange = np.array([0, 114, 178]), np.array([213, 94, 0])

    def pixels_by_row(estimate, colour):
        image = picture(mean_spectra(low, estimate, 16000))[:, 100:500]
        return (np.abs(image - colour).sum(axis=2) < 60).sum(axis=1)

    assert pixels_by_row(low, blue).max() < 50
    rows = [pixels_by_row(high, colour).argmax() for colour in (blue, orange)]
    assert rows[0] - rows[1] > 50
    assert min(pixels_by_row(high, colour).max() for colour in (blue, orange)) > 350


def test_stars_mark_the_bins_that_differ():
    shares = np.array([0.6, 0.4]), np.array([0.1, 0.9])
    with_stars = picture(bin_shares(Bins(*shares, np.array([True, True]))))
    without = picture(bin_shares(Bins(*shares, np.array([False, False]))))
    assert without.shape == with_stars.shape and (without != with_stars).any()
    assert with_stars.mean() < without.mean()


@pytest.mark.parametrize("num_labels", [2, 12])
def test_matrix_is_dark_where_clips_are(num_labels):
    names = [f"class {index}" for index in range(num_labels)]
    right = picture(confusion_matrix(9 * np.eye(num_labels, dtype=int), names))
    none = picture(confusion_matrix(np.zeros((num_labels, num_labels), int), names))
    assert right.mean() < none.mean() - 2
