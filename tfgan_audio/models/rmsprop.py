"""RMSprop with the arithmetic of the frameworks that SEGAN was published in."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfgan_audio")
class TensorFlow1RMSprop(keras.optimizers.RMSprop):
    """RMSprop whose mean square starts at one, so that the first steps are small.

    Args:
        learning_rate: Number or schedule.
        rho: Share of the old mean square that each step keeps.
        epsilon: Added to the mean square, under the root.
        **kwargs: As in `keras.optimizers.RMSprop`.
    """

    def __init__(self, learning_rate=1e-3, rho=0.9, epsilon=1e-10, **kwargs) -> None:
        super().__init__(learning_rate, rho=rho, epsilon=epsilon, **kwargs)

    def build(self, variables) -> None:
        if self.built:
            return
        super().build(variables)
        for mean_square in self._velocities:
            mean_square.assign(ops.ones_like(mean_square))


@keras.saving.register_keras_serializable(package="tfgan_audio")
class TorchRMSprop(keras.optimizers.RMSprop):
    """RMSprop that adds epsilon to the root of the mean square, not under it.

    Args:
        learning_rate: Number or schedule.
        rho: Share of the old mean square that each step keeps.
        epsilon: Added to the root.
        **kwargs: As in `keras.optimizers.RMSprop`; no `momentum` and not `centered`.
    """

    def __init__(self, learning_rate=1e-3, rho=0.99, epsilon=1e-8, **kwargs) -> None:
        super().__init__(learning_rate, rho=rho, epsilon=epsilon, **kwargs)

    def update_step(self, gradient, variable, learning_rate) -> None:
        gradient = ops.cast(gradient, variable.dtype)
        mean_square = self._velocities[self._get_variable_index(variable)]
        self.assign(mean_square, self.rho * mean_square + (1 - self.rho) * ops.square(gradient))
        step = ops.cast(learning_rate, variable.dtype) * gradient
        self.assign_sub(variable, step / (ops.sqrt(mean_square) + self.epsilon))
