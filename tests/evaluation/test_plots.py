import io

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from PIL import Image

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation import plots
from tfgan_audio.evaluation.results import FileScore, Scores

NAN = float("nan")


def pixels(png):
    """The picture as floats; reading it also proves that it is a whole PNG."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float)


def brightness_rows(png):
    """Mean brightness of each pixel row of the part where the spectrogram is."""
    image = pixels(png)
    height, width = image.shape[:2]
    return image[: int(height * 0.8), int(width * 0.2) : int(width * 0.75)].mean(axis=(1, 2))


def tone(frequency_hz, num_samples=8000, sample_rate_hz=8000):
    return 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(num_samples) / sample_rate_hz)


def make_scores(**values):
    files = tuple(
        FileScore(str(index), {metric: column[index] for metric, column in values.items()})
        for index in range(len(next(iter(values.values()))))
    )
    return Scores(tuple(values), files)


def test_limits_follow_the_loudest_sine():
    """A sine of amplitude 0.6 is at -4.4 dB, one of 0.3 at -10.5 dB; steps are of 5 dB."""
    loud, soft = 1.2 * tone(1000), 0.6 * tone(500)
    assert plots.level_limits({"loud": loud, "soft": soft}, 8000) == (-70.0, 0.0)
    assert plots.level_limits({"soft": soft}, 8000) == (-80.0, -10.0)


def test_higher_tone_is_drawn_higher():
    low, high = (brightness_rows(plots.spectrograms({"": tone(f)}, 8000)) for f in (500, 3500))
    difference = low - high
    assert difference.max() > 50 and difference.min() < -50
    assert np.argmin(difference) < 0.3 * len(low) < 0.7 * len(low) < np.argmax(difference)


def test_pair_has_one_colour_scale():
    loud, soft = tone(1000), 0.001 * tone(1000)
    shared = plots.level_limits({"loud": loud, "soft": soft}, 8000)
    own = pixels(plots.spectrograms({"": soft}, 8000))
    scaled = pixels(plots.spectrograms({"": soft}, 8000, shared))
    assert scaled.mean() < own.mean()
    assert plots.spectrograms({"loud": loud, "soft": soft}, 8000) == plots.spectrograms(
        {"loud": loud, "soft": soft}, 8000, shared
    )


def test_short_silent_and_stereo_signals_are_drawn(rng):
    stereo = rng.standard_normal((4000, 2))
    versions = {"one sample": np.ones(1), "silence": np.zeros(4000), "stereo": stereo}
    assert pixels(plots.spectrograms(versions, 16000)).std() > 0
    mono = plots.spectrograms({"": stereo.mean(axis=1)}, 16000)
    assert plots.spectrograms({"": stereo}, 16000) == mono


@pytest.mark.parametrize("waveforms", [{}, {"empty": np.zeros(0)}])
def test_nothing_to_draw_is_refused(waveforms):
    with pytest.raises(InputError):
        plots.spectrograms(waveforms, 16000)


def test_curves_skip_empty_cells():
    rows = [{"step": "1", "g_loss": "2.0", "val": ""}, {"step": "2", "g_loss": "1.0", "val": "3"}]
    thinned = [{"step": 1, "g_loss": 2.0}, {"step": 2, "g_loss": 1.0, "val": 3.0}]
    panels = {"Losses": ["g_loss"], "Validation": ["val"]}
    assert plots.curves(rows, panels) == plots.curves(thinned, panels)
    with pytest.raises(InputError, match="history column d_loss"):
        plots.curves(rows, {"Losses": ["d_loss"]})
    with pytest.raises(InputError, match="panels"):
        plots.curves(rows, {})


def test_curves_show_the_numbers():
    panels = {"Loss": ["loss"]}
    falling = plots.curves([{"step": i, "loss": 5 - i} for i in range(5)], panels)
    rising = plots.curves([{"step": i, "loss": i + 1} for i in range(5)], panels)
    assert falling != rising


def test_bars_draw_common_metrics():
    before = make_scores(si_sdr=[1.0, 2.0], pesq_wb=[1.0, 1.1])
    after = make_scores(si_sdr=[5.0, 7.0])
    narrow, wide = plots.score_bars({"b": before, "a": after}), plots.score_bars({"b": before})
    assert pixels(narrow).shape[1] < pixels(wide).shape[1]
    with pytest.raises(InputError, match="no metric in common"):
        plots.score_bars({"b": make_scores(stoi=[0.5]), "a": after})


def test_bars_survive_a_metric_without_values():
    assert pixels(plots.score_bars({"a": make_scores(si_sdr=[NAN, NAN])})).size > 0


def test_no_global_state_is_left():
    before = dict(matplotlib.rcParams)
    plots.spectrograms({"": tone(1000)}, 8000)
    plots.score_bars({"a": make_scores(si_sdr=[1.0])})
    assert dict(matplotlib.rcParams) == before and pyplot.get_fignums() == []
