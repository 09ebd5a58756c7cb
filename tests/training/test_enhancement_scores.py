"""Held-out examples are enhanced at the model's rate and scored at 16 kHz."""

import numpy as np
import pytest

from tfgan_audio.models.segan import SEGAN
from tfgan_audio.training.enhancement_scores import score_enhancer

RATE_HZ, NUM_SAMPLES, SCORED_HZ = 8000, 40_000, 16_000


def tone(frequency_hz: float, rate_hz: int) -> np.ndarray:
    """Five seconds of a tone, switched on and off smoothly, as speech is."""
    seconds = np.arange(5 * rate_hz) / rate_hz
    envelope = 0.05 + np.sin(2 * np.pi * seconds) ** 2
    return (0.2 * envelope * np.sin(2 * np.pi * frequency_hz * seconds)).astype(np.float32)


class Tones:
    """Clean tones of 500 Hz, noisy with a tone a tenth as strong, the phase by the step."""

    def batch(self, step: int, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
        assert batch_size == 1
        clean = (1 + step) * tone(500, RATE_HZ)[None, :, None]
        return clean + 0.1 * (1 + step) * tone(1500, RATE_HZ)[None, :, None], clean


@pytest.fixture(scope="module")
def scores():
    """Scores of a network that mutes what lies above 1 kHz."""
    sizes = {"frame_samples": 128, "hop_samples": 64, "channels": 4, "dilations": (1,)}
    model = SEGAN(sample_rate_hz=RATE_HZ, discriminator_channels=4, **sizes)
    kernel, bias = model.generator.get_layer("enhancer").mask.weights
    num_bins = bias.shape[0] // 2
    kernel.assign(0.0 * kernel)
    # The real part of the mask is 1 + 2 tanh(bias), the imaginary part 2 tanh(bias).
    is_high = np.linspace(0, RATE_HZ / 2, num_bins) > 1000
    bias.assign(np.concatenate([np.arctanh(-0.5) * is_high, np.zeros(num_bins)]))
    return score_enhancer(model, Tones(), num_items=2)


def test_recordings_are_what_was_heard_and_made_at_16_khz(scores) -> None:
    assert list(scores.recordings) == ["held-out-00", "held-out-01"]
    clean, disturbance = tone(500, SCORED_HZ), 0.1 * tone(1500, SCORED_HZ)
    for gain, versions in zip((1, 2), scores.recordings.values(), strict=True):
        for name, expected in (
            ("clean", clean),
            ("noisy", clean + disturbance),
            ("enhanced", clean),
        ):
            # The ends ring, where the tones begin and stop.
            found, expected = (part[800:-800] for part in (versions[name], gain * expected))
            np.testing.assert_allclose(found, expected, atol=1e-3)


def test_each_side_has_the_scores_of_its_own_version(scores) -> None:
    """The disturbing tone is 20 dB weaker, and then gone."""
    for side in (scores.before, scores.after):
        assert [file.name for file in side.files] == ["held-out-00", "held-out-01"]
    np.testing.assert_allclose(scores.before.values("si_sdr"), 20, atol=0.05)
    assert (scores.after.values("si_sdr") > 40).all()
