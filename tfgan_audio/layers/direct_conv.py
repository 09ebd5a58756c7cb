"""A convolution in the form that is fastest for inference."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="tfgan_audio")
class DirectConv1D(keras.layers.Layer):
    """What `keras.layers.Conv1D` computes without padding, for inference.

    Keras rearranges a signal before and behind a dilated convolution, since not every machine has
    gradients of one. Here the operator itself is dilated, and what follows it is in the form that
    TensorFlow joins with it to one pass over the signal: bias, sum with another one, rectifier.

    Args:
        filters: Number of output channels.
        kernel_size: Number of taps.
        dilation_rate: Samples between two taps.
        negative_slope: Factor of negative outputs; 1 leaves them.

    Shape:
        [B, T, C] -> [B, T - (`kernel_size` - 1) * `dilation_rate`, `filters`], and so is `addend`,
        which is added before the rectifier.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        dilation_rate: int = 1,
        negative_slope: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.dilation_rate = dilation_rate
        self.negative_slope = negative_slope

    def build(self, inputs_shape, addend_shape=None) -> None:
        shape = (self.kernel_size, inputs_shape[-1], self.filters)
        self.kernel = self.add_weight(name="kernel", shape=shape)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, inputs, addend=None):
        row, kernel = tf.expand_dims(inputs, 1), tf.expand_dims(self.kernel, 0)
        row = tf.nn.conv2d(row, kernel, 1, "VALID", dilations=[1, 1, self.dilation_rate, 1])
        row = tf.nn.bias_add(row, self.bias)
        if addend is not None:
            row = tf.add_n([row, tf.expand_dims(addend, 1)])
        if self.negative_slope != 1.0:
            row = tf.nn.leaky_relu(row, self.negative_slope)
        return tf.squeeze(row, 1)

    def compute_output_shape(self, inputs_shape, addend_shape=None):
        batch, num_samples, _ = inputs_shape
        if num_samples is not None:
            num_samples -= (self.kernel_size - 1) * self.dilation_rate
        return batch, num_samples, self.filters

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "dilation_rate": self.dilation_rate,
            "negative_slope": self.negative_slope,
        }
