"""The README's Python runs as printed, on made recordings and for fewer steps."""

import re
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.audio.io import read_audio, write_audio

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


def python_examples() -> list[str]:
    """The README's programs, their training cut short."""
    text = re.sub(r"(steps_per_epoch|epochs)=\d+", r"\1=2", README.read_text())
    assert text.count("steps_per_epoch=2") == text.count(" epochs=2") == 2
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.slow
def test_enhancement_examples(recordings):
    training, use, _ = python_examples()
    names: dict = {}
    exec(training, names)
    assert (recordings / "segan.keras").exists()
    assert int(names["model"].generator_optimizer.iterations) == 4
    exec(use, names)
    assert names["clean"].shape == names["noisy"].shape
    streamed = np.concatenate(names["parts"])
    offline = names["enhancer"].enhance(names["noisy"][:16000], 16000)
    np.testing.assert_allclose(streamed, offline, atol=1e-5)


@pytest.mark.slow
def test_generation_example(tmp_path, rng, monkeypatch):
    for label in ("hihat", "kick", "snare"):
        for index in range(6):
            hit = (0.1 * rng.standard_normal(9000)).astype(np.float32)
            write_audio(tmp_path / "drums" / label / f"{index}.wav", hit, 16000)
    monkeypatch.chdir(tmp_path)
    *_, example = python_examples()
    names: dict = {}
    exec(example, names)
    assert int(names["model"].generator_optimizer.iterations) == 4
    assert int(names["model"].discriminator_optimizer.iterations) == 20
    assert names["generator"].label_names == ("hihat", "kick", "snare")
    assert names["snares"].shape == (8, 16384, 1)
    written, rate_hz = read_audio(tmp_path / "snare.wav")
    assert rate_hz == 16000
    np.testing.assert_allclose(written, names["snares"][0], atol=1 / 32768)
