"""Log-mel spectrograms inside of networks."""

from __future__ import annotations

from dataclasses import asdict

import keras

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.spectral import log_mel


@keras.saving.register_keras_serializable(package="tfgan_audio")
class LogMel(keras.layers.Layer):
    """`audio.spectral.log_mel` as a layer, in float32 whatever the policy.

    Args:
        features: The definition, or its fields as a mapping.

    Shape:
        [B, T, 1] -> [B, F, M].
    """

    def __init__(self, features: MelFeatures | dict, **kwargs) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.features = features if isinstance(features, MelFeatures) else MelFeatures(**features)

    def call(self, waveform):
        # Single precision, as gradients are taken of it: a float64 transform costs many GPUs dear.
        return log_mel(waveform[:, :, 0], self.features, in_double=False)

    def compute_output_shape(self, input_shape):
        batch, num_samples, _ = input_shape
        num_frames = None if num_samples is None else self.features.num_frames(num_samples)
        return batch, num_frames, self.features.num_mels

    def get_config(self) -> dict:
        return {**super().get_config(), "features": asdict(self.features)}
