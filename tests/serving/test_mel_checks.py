"""Mels of one convention given to a vocoder of another."""

from dataclasses import replace

import numpy as np
import pytest

from tfgan_audio.audio.features import PRESETS, MelFeatures
from tfgan_audio.audio.spectral import log_mel, mel_spectrogram
from tfgan_audio.serving.mel_checks import doubt, log_range, quiet_frame


def speechlike(rng, seconds: float = 1.0, rate: int = 22050) -> np.ndarray:
    """Pulses at 120 Hz of changing loudness over a floor of noise at -60 dB."""
    time = np.arange(int(seconds * rate)) / rate
    pulses = (np.mod(time * 120, 1) < 0.02) * np.clip(np.sin(2 * np.pi * 3 * time), 0, 1)
    return (0.5 * pulses + 1e-3 * rng.standard_normal(len(time))).astype(np.float32)


def mel_of(rng, features: MelFeatures, gain: float = 1.0) -> np.ndarray:
    """The mel of it."""
    return log_mel(gain * speechlike(rng)[None], features).numpy()[0]


def normalised(rng, features: MelFeatures) -> MelFeatures:
    """The same convention, normalised by the statistics of the sound above."""
    mel = mel_of(rng, features)
    mean, scale = mel.mean(axis=0).tolist(), mel.std(axis=0).tolist()
    return replace(features, mean=tuple(mean), scale=tuple(scale))


@pytest.mark.parametrize("gain", [0.0, 1e-3, 1.0, 2.0])
@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("is_normalised", [False, True])
def test_mels_of_the_definition_are_not_doubted(rng, name, gain: float, is_normalised) -> None:
    features = PRESETS[name]
    if is_normalised:
        features = normalised(rng, features)
    assert doubt(mel_of(rng, features, gain), features) is None


@pytest.mark.parametrize("gain", [1e-3, 0.1, 1.0])
def test_where_the_statistics_are_not_known_any_level_can_be_right(rng, gain: float) -> None:
    known = normalised(rng, PRESETS["parallel_wavegan"])
    unknown = replace(PRESETS["parallel_wavegan"], normalised_elsewhere=True)
    assert doubt(mel_of(rng, known, gain), unknown) is None
    assert "louder than noise" in doubt(mel_of(rng, known), PRESETS["parallel_wavegan"])
    linear = mel_spectrogram(gain * speechlike(rng)[None], unknown).numpy()[0]
    assert "before the logarithm, expected logarithms to base 10, normal" in doubt(linear, unknown)


@pytest.mark.parametrize("power", [1.0, 2.0])
@pytest.mark.parametrize("norm", ["slaney", "none"])
@pytest.mark.parametrize("scale", ["slaney", "htk"])
def test_the_range_holds_the_loudest_sounds(power: float, norm: str, scale: str) -> None:
    features = MelFeatures(power=power, mel_norm=norm, mel_scale=scale)
    time = np.arange(22050) / 22050
    sounds = [np.sign(np.sin(2 * np.pi * hz * time)) for hz in (50, 440, 5000)]
    sounds.append(np.sin(2 * np.pi * 11025 / 2 * time**2))
    loudest = max(log_mel(x[None].astype(np.float32), features).numpy().max() for x in sounds)
    low, high = log_range(features)
    assert low == pytest.approx(-5.0)
    # A margin of one decade is allowed beyond it; it is not much wider than needed either.
    assert loudest - 1.0 < high < loudest + 1.5 * power


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("is_normalised", [False, True])
def test_a_linear_mel_is_doubted(rng, name: str, is_normalised: bool) -> None:
    features = PRESETS[name]
    linear = mel_spectrogram(speechlike(rng)[None], features).numpy()[0]
    if is_normalised:
        features = normalised(rng, features)
    assert "before the logarithm, expected" in doubt(linear, features)


@pytest.mark.parametrize("name", ["parallel_wavegan", "hifigan"])
@pytest.mark.parametrize("gain", [0.3, 1.0])
def test_a_mel_that_is_not_normalised_is_doubted(rng, name: str, gain: float) -> None:
    features = normalised(rng, PRESETS[name])
    plain = mel_of(rng, PRESETS[name], gain)
    assert "that is not normalised, expected" in doubt(plain, features)
    assert doubt((plain - features.mean) / features.scale, features) is None


@pytest.mark.parametrize(
    ("made", "taken"), [("tacotron2", "melgan_official"), ("hifigan", "melgan_official")]
)
def test_natural_logarithms_for_those_to_base_10_are_doubted(rng, made: str, taken: str) -> None:
    mel = mel_of(rng, PRESETS[made], gain=0.1)
    reason = doubt(mel, PRESETS[taken])
    assert reason.startswith("got values from -") and "expected logarithms to base 10" in reason
    assert "from about -5 to 1.38" in reason


def test_decibels_and_normalised_mels_are_doubted(rng) -> None:
    features = PRESETS["melgan_official"]
    mel = mel_of(rng, features)
    assert doubt(20 * mel, features).startswith("got values from -77 to -")
    assert "louder than noise at full" in doubt((mel - mel.mean(0)) / mel.std(0), features)


def test_no_sound_is_louder_than_noise_at_full_scale(rng) -> None:
    """The noise itself is what is just not doubted."""
    noise = rng.uniform(-1.0, 1.0, [1, 22050]).astype(np.float32)
    for features in PRESETS.values():
        mel = log_mel(noise, features).numpy()[0]
        step = 0.15 if features.log_base == "10" else 0.35
        assert doubt(mel - step, features) is None
        assert "louder than noise at full scale" in doubt(mel + step, features)


def test_a_quiet_frame_is_the_floor_where_recordings_reach_it() -> None:
    for name, value in (("melgan_official", -5.0), ("tacotron2", np.log(1e-5))):
        np.testing.assert_allclose(quiet_frame(PRESETS[name]), np.full(80, value), rtol=1e-6)
    # -10, the floor, is the logarithm of what only digital silence has
    np.testing.assert_allclose(quiet_frame(PRESETS["parallel_wavegan"]), np.full(80, -5.0))
    np.testing.assert_allclose(quiet_frame(MelFeatures(power=2.0, floor=1e-12)), np.full(80, -10.0))


def test_a_quiet_frame_stays_within_three_deviations() -> None:
    mean, scale = np.linspace(-4.0, -2.0, 80), np.full(80, 0.8)
    features = MelFeatures(floor=1e-10, mean=tuple(mean), scale=tuple(scale))
    expected = np.maximum((-5.0 - mean) / scale, -3.0)
    np.testing.assert_allclose(quiet_frame(features), expected, rtol=1e-5)
    assert quiet_frame(features).dtype == np.float32
    unknown = quiet_frame(MelFeatures(normalised_elsewhere=True))
    np.testing.assert_array_equal(unknown, np.full(80, -3.0, np.float32))
    assert expected.min() == -3.0 < expected.max()
