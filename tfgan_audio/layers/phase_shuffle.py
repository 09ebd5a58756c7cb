"""Random shifts between the layers of a critic, which keep it from listening to the phase."""

import keras
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.layers.randomness import counted_seed, draw_for_examples
from tfgan_audio.layers.running_state import running_state


def shifted(inputs: tf.Tensor, shifts: tf.Tensor, max_shift: int) -> tf.Tensor:
    """Move what is on the time axis; what is missing at an end is its mirror image.

    The outermost step is not repeated. The length stays, and shapes are known ahead of time.

    Args:
        inputs: Features.
        shifts: Steps towards the end, of all examples or of each, from -max_shift to max_shift.
        max_shift: Largest shift, less than T.

    Shape:
        inputs [B, T, C], shifts [] or [B] -> [B, T, C].

    Example:
        >>> x = tf.reshape([1.0, 2.0, 3.0, 4.0], [1, 4, 1])
        >>> shifted(x, tf.constant(1), max_shift=2)[0, :, 0].numpy()
        array([2., 1., 2., 3.], dtype=float32)
    """
    if len(shifts.shape):
        places = _places(tf.shape(inputs)[1], shifts[:, None])
        return tf.gather(inputs, places, axis=1, batch_dims=1)

    # With its transpose written out, which is several times as fast as a gather's own.
    @tf.custom_gradient
    def move(inputs: tf.Tensor):
        return tf.gather(inputs, _places(tf.shape(inputs)[1], shifts), axis=1), move_back

    @tf.custom_gradient
    def move_back(slopes: tf.Tensor):
        return _moved_back(slopes, shifts, max_shift), move

    return move(inputs)


def _places(num_steps: tf.Tensor | int, shifts: tf.Tensor) -> tf.Tensor:
    """Return where each step is taken from."""
    places = tf.abs(tf.range(num_steps) - shifts)
    return num_steps - 1 - tf.abs(num_steps - 1 - places)


def _moved_back(slopes: tf.Tensor, shift: tf.Tensor, max_shift: int) -> tf.Tensor:
    """Add each step to where it was taken from: a slice, but for the ends."""
    num_steps, end = slopes.shape[1], 4 * max_shift
    if num_steps is None or num_steps < end:
        num_steps = tf.shape(slopes)[1]
        places = tf.one_hot(_places(num_steps, shift), num_steps, dtype=slopes.dtype)
        return tf.matmul(places, slopes, transpose_a=True)
    batch, _, num_channels = tf.unstack(tf.shape(slopes))
    places = tf.one_hot(_places(end, shift), end, dtype=slopes.dtype)
    first = tf.matmul(places[:, : end // 2], slopes[:, :end], transpose_a=True)
    last = tf.matmul(places[:, end // 2 :], slopes[:, -end:], transpose_a=True)
    size = [batch, num_steps - end, num_channels]
    middle = tf.slice(slopes, tf.stack([0, end // 2 + shift, 0]), size)
    return tf.concat([first, middle, last], axis=1)


@keras.saving.register_keras_serializable(package="tfgan_audio")
class PhaseShuffle(keras.layers.Layer):
    """Shift features in time, in training, by a drawn number of steps; the ends are reflected.

    The shift is -max_shift to max_shift, all equally likely. The draws follow from the seed and
    from how many there were before, which is saved with the weights.

    Args:
        max_shift: Largest shift, at least 1.
        per_example: Whether each example has a shift of its own, instead of one for the batch.
        seed: Key of the draws.

    Shape:
        [B, T, C] -> [B, T, C]; T above `max_shift`.

    Reference:
        Donahue et al. 2018, arXiv:1802.04208, section 3.3; one shift a batch, as in its code.
    """

    def __init__(self, max_shift: int, per_example: bool = False, seed: int = 0, **kwargs) -> None:
        super().__init__(**kwargs)
        if max_shift < 1:
            raise InputError("max_shift", max_shift, "at least 1")
        self.max_shift = max_shift
        self.per_example = per_example
        self.seed = seed

    def build(self, input_shape) -> None:
        num_steps = input_shape[1]
        if num_steps is not None and num_steps <= self.max_shift:
            seen = f"{self.max_shift} for {num_steps} steps of a layer"
            raise InputError("phase shuffle", seen, "less than the steps")
        self.num_draws = running_state("num_draws", (), "zeros", "int64", "only_first_replica")

    def call(self, inputs, training=False):
        if not training:
            return inputs
        moved = shifted(inputs, self.draw(tf.shape(inputs)[0]), self.max_shift)
        return tf.ensure_shape(moved, inputs.shape)

    def draw(self, num_examples):
        """Return the next shift [], or those of examples [B] where each has its own."""
        seed = counted_seed(self.seed, self.num_draws)
        limits = {"minval": -self.max_shift, "maxval": self.max_shift + 1, "dtype": tf.int32}
        if not self.per_example:
            return tf.random.stateless_uniform([], seed, **limits)
        return draw_for_examples(
            lambda shape, seed: tf.random.stateless_uniform(shape, seed, **limits),
            num_examples,
            (),
            seed,
        )

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        own = {"max_shift": self.max_shift, "per_example": self.per_example, "seed": self.seed}
        return {**super().get_config(), **own}
