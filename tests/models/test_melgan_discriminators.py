"""The judges of MelGAN: scales of waveforms, scales of log-mel spectrograms, periods."""

import keras
import numpy as np
import pytest
from small_melgan import make_melgan, make_pairs

from tfgan_audio.layers.average_pooling import HalfRate
from tfgan_audio.models.melgan_sizes import MelGANSizes
from tfgan_audio.models.multi_scale_discriminator import judge_scales
from tfgan_audio.models.period_discriminator import judge_periods


@pytest.fixture
def waveform() -> np.ndarray:
    """Four waveforms."""
    return make_pairs(1)[1]


def count_folded(network: keras.Model) -> int:
    """Numbers of weights without the gains."""
    return sum(w.numpy().size for w in network.weights if not w.path.endswith("gain"))


def test_published_numbers_of_weights() -> None:
    """Of MelGAN's three scales, of multi-band MelGAN's, and of HiFi-GAN's five periods."""
    waveform = keras.Input([None, 1])
    published = MelGANSizes()
    network = keras.Model(waveform, judge_scales(waveform, published))
    assert count_folded(network) == 3 * 5_637_953
    multi_band = MelGANSizes(discriminator_max_channels=512, discriminator_strides=(4, 4, 4))
    network = keras.Model(waveform, judge_scales(waveform, multi_band))
    assert round(count_folded(network) / 3e6, 2) == 1.45
    periods = MelGANSizes(periods=(2, 3, 5, 7, 11))
    network = keras.Model(waveform, judge_periods(waveform, periods))
    assert round(count_folded(network) / 1e6, 1) == 41.1


def test_order_and_forms_of_what_is_judged(waveform) -> None:
    model = make_melgan(mel_discriminator=True, periods=(2, 3))
    judgement = model.discriminator(waveform)
    names = [[f"scale_{scale}_layer_{layer}" for layer in range(5)] for scale in range(2)] + [
        [f"mel_scale_{scale}_layer_{layer}" for layer in range(5)] for scale in range(2)
    ]
    names += [[f"period_{period}_layer_{layer}" for layer in range(6)] for period in (2, 3)]
    assert [len(maps) for maps in judgement] == [len(scale) for scale in names]
    for maps, of_scale in zip(judgement, names, strict=True):
        for found, name in zip(maps, of_scale, strict=True):
            assert found.shape[-1] == model.discriminator.get_layer(name).filters
        assert maps[-1].shape[-1] == 1
    assert [maps[0].shape[:2] for maps in judgement] == [
        (4, 1152), (4, 576), (4, 72), (4, 36), (8, 192), (12, 128),
    ]  # fmt: skip


@pytest.mark.parametrize("num_samples", [1152, 1151, 999])
def test_a_scale_judges_the_half_rate_of_the_one_before(waveform, num_samples: int) -> None:
    model, waveform = make_melgan(), waveform[:, :num_samples]
    layers = {layer.name: layer for layer in model.discriminator.layers}
    for layer in range(5):
        weights = layers[f"scale_0_layer_{layer}"].get_weights()
        layers[f"scale_1_layer_{layer}"].set_weights(weights)
    _, half = model.discriminator(waveform)
    whole, _ = model.discriminator(HalfRate()(waveform))
    for found, expected in zip(half, whole, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_mel_judges_hear_what_mels_tell(waveform) -> None:
    """Polarity is not in a mel."""
    model = make_melgan(mel_discriminator=True)
    judgement, flipped = model.discriminator(waveform), model.discriminator(-waveform)
    for scale in (2, 3):
        for found, expected in zip(flipped[scale], judgement[scale], strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.abs(flipped[0][-1] - judgement[0][-1]).max() > 1e-3


def test_a_period_judge_keeps_phases_apart(waveform) -> None:
    """A change of every third sample reaches one row in three."""
    model = make_melgan(periods=(3,))
    changed = waveform.copy()
    changed[:, 1::3] *= 0.5
    *_, judgement = model.discriminator(waveform)
    *_, other = model.discriminator(changed)
    for found, expected in zip(other, judgement, strict=True):
        moved = np.any(np.asarray(found) != np.asarray(expected), axis=(1, 2))
        np.testing.assert_array_equal(moved, [False, True, False] * 4)
