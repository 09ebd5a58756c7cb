"""Normalisation by the moments of a reference batch."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfgan_audio")
class VirtualBatchNorm(keras.layers.Layer):
    """Normalise each channel by moments over batch and time that a reference batch dominates.

    Without a reference a batch is normalised by its own moments. With a reference of B examples,
    mean and mean square are `1 / (B + 1)` times the batch's own plus `B / (B + 1)` times the
    reference's, so that an example's result hardly depends on the others beside it. Gradients flow
    through the reference too.

    Args:
        epsilon: Added to the variance.

    Shape:
        inputs [B, T, C]; reference [B', T, C], the reference batch at the same place of the
        network; outputs [B, T, C].

    Reference:
        Salimans et al. 2016, arXiv:1606.03498, section 3.4.
    """

    def __init__(self, epsilon: float = 1e-5, **kwargs) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, inputs_shape, reference_shape=None) -> None:
        shape = (inputs_shape[-1],)
        near_one = keras.initializers.RandomNormal(1.0, 0.02)
        self.gamma = self.add_weight(name="gamma", shape=shape, initializer=near_one)
        self.beta = self.add_weight(name="beta", shape=shape, initializer="zeros")

    def call(self, inputs, reference=None):
        mean, square = _moments(inputs)
        if reference is not None:
            num_examples = ops.cast(ops.shape(reference)[0], "float32")
            own = 1.0 / (num_examples + 1.0)
            reference_mean, reference_square = _moments(reference)
            mean = own * mean + (1.0 - own) * reference_mean
            square = own * square + (1.0 - own) * reference_square
        scale = ops.rsqrt(square - ops.square(mean) + self.epsilon)
        scale = scale * ops.cast(self.gamma, "float32")
        shift = ops.cast(self.beta, "float32") - mean * scale
        return inputs * ops.cast(scale, inputs.dtype) + ops.cast(shift, inputs.dtype)

    def compute_output_shape(self, inputs_shape, reference_shape=None):
        return inputs_shape

    def get_config(self) -> dict:
        return {**super().get_config(), "epsilon": self.epsilon}


def _moments(inputs):
    """Mean and mean square of each channel, in float32."""
    inputs = ops.cast(inputs, "float32")
    return ops.mean(inputs, axis=(0, 1)), ops.mean(ops.square(inputs), axis=(0, 1))
