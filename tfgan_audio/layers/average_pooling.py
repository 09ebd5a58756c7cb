"""Halving the rate of a signal by averages."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfgan_audio")
class HalfRate(keras.layers.Layer):
    """Average four samples around every second position; what is beyond the ends does not count.

    Shape:
        [B, T, C] -> [B, T // 2, C].
    """

    def call(self, inputs):
        pooled = ops.average_pool(inputs, 4, 2, "same")
        # The padding of an odd length gives one more, as half of a sample were one.
        return pooled[:, : ops.shape(inputs)[1] // 2]

    def compute_output_shape(self, input_shape):
        batch, num_samples, num_channels = input_shape
        return batch, None if num_samples is None else num_samples // 2, num_channels
