"""An encoder finds what recordings are made of, where that is known."""

from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.passages import Passages, split_passages
from tfgan_audio.latents import draw_latents
from tfgan_audio.models.latent_encoder import LatentEncoder
from tfgan_audio.training.encoder_run import encode_sequences, train_encoder

NUM_SAMPLES = 1024


def tones(latents, phase, num_samples=NUM_SAMPLES):
    """A low and a high tone, each within 20 dB of the middle level by its number of the latent."""
    times = np.arange(num_samples, dtype=np.float32)[None, :, None]
    both = keras.ops.sin(2 * np.pi * (times / np.float32([40.0, 6.0]) + phase))
    return keras.ops.sum(10.0 ** (latents[:, None] - 1.5) * both, axis=-1, keepdims=True)


class Tones(keras.layers.Layer):
    """The generator, whose sounds all begin alike."""

    def call(self, latents):
        return tones(latents, 0.0)


@pytest.fixture(scope="module")
def trained() -> tuple[LatentEncoder, list, dict]:
    """An encoder after a short training, its history and its figures."""
    keras.utils.set_random_seed(0)
    latent = keras.Input([2])
    model = SimpleNamespace(
        generator=keras.Model(latent, Tones()(latent)),
        latent_dim=2,
        slice_samples=NUM_SAMPLES,
        num_channels=1,
    )
    encoder = LatentEncoder(model, base_channels=8)
    train, held_out = split_passages(recordings(40, seed=1), NUM_SAMPLES, NUM_SAMPLES // 2)
    return encoder, *train_encoder(encoder, train, held_out, num_steps=200, seed=0)


def recordings(num: int, seed: int) -> MemoryClips:
    """Tones of two slices and a half that begin anywhere in their periods."""
    latents, phases = draw_latents(num, 2, seed), draw_latents(num, 2, seed + 1)
    made = []
    for number in range(num):
        waveform = tones(latents[number : number + 1], phases[number], 5 * NUM_SAMPLES // 2)
        split = "validation" if number % 5 == 0 else "train"
        made.append((Clip(f"{number}", Path(f"{number}"), "", split), waveform[0].numpy()))
    return MemoryClips(made, 16_000)


def explained(found: np.ndarray, latents: np.ndarray) -> np.ndarray:
    """Share of each number's variance that is explained."""
    return 1.0 - np.mean((found - latents) ** 2, axis=0) / np.var(latents, axis=0)


def test_latents_of_made_and_of_recorded_tones_are_found(trained) -> None:
    encoder, _, figures = trained
    latents = draw_latents(100, 2, seed=9)
    for phase in (0.0, draw_latents(100, 2, seed=8)[:, None]):
        found = encoder(tf.convert_to_tensor(tones(latents, phase))).numpy()
        assert np.all(explained(found, latents) > 0.8)
    assert figures["held_out_latent"] < 0.2 / 3
    assert figures["held_out_spectrum"] < 0.5 * figures["random_spectrum"]


def test_the_figures_are_those_of_the_best_weights(trained) -> None:
    _, history, figures = trained
    totals = [sum(value for name, value in row.items() if "held_out" in name) for row in history]
    kept = sum(value for name, value in figures.items() if "held_out" in name)
    assert kept == pytest.approx(min(totals), rel=1e-4)
    assert min(totals) < 0.6 * totals[0]


def test_sequences_hold_the_latents_of_their_slices(trained) -> None:
    encoder, _, _ = trained
    clips = recordings(3, seed=5)
    parts = split_passages(clips, NUM_SAMPLES, NUM_SAMPLES // 2)[0].parts
    passages = Passages(clips, parts, NUM_SAMPLES, NUM_SAMPLES // 2, np.array([4, 5, 6]))
    encoded = encode_sequences(encoder, passages)
    cut = list(passages.sequences(4))
    assert [label for label, _ in cut] == list(encoded.labels)
    for (_, slices), latents in zip(cut, encoded.latents, strict=True):
        np.testing.assert_allclose(latents, encoder(tf.constant(slices)), atol=1e-5)
