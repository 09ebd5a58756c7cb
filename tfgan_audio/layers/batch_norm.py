"""Batch normalisation with the running variance that PyTorch keeps."""

import keras
from keras import ops

from tfgan_audio.layers.running_state import running_state


@keras.saving.register_keras_serializable(package="tfgan_audio")
class UnbiasedBatchNorm(keras.layers.Layer):
    """Batch normalisation over batch and time; running moments estimate those of the population.

    As `keras.layers.BatchNormalization`, but what is added to the running variance is the batch's
    variance times n / (n - 1) for n values a channel. Over replicas the running moments are means.

    Args:
        momentum: Share of the old value that running moments keep at each training pass.
        epsilon: Added to the variance.

    Shape:
        [B, T, C] -> [B, T, C].

    Reference:
        Ioffe and Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2.
    """

    def __init__(self, momentum: float = 0.9, epsilon: float = 1e-5, **kwargs) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape) -> None:
        shape = (input_shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=shape, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=shape, initializer="zeros")
        self.running_mean = running_state("running_mean", shape, "zeros")
        self.running_variance = running_state("running_variance", shape, "ones")

    def call(self, inputs, training=False):
        if training and self.trainable:
            values = ops.cast(inputs, "float32")
            mean, variance = ops.mean(values, axis=(0, 1)), ops.var(values, axis=(0, 1))
            shape = ops.shape(inputs)
            num_values = ops.cast(shape[0] * shape[1], "float32")
            unbiased = variance * (num_values / ops.maximum(num_values - 1.0, 1.0))
            self._keep(self.running_mean, mean)
            self._keep(self.running_variance, unbiased)
        else:
            mean, variance = self.running_mean, self.running_variance
        scale = ops.rsqrt(variance + self.epsilon) * ops.cast(self.gamma, "float32")
        shift = ops.cast(self.beta, "float32") - mean * scale
        return inputs * ops.cast(scale, inputs.dtype) + ops.cast(shift, inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return {**super().get_config(), "momentum": self.momentum, "epsilon": self.epsilon}

    def _keep(self, running, moment) -> None:
        """Move a running moment towards that of a batch."""
        running.assign(self.momentum * running + (1.0 - self.momentum) * moment)
