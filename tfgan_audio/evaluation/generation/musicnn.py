"""The music tagger MTT_musicnn as an embedding, from the weights in the package `musicnn`.

The package is found, not imported: it asks for a TensorFlow and a NumPy of its time. Install it by
`pip install --no-deps musicnn`. Its checkpoint is read into a Keras model made here.
Letters: N clips, T samples, F frames, M mels, D dimensions.
"""

from __future__ import annotations

import functools
import importlib.util
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.sound_sets import watched
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import keras

FEATURES = MelFeatures(
    sample_rate_hz=SAMPLE_RATE_HZ,
    fft_samples=512,
    hop_samples=256,
    window_samples=512,
    num_mels=96,
    centring="centre",
    padding="zeros",
    power=2.0,
)
"""The mel power spectrogram it was trained on; its logarithm is another, see `embed_musicnn`."""

_NAME = "MTT_musicnn"
_TIMBRAL_BANDS = (38, 67)  # 0.4 and 0.7 of the mels
_TEMPORAL_FRAMES = (128, 64, 32)
_NUM_MIDDLE_LAYERS = 3
_BATCH_SIZE = 16


def embed_musicnn(waveforms: np.ndarray) -> np.ndarray:
    """Return the penultimate layer for clips of any length.

    Its input is `log10(1 + 10000 mel)`. The package rounds the mels to half precision first, where
    those of loud sounds overflow; here they stay in single precision.

    Args:
        waveforms: Clips at 16 kHz.

    Shape:
        `[N, T]` -> `[N, D]` with D = 200.

    Raises:
        InputError: The package is not installed, or another version of it.

    Reference:
        Pons and Serra 2019, "musicnn: pre-trained convolutional neural networks for music audio
        tagging", arXiv:1909.06654; Pons et al. 2018, arXiv:1711.02520.
    """
    import tensorflow as tf

    from tfgan_audio.audio.spectral import mel_spectrogram

    run = _embedding_of_mel()
    vectors = []
    starts = range(0, len(waveforms), _BATCH_SIZE)
    for start in watched(starts, "musicnn", len(starts)):
        batch = tf.constant(waveforms[start : start + _BATCH_SIZE])
        vectors.append(run(mel_spectrogram(batch, FEATURES, in_double=False)).numpy())
    return np.concatenate(vectors)


@functools.cache
def _embedding_of_mel() -> Callable:
    """From mels `[N, F, M]` to vectors `[N, D]`, traced once."""
    import tensorflow as tf

    network = load_musicnn()

    @tf.function(input_signature=[tf.TensorSpec([None, None, FEATURES.num_mels], tf.float32)])
    def run(mel: tf.Tensor) -> tf.Tensor:
        return network(tf.math.log(1.0 + 10000.0 * mel) / math.log(10.0), training=False)[0]

    return run


def find_musicnn() -> Path:
    """Return the folder of the checkpoint.

    Raises:
        InputError: The package is not installed.
    """
    spec = importlib.util.find_spec("musicnn")
    folders = spec.submodule_search_locations if spec is not None else None
    if not folders:
        raise InputError("musicnn", "no such package", "it: pip install --no-deps musicnn")
    return Path(folders[0]) / _NAME


@functools.cache
def load_musicnn() -> keras.Model:
    """Return the tagger with its weights: log-mels `[N, F, M]` to vectors `[N, 200]` and logits.

    Raises:
        InputError: The package is not installed, or its checkpoint is of another network.
    """
    import tensorflow as tf

    folder = find_musicnn()
    try:
        # The names of the checkpoint's files begin with the dot, which only this reader accepts.
        reader = tf.compat.v1.train.NewCheckpointReader(f"{folder}/")
        network = build_musicnn()
        for layer in network.layers:
            if layer.weights:
                names = [weight.name for weight in layer.weights]
                layer.set_weights([reader.get_tensor(f"{layer.name}/{name}") for name in names])
    except (tf.errors.OpError, RuntimeError, ValueError) as error:
        seen = str(error).splitlines()[0]
        raise InputError(folder, seen, "the checkpoint of musicnn 0.1.0") from None
    return network


def build_musicnn() -> keras.Model:
    """Build the network, whose layers are called as in the checkpoint.

    Shape:
        `[N, F, M]` -> `[N, 200]`, `[N, 50]` with M = 96.
    """
    import keras
    from keras import layers

    next_name = _Names()

    def normalised(signal: keras.KerasTensor) -> keras.KerasTensor:
        return layers.BatchNormalization(name=next_name("batch_normalization"))(signal)

    def block(signal: keras.KerasTensor, num_filters: int, size: tuple[int, int], padding: str):
        name = next_name("conv2d")
        convolved = layers.Conv2D(num_filters, size, padding=padding, activation="relu", name=name)
        return normalised(convolved(signal))

    inputs = keras.Input((None, FEATURES.num_mels), name="log_mel")
    image = normalised(keras.ops.expand_dims(inputs, 3))
    padded = _in_time_padded(image)
    maps = [block(padded, 204, (7, bands), "valid") for bands in _TIMBRAL_BANDS]
    maps += [block(image, 51, (frames, 1), "same") for frames in _TEMPORAL_FRAMES]
    front = keras.ops.concatenate([keras.ops.max(each, axis=2) for each in maps], axis=2)
    stages, signal = [front], front
    for _ in range(_NUM_MIDDLE_LAYERS):
        wide = _in_time_padded(keras.ops.expand_dims(signal, 3))
        change = keras.ops.squeeze(block(wide, 64, (7, signal.shape[2]), "valid"), 2)
        signal = change if signal is front else signal + change
        stages.append(signal)
    joined = keras.ops.concatenate(stages, axis=2)
    pooled = keras.ops.stack([keras.ops.max(joined, 1), keras.ops.mean(joined, 1)], axis=2)
    flat = normalised(layers.Flatten()(pooled))
    vectors = normalised(layers.Dense(200, activation="relu", name=next_name("dense"))(flat))
    return keras.Model(inputs, [vectors, layers.Dense(50, name=next_name("dense"))(vectors)])


def _in_time_padded(image: keras.KerasTensor) -> keras.KerasTensor:
    """Three frames of zeros on both sides, `[N, F, M, C]`."""
    import keras

    return keras.ops.pad(image, [(0, 0), (3, 3), (0, 0), (0, 0)])


class _Names:
    """Numbers names as TensorFlow 1 did: conv2d, conv2d_1, conv2d_2."""

    def __init__(self) -> None:
        self._num_given: dict[str, int] = {}

    def __call__(self, name: str) -> str:
        count = self._num_given[name] = self._num_given.get(name, -1) + 1
        return f"{name}_{count}" if count else name
