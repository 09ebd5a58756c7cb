"""The README's Python runs as printed, on made recordings and for fewer steps."""

import re
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.audio.io import write_audio

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def recordings(tmp_path, rng, monkeypatch):
    """Folders `speech` and `noise` in the working folder."""
    time = np.arange(48000) / 16000
    for index in range(10):
        tone = 0.3 * np.sin(2 * np.pi * (200 + 40 * index) * time) * (np.sin(7 * time) > 0)
        write_audio(tmp_path / "speech" / f"{index}.wav", tone.astype(np.float32), 16000)
        noise = 0.1 * rng.standard_normal(48000).astype(np.float32)
        write_audio(tmp_path / "noise" / f"{index}.wav", noise, 16000)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_python_examples(recordings):
    training, use = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    training, num_changes = re.subn(r"(steps_per_epoch|epochs)=\d+", r"\1=2", training)
    assert num_changes == 2
    names: dict = {}
    exec(training, names)
    assert (recordings / "segan.keras").exists()
    assert int(names["model"].generator_optimizer.iterations) == 4
    exec(use, names)
    assert names["clean"].shape == names["noisy"].shape
    streamed = np.concatenate(names["parts"])
    offline = names["enhancer"].enhance(names["noisy"][:16000], 16000)
    np.testing.assert_allclose(streamed, offline, atol=1e-5)
