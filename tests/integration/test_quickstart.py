"""`tfgan-audio quickstart` from made sounds to the page, for a few steps."""

import csv
import re

import numpy as np
import pytest

from tfgan_audio.audio.io import read_audio
from tfgan_audio.errors import InputError
from tfgan_audio.loading import load
from tfgan_audio.quickstart import quickstart

SHORT = (
    "train.num_steps=4",
    "train.validate_every_steps=2",
    "train.adversarial_start_step=2",
    "train.batch_size=2",
    "train.num_samples=1",
    "data.num_validation_items=2",
    "model.channels=16",
)


@pytest.mark.slow
def test_embedded_default(tmp_path):
    lines = []
    page = quickstart(tmp_path / "demo", overrides=SHORT, say=lines.append)
    text = page.read_text()
    assert text.count("<audio") == 2 * 3 and "TFLite" in text and "SavedModel" in text
    (line,) = (line for line in lines if line.startswith("SI-SDR"))
    before, _ = re.match(r"SI-SDR: (\S+) → (\S+) dB", line).groups()
    # The SNR is exactly 5 dB; SI-SDR differs by how far speech and noise happen to correlate.
    assert float(before) == pytest.approx(5.0, abs=0.3)
    rows = list(csv.DictReader((tmp_path / "demo" / "run" / "history.csv").open()))
    assert [row["step"] for row in rows] == ["2", "4"]
    assert float(rows[0]["g_adversarial"]) == 0.0 < float(rows[1]["g_adversarial"])
    noisy, rate = read_audio(tmp_path / "demo" / "run" / "samples" / "noisy-0.wav")
    runtimes = [
        load(tmp_path / "demo" / place).enhance(noisy, rate)
        for place in ("run", "export/segan.tflite", "export/segan")
    ]
    assert np.abs(runtimes[0] - noisy).max() > 1e-3
    for other in runtimes[1:]:
        np.testing.assert_allclose(other, runtimes[0], atol=1e-5)


def test_one_folder_of_two_is_refused(tmp_path):
    with pytest.raises(InputError, match="noise_dir: got none"):
        quickstart(tmp_path / "demo", speech_dir=tmp_path)
    assert not (tmp_path / "demo").exists()
