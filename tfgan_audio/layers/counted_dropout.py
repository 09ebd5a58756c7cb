"""Drop-out whose draws are part of a model's state."""

import keras
import tensorflow as tf

from tfgan_audio.layers.randomness import counted_seed, draw_for_examples
from tfgan_audio.layers.running_state import running_state


@keras.saving.register_keras_serializable(package="tfgan_audio")
class CountedDropout(keras.layers.Layer):
    """Set a part of the values to zero, in training, and raise the others to keep the mean.

    The draws follow from the seed and from how many there were before, which is saved with the
    weights; the state of the dropout of Keras is not.

    Args:
        rate: Part that is dropped, in [0, 1).
        seed: Key of the draws; layers with the same one drop the same.
        **kwargs: As in Keras.

    Shape:
        [B, T, C] -> [B, T, C].
    """

    def __init__(self, rate: float, seed: int = 0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.seed = seed

    def build(self, input_shape) -> None:
        self.num_draws = running_state("num_draws", (), "zeros", "int64", "only_first_replica")

    def call(self, inputs, training: bool = False):
        if not training or not self.rate:
            return inputs
        num_examples, *shape = tf.unstack(tf.shape(inputs))
        seed = counted_seed(self.seed, self.num_draws)
        drawn = draw_for_examples(tf.random.stateless_uniform, num_examples, tuple(shape), seed)
        kept = tf.cast(drawn >= self.rate, inputs.dtype) / (1.0 - self.rate)
        return tf.ensure_shape(inputs * tf.cast(kept, inputs.dtype), inputs.shape)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
