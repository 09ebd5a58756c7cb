"""Waveforms from log-mel spectrograms: near enough, in place, of the right length, and quiet."""

import numpy as np
import pytest

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.mel_inversion import mel_to_waveform
from tfgan_audio.audio.spectral import fit_to_frames, log_mel

RATE_HZ = 16_000
SIZES = {"sample_rate_hz": RATE_HZ, "hop_samples": 192, "window_samples": 768}
CONVENTIONS = {
    "half_hop": MelFeatures(**SIZES),
    "centre": MelFeatures(**SIZES, centring="centre", log_base="e", fmin_hz=80.0, fmax_hz=7600.0),
    "none": MelFeatures(**SIZES, centring="none"),
    "powers": MelFeatures(**SIZES, power=2.0, floor=1e-10),
    "standardized": MelFeatures(**SIZES, mean=(-2.0,) * 80, scale=(0.7,) * 80),
}


def voice() -> np.ndarray:
    """A second and a half of gliding harmonics with formants, in syllables with pauses, [T]."""
    times = np.arange(int(1.5 * RATE_HZ)) / RATE_HZ
    pitch_hz = 130.0 * (1 + 0.25 * np.sin(2.5 * times))
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    sound = np.zeros_like(times)
    for number in range(1, 40):
        at_hz = number * pitch_hz
        formants = sum(np.exp(-(((at_hz - hz) / 250) ** 2)) for hz in (600, 1500, 2700))
        sound += (0.02 + formants) / number * np.sin(number * phase)
    syllables = np.maximum(np.sin(2 * np.pi * 3 * times), 0.0) ** 0.5
    noise = np.random.default_rng(0).normal(0.0, 1e-3, len(times))
    return (0.3 * sound / np.abs(sound).max() * syllables + noise).astype(np.float32)


def decades(features: MelFeatures, mel: np.ndarray) -> np.ndarray:
    """Magnitudes of mels in decades: without normalisation, whatever base and power."""
    if features.mean is not None:
        mel = mel * np.array(features.scale) + np.array(features.mean)
    return mel / features.power / (np.log(10) if features.log_base == "e" else 1.0)


@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_mel_of_the_waveform_is_near_the_given_one(name: str) -> None:
    """Nearer than 5 dB, and half as far as a sound without any shape would be."""
    features, original = CONVENTIONS[name], voice()
    mel = log_mel(original[None], features)[0].numpy()
    made = mel_to_waveform(mel, features)
    assert made.shape == (len(mel) * features.hop_samples,) and made.dtype == np.float32
    assert np.abs(made).max() <= 1.0
    found = log_mel(made[None], features)[0].numpy()
    inner = slice(4, len(mel) - 8)  # the ends know nothing of what was before and behind
    found, wanted = (decades(features, part[inner]) for part in (found, mel))
    loud = wanted > wanted.max() - 2.0
    error = np.abs(found - wanted)[loud].mean()
    assert error < 0.25 and error < 0.6 * np.abs(wanted - wanted[loud].mean())[loud].mean()


@pytest.mark.parametrize("name", CONVENTIONS)
def test_clicks_come_back_where_they_were(name: str) -> None:
    """The frames say when; half a hop earlier or later would be seen."""
    features = CONVENTIONS[name]
    original = np.zeros(RATE_HZ, np.float32)
    places = [3000, 7100, 12200]
    for place in places:
        original[place : place + 16] = 0.5
    mel = log_mel(original[None], features)[0].numpy()
    made = np.square(mel_to_waveform(mel, features))
    around = np.arange(-1000, 1000)
    near = [made[place - 1000 : place + 1000] for place in places]
    late = np.mean([np.sum(powers * around) / powers.sum() for powers in near])
    assert abs(late - 8) < features.hop_samples / 4


@pytest.mark.parametrize("num_frames", [1, 2, 7])
def test_few_frames_have_their_length(num_frames: int) -> None:
    features = CONVENTIONS["half_hop"]
    mel = np.full([num_frames, 80], -1.0, np.float32)
    made = mel_to_waveform(mel, features)
    assert made.shape == (num_frames * 192,) and np.isfinite(made).all()


@pytest.mark.parametrize("name", CONVENTIONS)
def test_silence_stays_silent(name: str) -> None:
    features = CONVENTIONS[name]
    mel = log_mel(np.zeros([1, RATE_HZ // 2], np.float32), features)[0].numpy()
    made = mel_to_waveform(mel, features)
    assert np.isfinite(made).all() and np.abs(made).max() < 1e-4


def test_a_quiet_signal_stays_as_quiet() -> None:
    features, original = CONVENTIONS["half_hop"], 0.01 * voice()
    levels = [
        np.sqrt(np.mean(np.square(waveform)))
        for waveform in (
            fit_to_frames(original, features),
            mel_to_waveform(log_mel(original[None], features)[0].numpy(), features),
        )
    ]
    assert levels[1] == pytest.approx(levels[0], rel=0.3)
