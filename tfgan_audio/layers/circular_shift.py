"""Random circular shifts that keep a discriminator from listening to the phase."""

import keras
import tensorflow as tf
from keras import ops

from tfgan_audio.errors import InputError
from tfgan_audio.layers.randomness import counted_seed
from tfgan_audio.layers.running_state import running_state


@keras.saving.register_keras_serializable(package="tfgan_audio")
class CircularShift(keras.layers.Layer):
    """Rotate the time axis, in training, by one drawn shift for the whole batch.

    The shift is 1 to `max_samples` in either direction, all equally likely. The draws follow from
    the seed and from how many there were before, which is saved with the weights.

    Args:
        max_samples: Largest shift, at least 1.
        seed: Key of the draws.

    Shape:
        [B, T, C] -> [B, T, C].

    Reference:
        Donahue et al. 2018, arXiv:1802.04208, section 3.3. Differs: circular, never 0, one shift
        a batch, as in the code of SEGAN+.
    """

    def __init__(self, max_samples: int, seed: int = 0, **kwargs) -> None:
        super().__init__(**kwargs)
        if max_samples < 1:
            raise InputError("max_samples", max_samples, "at least 1")
        self.max_samples = max_samples
        self.seed = seed

    def build(self, input_shape) -> None:
        self.num_draws = running_state("num_draws", (), "zeros", "int64", "only_first_replica")

    def call(self, inputs, training=False):
        return ops.roll(inputs, self.draw(), axis=1) if training else inputs

    def draw(self):
        """Return the next shift; samples move towards the end where it is positive."""
        seed = counted_seed(self.seed, self.num_draws)
        drawn = tf.random.stateless_uniform(
            [], seed, -self.max_samples, self.max_samples, dtype=tf.int32
        )
        return drawn + tf.cast(drawn >= 0, tf.int32)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return {**super().get_config(), "max_samples": self.max_samples, "seed": self.seed}
