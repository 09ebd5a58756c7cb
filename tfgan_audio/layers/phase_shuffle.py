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
    last = tf.shape(inputs)[1] - 1
    each = len(shifts.shape)
    places = tf.abs(tf.range(last + 1) - (shifts[:, None] if each else shifts))
    places = last - tf.abs(last - places)
    if each:
        return tf.gather(inputs, places, axis=1, batch_dims=1)

    # With its transpose written out, which is several times as fast as a gather's own.
    @tf.custom_gradient
    def move(inputs: tf.Tensor):
        return tf.gather(inputs, places, axis=1), move_back

    @tf.custom_gradient
    def move_back(slopes: tf.Tensor):
        return _moved_back(slopes, shifts, max_shift), move

    return move(inputs)


def _moved_back(slopes: tf.Tensor, shift: tf.Tensor, max_shift: int) -> tf.Tensor:
    """Move back by a slice, where there is room for it, and fold the ends alone."""
    num_steps, end = slopes.shape[1], 4 * max_shift
    if num_steps is None or num_steps < end:
        return _folded(slopes, shift, max_shift)
    first = _folded(slopes[:, :end], shift, max_shift)[:, : end // 2]
    middle = _slice(slopes, end // 2 + shift, num_steps - end)
    last = _folded(slopes[:, -end:], shift, max_shift)[:, end // 2 :]
    return tf.concat([first, middle, last], axis=1)


def _folded(slopes: tf.Tensor, shift: tf.Tensor, max_shift: int) -> tf.Tensor:
    """Move back, and add the mirror images to what they are of."""
    padded = tf.pad(slopes, _ends(2 * max_shift))
    wide = _slice(padded, max_shift + shift, tf.shape(slopes)[1] + 2 * max_shift)
    return tf.raw_ops.MirrorPadGrad(input=wide, paddings=_ends(max_shift), mode="REFLECT")


def _slice(inputs: tf.Tensor, first: tf.Tensor, num_steps: tf.Tensor | int) -> tf.Tensor:
    """Cut a piece out of the time axis."""
    size = tf.stack([tf.shape(inputs)[0], num_steps, tf.shape(inputs)[2]])
    return tf.slice(inputs, tf.stack([0, first, 0]), size)


def _ends(num_steps: int) -> list[list[int]]:
    """Amounts to pad the time axis by."""
    return [[0, 0], [num_steps, num_steps], [0, 0]]


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
