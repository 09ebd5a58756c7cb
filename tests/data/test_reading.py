"""Files become waveforms at the level asked for."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.data.manifest import list_clips
from tfgan_audio.data.reading import read_sound, read_speech
from tfgan_audio.errors import InputError


def test_a_sound_is_scaled_to_its_peak_unless_it_is_silent(tmp_path: Path) -> None:
    ramp = np.linspace(-0.25, 0.125, 500)
    for name, scale in (("loud", 8.0), ("soft", 1e-2), ("silent", 1e-3), ("zero", 0.0)):
        soundfile.write(tmp_path / f"{name}.wav", scale * ramp, 16_000, subtype="FLOAT")
    read = {clip.path.stem: clip for clip in list_clips(tmp_path)}
    for name, peak, raw_peak in (
        ("loud", 1.0, 1.0),
        ("soft", 1.0, 0.0025),
        ("silent", 0.00025, 0.00025),  # below -70 dB of full scale: nothing but noise to raise
        ("zero", 0.0, 0.0),
    ):
        for normalize, highest in (("peak", peak), ("none", raw_peak)):
            waveform = read_sound(read[name], 16_000, 1, normalize)
            np.testing.assert_allclose(waveform[:, 0], ramp / 0.25 * highest, rtol=1e-6, atol=1e-9)


def test_speech_is_scaled_to_a_peak_below_full_scale(tmp_path: Path) -> None:
    """Both channels and another rate are brought together first."""
    times = np.arange(4410) / 44_100
    tone = 0.1 * np.sin(2 * np.pi * 500 * times)
    soundfile.write(tmp_path / "tone.wav", np.stack([tone, 3 * tone], 1), 44_100, subtype="FLOAT")
    (clip,) = list_clips(tmp_path)
    scaled, plain = (read_speech(clip, 16_000, normalize) for normalize in ("peak", "none"))
    assert scaled.shape == (1600, 1)
    assert np.abs(scaled).max() == pytest.approx(0.95, rel=1e-6)
    assert np.abs(plain).max() == pytest.approx(0.2, rel=0.02)
    np.testing.assert_allclose(scaled * np.abs(plain).max() / 0.95, plain, atol=1e-6)
    with pytest.raises(InputError, match="normalize: got loud, expected peak or none"):
        read_speech(clip, 16_000, "loud")
