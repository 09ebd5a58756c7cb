"""A classifier of sounds, to tell whether generated ones are what they should be.

Letters: B batch, T samples, F frames, M mels, L labels, D features.
"""

from __future__ import annotations

import functools
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.resampling import resample
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.errors import InputError

_HOP_SAMPLES, _FFT_SAMPLES, _NUM_MELS = 128, 1024, 128
_TOP_OF_NYQUIST = 7800 / 8000
_NUM_BLOCKS = 4
_FEWEST_SAMPLES = _HOP_SAMPLES * 2**_NUM_BLOCKS
_BATCH_SIZE = 32


@keras.saving.register_keras_serializable(package="tfgan_audio")
class SoundClassifier(keras.Model):
    """Log-mel spectrogram, four convolutions, one dense layer: WaveGAN's classifier of digits.

    Each clip is brought to a peak of 1 first, so that its level does not matter. Called on
    waveforms it gives logits; `judge` gives what scores of generated sounds need.

    Args:
        label_names: Names of the classes, at least two, in the order of the logits.
        slice_samples: Length T of the clips, at least 2048.
        sample_rate_hz: Their rate.
        channels: Maps of each convolution. The original has 128; 32 train ten times as fast.
        held_out_accuracy: Share of held-out clips that it was right about; None if not known.

    Shape:
        `[B, T]` or `[B, T, 1]` -> `[B, L]`.

    Raises:
        InputError: Fewer than two classes or two of one name, or clips too short.

    Reference:
        Donahue et al. 2019, "Adversarial audio synthesis", arXiv:1802.04208, appendix C. Differs:
        peaks of 1, batch statistics with momentum 0.9, a floor of 1e-4 under the logarithm.
    """

    def __init__(
        self,
        label_names: Sequence[str],
        slice_samples: int = 16384,
        sample_rate_hz: int = 16000,
        channels: int = 128,
        held_out_accuracy: float | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(dtype="float32", **keywords)
        self.label_names = tuple(label_names)
        if not 2 <= len(self.label_names) == len(set(self.label_names)):
            raise InputError("label_names", list(label_names), "two or more different names")
        if slice_samples < _FEWEST_SAMPLES:
            raise InputError("slice_samples", slice_samples, f"at least {_FEWEST_SAMPLES}")
        self.slice_samples, self.sample_rate_hz = slice_samples, sample_rate_hz
        self.channels, self.held_out_accuracy = channels, held_out_accuracy
        self.features = MelFeatures(
            sample_rate_hz=sample_rate_hz,
            fft_samples=_FFT_SAMPLES,
            hop_samples=_HOP_SAMPLES,
            window_samples=_FFT_SAMPLES,
            num_mels=_NUM_MELS,
            fmin_hz=40.0,
            fmax_hz=_TOP_OF_NYQUIST * sample_rate_hz / 2,
            centring="none",
            mel_scale="htk",
            mel_norm="none",
            floor=1e-4,
            log_base="e",
        )
        num_frames = -(-slice_samples // _HOP_SAMPLES)
        self.network = build_classifier_network(num_frames, len(self.label_names), channels)
        self.built = True
        self._judged = tf.function(
            lambda batch: self.network(self.spectrograms(batch), training=False),
            input_signature=[tf.TensorSpec([None, slice_samples], tf.float32)],
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "label_names": list(self.label_names),
            "slice_samples": self.slice_samples,
            "sample_rate_hz": self.sample_rate_hz,
            "channels": self.channels,
            "held_out_accuracy": self.held_out_accuracy,
            "name": self.name,
        }

    def call(self, waveforms: tf.Tensor, training: bool = False) -> tf.Tensor:
        return self.network(self.spectrograms(waveforms), training=training)[0]

    def spectrograms(self, waveforms: tf.Tensor) -> tf.Tensor:
        """Return what the network sees of clips, `[B, T]` or `[B, T, 1] -> [B, F, M]`."""
        waveforms = tf.reshape(tf.cast(waveforms, tf.float32), [-1, self.slice_samples])
        peaks = tf.reduce_max(tf.abs(waveforms), axis=1, keepdims=True)
        waveforms = tf.math.divide_no_nan(waveforms, peaks)
        num_frames = -(-self.slice_samples // _HOP_SAMPLES)
        whole = (num_frames - 1) * _HOP_SAMPLES + _FFT_SAMPLES
        padded = tf.pad(waveforms, [(0, 0), (0, whole - self.slice_samples)])
        return log_mel(padded, self.features, in_double=False)

    def judge(
        self, waveforms: np.ndarray, sample_rate_hz: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Classify clips of any length and rate, cut or filled up to the classifier's length.

        Args:
            waveforms: Clips.
            sample_rate_hz: Their rate; default: the classifier's.

        Shape:
            `[B, T]` -> `[B, L]`, `[B, D]` with D = `channels`.

        Returns:
            Natural logarithms of the probabilities, and the last maps averaged over time and
            frequency.
        """
        logs, features = [], []
        for start in range(0, len(waveforms), _BATCH_SIZE):
            batch = self._fitted(waveforms[start : start + _BATCH_SIZE], sample_rate_hz)
            logits, vectors = self._judged(batch)
            logs.append(tf.nn.log_softmax(logits).numpy())
            features.append(vectors.numpy())
        return np.concatenate(logs), np.concatenate(features)

    def _fitted(self, waveforms: np.ndarray, sample_rate_hz: int | None) -> np.ndarray:
        """Clips at the rate and of the length of the classifier."""
        if sample_rate_hz not in (None, self.sample_rate_hz):
            waveforms = resample(waveforms.T, sample_rate_hz, self.sample_rate_hz).T
        missing = max(0, self.slice_samples - waveforms.shape[1])
        cut = waveforms[:, : self.slice_samples]
        return np.pad(cut, [(0, 0), (0, missing)]).astype(np.float32)


def build_classifier_network(num_frames: int, num_labels: int, channels: int) -> keras.Model:
    """Build the network behind the spectrogram, which computes in float32 always.

    Args:
        num_frames: Frames F, at least 16.
        num_labels: Classes L.
        channels: Maps of each convolution.

    Shape:
        `[B, F, M]` -> logits `[B, L]`, features `[B, channels]`, with M = 128.
    """
    layers = keras.layers
    normalisation = functools.partial(layers.BatchNormalization, momentum=0.9, dtype="float32")
    inputs = keras.Input((num_frames, _NUM_MELS), name="log_mel", dtype="float32")
    maps = keras.ops.expand_dims(normalisation(name="norm_mel")(inputs), 3)
    for block in range(_NUM_BLOCKS):
        if block > 0:
            maps = normalisation(name=f"norm_{block}")(maps)
        convolution = layers.Conv2D(
            channels, 5, padding="same", activation="relu", dtype="float32", name=f"conv_{block}"
        )
        maps = layers.MaxPooling2D(2, dtype="float32", name=f"pool_{block}")(convolution(maps))
    features = layers.GlobalAveragePooling2D(dtype="float32", name="features")(maps)
    flat = normalisation(name="norm_flat")(layers.Flatten(dtype="float32")(maps))
    logits = layers.Dense(num_labels, dtype="float32", name="logits")(flat)
    network = keras.Model(inputs, [logits, features], name="network")
    network.dtype_policy = keras.DTypePolicy("float32")  # else it rounds its input
    return network


def load_classifier(path: str | os.PathLike) -> SoundClassifier:
    """Open a classifier that `train-classifier` made.

    Args:
        path: `.keras` file.

    Raises:
        InputError: No such file, or no classifier in it.
    """
    expected = "a .keras file made by `tfgan-audio train-classifier`"
    if not Path(path).is_file() or not zipfile.is_zipfile(path):
        raise InputError(path, "no Keras archive" if Path(path).exists() else "no file", expected)
    try:
        model = keras.saving.load_model(path)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(path, str(error).splitlines()[0], expected) from None
    if not isinstance(model, SoundClassifier):
        raise InputError(path, f"a {type(model).__name__}", expected)
    return model
