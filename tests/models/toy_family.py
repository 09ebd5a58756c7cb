"""A family small enough to be worked out by hand, for tests of the base class."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.layers.randomness import draw_for_examples
from tfgan_audio.models.adversarial import AdversarialModel

NUM_SAMPLES = 8
LATENT_DIM = 3
BATCH = 4
WITH_TERMS = {"distance_weight": 0.5, "level_weight": 3.0, "feature_matching_weight": 2.0}


@keras.saving.register_keras_serializable(package="toy_family")
class ToyGAN(AdversarialModel):
    """Latent to waveform by one matrix; judged by a matrix, or by two with a map between them.

    Trained on waveforms [B, T, 1] with latents drawn in the step, or on (latent, waveform).

    Args:
        hidden: Width of the discriminator's feature map; 0 makes it one matrix.
    """

    quality_names = ("fake_power",)

    def __init__(self, hidden: int = 0, **kwargs) -> None:
        latent = keras.Input([LATENT_DIM])
        waveform = keras.layers.Dense(NUM_SAMPLES, name="to_waveform")(latent)
        waveform = keras.layers.Reshape([NUM_SAMPLES, 1], dtype="float32")(waveform)
        candidate = keras.Input([NUM_SAMPLES, 1])
        maps = [keras.layers.Flatten()(candidate)]
        if hidden:
            maps.append(keras.layers.Dense(hidden, "tanh", name="to_map")(maps[-1]))
        maps.append(keras.layers.Dense(1, name="to_score")(maps[-1]))
        super().__init__(
            keras.Model(latent, waveform, name="generator"),
            keras.Model(candidate, maps[1:], name="discriminator"),
            **kwargs,
        )
        self.hidden = hidden
        self.num_traces = 0

    def compile(
        self,
        *args,
        adversarial_weight: float = 1.0,
        feature_matching_weight: float = 0.0,
        distance_weight: float = 0.0,
        level_weight: float = 0.0,
        **options,
    ) -> None:
        weights = {
            "adversarial": adversarial_weight,
            "feature_matching": feature_matching_weight,
            "distance": distance_weight,
            "level": level_weight,
        }
        super().compile(*args, term_weights=weights, **options)

    def unpack(self, data):
        self.num_traces += 1
        if isinstance(data, tuple):
            return {"latent": data[0], "real": data[1]}
        return {"real": data}

    def synthesize(self, batch, seed, training):
        latent = batch.get("latent")
        if latent is None:
            num_examples = tf.shape(batch["real"])[0]
            normal = tf.random.stateless_normal
            latent = draw_for_examples(normal, num_examples, (LATENT_DIM,), seed)
        return self.generator(latent, training=training)

    def judge(self, candidate, batch, training):
        maps = self.discriminator(candidate, training=training)
        return [maps] if self.hidden else maps

    def reconstruction_terms(self, batch, fake):
        terms = {
            "distance": lambda: tf.reduce_mean(tf.square(fake - batch["real"])),
            "level": lambda: tf.reduce_mean(tf.abs(fake)),
        }
        return {name: term() for name, term in terms.items() if self.term_weights[name]}

    def quality(self, batch, fake):
        return {"fake_power": tf.reduce_mean(tf.square(fake))}

    def default_optimizers(self, objective):
        return keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2, beta_1=0.5)

    def get_config(self):
        return {**super().get_config(), "hidden": self.hidden}


def make_toy(model_seed: int = 0, hidden: int = 0, **options) -> ToyGAN:
    """A compiled toy with drawn weights; eager unless told otherwise, as tracing takes longer."""
    keras.utils.set_random_seed(model_seed)
    model = ToyGAN(hidden)
    model.compile(**{"run_eagerly": True, **options})
    return model


def make_waveforms(num_batches: int, seed: int = 0) -> np.ndarray:
    """Waveforms for so many batches."""
    shape = [num_batches * BATCH, NUM_SAMPLES, 1]
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def dataset_of(*arrays: np.ndarray, batch_size: int = BATCH) -> tf.data.Dataset:
    """Batches of arrays, in their order."""
    dataset = tf.data.Dataset.from_tensor_slices(arrays if len(arrays) > 1 else arrays[0])
    return dataset.batch(batch_size, drop_remainder=True)


def train(model: ToyGAN, waveforms: np.ndarray, **options) -> dict[str, list[float]]:
    """Fit for one epoch over waveforms in their order."""
    return model.fit(dataset_of(waveforms), verbose=0, **options).history


def flat(variables: Sequence[keras.Variable]) -> np.ndarray:
    """All values of some variables in one row."""
    return np.concatenate([np.ravel(variable.numpy()) for variable in variables])


def state_of(model: ToyGAN) -> np.ndarray:
    """All that training depends on: weights and both optimizers' states."""
    optimizers = (model.generator_optimizer, model.discriminator_optimizer)
    return flat([*model.weights, *(v for optimizer in optimizers for v in optimizer.variables)])


class Watch(keras.callbacks.Callback):
    """Keep the weights and the state of the optimizers after each step."""

    def on_train_begin(self, logs=None) -> None:
        self.generator, self.discriminator, self.optimizer, self.logs = [], [], [], []
        self.on_train_batch_end(0)

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.generator.append(flat(self.model.generator.weights))
        self.discriminator.append(flat(self.model.discriminator.weights))
        self.optimizer.append(flat(self.model.discriminator_optimizer.variables))
        self.logs.append(logs and {name: float(value) for name, value in logs.items()})
