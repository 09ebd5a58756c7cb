"""Spectra as images of numbers from -1 to 1, and back."""

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.griffin_lim import griffin_lim
from tfgan_audio.audio.spectral import magnitude, stft
from tfgan_audio.errors import InputError

_FLOOR = 1e-6
_LARGEST_DEVIATION = 3.0


@keras.saving.register_keras_serializable(package="tfgan_audio")
class LogSpectrumImage(keras.layers.Layer):
    """Log magnitudes, in units of three standard deviations from their mean, clipped to [-1, 1].

    The moments are those of each frequency in a data set that `adapt` has seen; before, 0 and 1.
    The highest frequency is left out, and given back as its mean.

    Args:
        fft_samples: Length of a frame.
        hop_samples: Distance between frames, which the length of waveforms is a multiple of.

    Shape:
        [B, T, 1] -> [B, T / `hop_samples`, `fft_samples` / 2, 1].
    """

    def __init__(self, fft_samples: int = 256, hop_samples: int = 128, **kwargs) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.fft_samples = fft_samples
        self.hop_samples = hop_samples

    def build(self, input_shape=None) -> None:
        shape = (self.fft_samples // 2 + 1,)
        fixed = {"shape": shape, "trainable": False}
        self.mean = self.add_weight(name="mean", initializer="zeros", **fixed)
        self.deviation = self.add_weight(name="deviation", initializer="ones", **fixed)
        self.is_adapted = self.add_weight(
            name="is_adapted", shape=(), initializer="zeros", trainable=False
        )

    def call(self, waveform):
        distances = (self.log_magnitudes(waveform) - self.mean) / self.deviation
        image = tf.clip_by_value(distances / _LARGEST_DEVIATION, -1.0, 1.0)
        return image[:, :, :-1, None]

    def log_magnitudes(self, waveform: tf.Tensor) -> tf.Tensor:
        """Return log magnitudes [B, F, K] of waveforms [B, T, 1], with zeros behind the end."""
        behind = self.fft_samples - self.hop_samples
        padded = tf.pad(waveform[:, :, 0], [[0, 0], [0, behind]])
        spectrum = stft(padded, self.fft_samples, self.hop_samples, centring="none", in_double=True)
        return tf.math.log(magnitude(spectrum) + _FLOOR)

    def waveforms(self, image: tf.Tensor, num_iterations: int = 16) -> tf.Tensor:
        """Return waveforms [B, T, 1] for images, with phases by Griffin and Lim."""
        distances = tf.pad(image[..., 0], [[0, 0], [0, 0], [0, 1]]) * _LARGEST_DEVIATION
        magnitudes = tf.exp(distances * self.deviation + self.mean)
        waveform = griffin_lim(magnitudes, self.hop_samples, num_iterations)
        return waveform[:, : image.shape[1] * self.hop_samples, None]

    def adapt(self, dataset: tf.data.Dataset) -> None:
        """Set the moments to those of a data set of batches of waveforms, alone or first.

        Raises:
            InputError: There is nothing in it.
        """
        num_frames, total, squares = 0, 0.0, 0.0
        for batch in dataset:
            waveform = batch[0] if isinstance(batch, tuple) else batch
            frames = self.log_magnitudes(waveform).numpy().astype(np.float64)
            frames = frames.reshape(-1, frames.shape[-1])
            num_frames += len(frames)
            total, squares = total + frames.sum(axis=0), squares + np.square(frames).sum(axis=0)
        if not num_frames:
            raise InputError("data set", "no examples", "at least one batch")
        mean = total / num_frames
        variance = np.maximum(squares / num_frames - np.square(mean), 0.0)
        self.mean.assign(mean)
        # Where nothing varies, as above a band limit, there is nothing to be divided by.
        self.deviation.assign(np.maximum(np.sqrt(variance), _FLOOR))
        self.is_adapted.assign(1.0)

    def compute_output_shape(self, input_shape):
        batch, num_samples, _ = input_shape
        num_frames = None if num_samples is None else -(-num_samples // self.hop_samples)
        return batch, num_frames, self.fft_samples // 2, 1

    def get_config(self) -> dict:
        own = {"fft_samples": self.fft_samples, "hop_samples": self.hop_samples}
        return {**super().get_config(), **own}
