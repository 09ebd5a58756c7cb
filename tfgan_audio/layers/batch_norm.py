"""Batch normalisation as the frameworks compute it that the families were published in."""

import keras
from keras import ops

from tfgan_audio.layers.running_state import running_state


@keras.saving.register_keras_serializable(package="tfgan_audio")
class BatchNorm(keras.layers.Layer):
    """Batch normalisation over all axes but the last, with TensorFlow 1's defaults.

    In training the moments are the batch's, which running moments follow for use elsewhere. Over
    replicas the running moments are means.

    Args:
        momentum: Share of the old value that running moments keep at each training pass; None
            keeps no running moments and takes the batch's moments at all times.
        epsilon: Added to the variance.

    Shape:
        [B, ..., C] -> [B, ..., C].

    Reference:
        Ioffe and Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2.
    """

    def __init__(self, momentum: float | None = 0.99, epsilon: float = 1e-3, **kwargs) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape) -> None:
        shape = (input_shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=shape, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=shape, initializer="zeros")
        if self.momentum is not None:
            self.running_mean = running_state("running_mean", shape, "zeros")
            self.running_variance = running_state("running_variance", shape, "ones")

    def call(self, inputs, training=False):
        if self.momentum is None:
            mean, variance = self._moments(inputs)
        elif training and self.trainable:
            mean, variance = self._moments(inputs)
            num_values = ops.cast(ops.size(inputs), "float32") / inputs.shape[-1]
            self._keep(self.running_mean, mean)
            self._keep(self.running_variance, self.kept_variance(variance, num_values))
        else:
            mean, variance = self.running_mean, self.running_variance
        scale = ops.rsqrt(variance + self.epsilon) * ops.cast(self.gamma, "float32")
        shift = ops.cast(self.beta, "float32") - mean * scale
        return inputs * ops.cast(scale, inputs.dtype) + ops.cast(shift, inputs.dtype)

    def kept_variance(self, variance, num_values):
        """Return what the running variance follows: the variance of `num_values` values."""
        return variance

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return {**super().get_config(), "momentum": self.momentum, "epsilon": self.epsilon}

    @staticmethod
    def _moments(inputs):
        """Mean and variance of each channel, in float32."""
        values, axes = ops.cast(inputs, "float32"), tuple(range(len(inputs.shape) - 1))
        return ops.mean(values, axis=axes), ops.var(values, axis=axes)

    def _keep(self, running, moment) -> None:
        """Move a running moment towards that of a batch."""
        running.assign(self.momentum * running + (1.0 - self.momentum) * moment)


@keras.saving.register_keras_serializable(package="tfgan_audio")
class UnbiasedBatchNorm(BatchNorm):
    """Batch normalisation with PyTorch's defaults; running moments estimate the population's.

    What is added to the running variance is the batch's variance times n / (n - 1) for n values a
    channel.

    Args:
        momentum: As in `BatchNorm`.
        epsilon: As in `BatchNorm`.

    Shape:
        [B, ..., C] -> [B, ..., C].
    """

    def __init__(self, momentum: float | None = 0.9, epsilon: float = 1e-5, **kwargs) -> None:
        super().__init__(momentum, epsilon, **kwargs)

    def kept_variance(self, variance, num_values):
        return variance * (num_values / ops.maximum(num_values - 1.0, 1.0))
