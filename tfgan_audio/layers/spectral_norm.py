"""Weights divided by their largest singular value."""

import keras
from keras import ops

from tfgan_audio.layers.running_state import running_state

_FLOOR = 1e-12


@keras.saving.register_keras_serializable(package="tfgan_audio")
class SpectralNorm(keras.layers.Layer):
    """Run a layer with its first weight divided by an estimate of its largest singular value.

    The weight counts as a matrix of outputs by everything else. Two vectors follow its leading
    singular vectors by one power iteration at each training pass; nothing is assigned to the weight
    itself, and gradients flow through the division, the vectors held fast.

    Args:
        layer: Layer whose first weight has its outputs on the last axis, such as `Dense`,
            `Conv1D` or `PReLU`, and no other state.

    Shape:
        That of the layer.

    Reference:
        Miyato et al. 2018, arXiv:1802.05957, algorithm 1.
    """

    def __init__(self, layer: keras.layers.Layer, **kwargs) -> None:
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape) -> None:
        if not self.layer.built:  # loading builds it first
            self.layer.build(input_shape)
        shape = self.layer.trainable_weights[0].shape
        num_outputs, num_others = shape[-1], 1
        for size in shape[:-1]:
            num_others *= size
        self.output_vector = running_state("output_vector", (num_outputs,), _unit(num_outputs))
        self.input_vector = running_state("input_vector", (num_others,), _unit(num_others))

    def call(self, inputs, training=False):
        weight, *others = self.layer.trainable_weights
        matrix = ops.reshape(ops.cast(weight, "float32"), [-1, weight.shape[-1]])
        if training and self.trainable:
            fixed = ops.stop_gradient(matrix)
            self.input_vector.assign(_normalised(ops.matmul(fixed, self.output_vector)))
            self.output_vector.assign(_normalised(ops.matmul(self.input_vector, fixed)))
        # A copy: the next pass moves the vectors before this one's gradient is taken.
        left, right = ops.copy(self.input_vector), ops.copy(self.output_vector)
        sigma = ops.sum(left * ops.matmul(matrix, right))
        outputs, _ = self.layer.stateless_call([weight / sigma, *others], [], inputs)
        return outputs

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict:
        return {**super().get_config(), "layer": keras.saving.serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config: dict):
        layer = keras.saving.deserialize_keras_object(config.pop("layer"))
        return cls(layer, **config)


def _unit(num_values: int) -> keras.initializers.Initializer:
    """Start from a drawn vector whose length is about one."""
    return keras.initializers.RandomNormal(stddev=num_values**-0.5)


def _normalised(vector):
    """Return a vector of length one."""
    return vector / ops.maximum(ops.norm(vector), _FLOOR)
