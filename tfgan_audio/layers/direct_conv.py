"""Convolutions in the form that is fastest for inference."""

import keras
import numpy as np
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


@keras.saving.register_keras_serializable(package="tfgan_audio")
class DirectConv1DTranspose(keras.layers.Layer):
    """What `keras.layers.Conv1DTranspose` with twice as many taps as `strides` computes.

    It is for inference, as a convolution of two taps whose channels are the `strides` outputs of an
    input, in a row: TFLite has neither fast nor rounded kernels for the transposed one.

    Args:
        filters: Number of output channels.
        strides: Outputs for each input.

    Shape:
        [B, T, C] -> [B, (T + 1) * `strides`, `filters`].
    """

    def __init__(self, filters: int, strides: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.filters = filters
        self.strides = strides

    def build(self, input_shape) -> None:
        shape = (2, input_shape[-1], self.strides * self.filters)
        self.kernel = self.add_weight(name="kernel", shape=shape)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def arranged(self, kernel: np.ndarray) -> np.ndarray:
        """Return the weight `kernel` for that of a transposed convolution.

        Args:
            kernel: The kernel in Keras' layout.

        Shape:
            [2 * `strides`, `filters`, C] -> [2, C, `strides` * `filters`]
        """
        late, early = np.split(np.moveaxis(np.asarray(kernel), 2, 0), 2, axis=1)
        return np.stack([early, late]).reshape(self.kernel.shape)

    def call(self, inputs):
        row, kernel = tf.expand_dims(inputs, 1), tf.expand_dims(self.kernel, 0)
        row = tf.nn.conv2d(row, kernel, 1, [[0, 0], [0, 0], [1, 1], [0, 0]])
        row = tf.nn.bias_add(row, tf.tile(self.bias, [self.strides]))
        batch, num_inputs = tf.unstack(tf.shape(inputs)[:2])
        return tf.reshape(row, [batch, (num_inputs + 1) * self.strides, self.filters])

    def compute_output_shape(self, input_shape):
        batch, num_samples, _ = input_shape
        if num_samples is not None:
            num_samples = (num_samples + 1) * self.strides
        return batch, num_samples, self.filters

    def get_config(self) -> dict:
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}
