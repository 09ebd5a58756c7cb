"""One factor for each channel."""

import keras


@keras.saving.register_keras_serializable(package="tfgan_audio")
class ChannelScale(keras.layers.Layer):
    """Multiply each channel by a factor of its own, which starts at one.

    Shape:
        [B, T, C] -> [B, T, C].
    """

    def build(self, input_shape) -> None:
        self.factor = self.add_weight(name="factor", shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs):
        return inputs * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape
