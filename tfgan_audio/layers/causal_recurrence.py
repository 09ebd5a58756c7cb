"""Gated recurrent unit with an explicit history."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfgan_audio")
class CausalRecurrence(keras.layers.Layer):
    """`keras.layers.GRU` over frames, which can continue where it stopped.

    A step of one frame is one call of the cell, without a loop: cheaper, and made of operators that
    every device knows.

    Args:
        units: Number of output channels.

    Shape:
        inputs [B, F, C]; history [B, 1, units], zeros where absent; outputs [B, F, units] and the
        history for the frames that follow.

    Reference:
        Cho et al. 2014, arXiv:1406.1078.
    """

    def __init__(self, units: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.gru = keras.layers.GRU(
            units, return_sequences=True, return_state=True, dtype=self.dtype_policy
        )

    def build(self, inputs_shape, history_shape=None) -> None:
        self.gru.build(inputs_shape)

    def call(self, inputs, history=None):
        if history is None:
            outputs, state = self.gru(inputs)
            return outputs, state[:, None]
        state = ops.cast(history[:, 0], inputs.dtype)
        if inputs.shape[1] == 1:
            state, _ = self.gru.cell(inputs[:, 0], [state])
            return state[:, None], state[:, None]
        outputs, state = self.gru(inputs, initial_state=state)
        return outputs, state[:, None]

    def compute_output_shape(self, inputs_shape, history_shape=None):
        batch, num_frames, _ = inputs_shape
        return (batch, num_frames, self.units), (batch, 1, self.units)

    def get_config(self) -> dict:
        return {**super().get_config(), "units": self.units}
