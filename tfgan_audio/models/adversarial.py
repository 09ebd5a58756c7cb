"""Alternating training of a generator and a discriminator under `fit`."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import keras
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.losses.adversarial import Objective, find_objective
from tfgan_audio.losses.judgement import Judgement
from tfgan_audio.models import adversarial_step
from tfgan_audio.models.critic_batches import gather_critic_batches
from tfgan_audio.models.optimizers import averaged, prepare_optimizer

Tensors: TypeAlias = dict[str, tf.Tensor]
Optimizers: TypeAlias = tuple[keras.optimizers.Optimizer, keras.optimizers.Optimizer]


class AdversarialModel(keras.Model):
    """Base of every family: two networks, two optimizers, one `train_step`.

    One step updates the discriminator `critic_steps` times and the generator once; `fit` gathers
    that many batches of the data set for it. All random draws are a function of `seed`, the step
    and the example, so training repeats exactly, on any number of replicas.

    A family gives `unpack`, `synthesize`, `judge` and `default_optimizers`, where it has them
    `make_objective`, `reconstruction_terms` and `quality`, and a `compile` that takes each term's
    weight under the name `<term>_weight`.

    Args:
        generator: Functional model from conditions or latents to audio.
        discriminator: Functional model that scores candidates.
    """

    default_objective = "lsgan"
    quality_names: tuple[str, ...] = ()

    def __init__(self, generator: keras.Model, discriminator: keras.Model, **kwargs) -> None:
        super().__init__(**kwargs)
        self.generator = generator
        self.discriminator = discriminator
        self.built = True

    # What a family defines ------------------------------------------------------------------

    def unpack(self, data: Any) -> Tensors:
        """Name the tensors of a batch; `real` is what the discriminator should accept."""
        raise NotImplementedError

    def synthesize(self, batch: Tensors, seed: tf.Tensor, training: bool) -> tf.Tensor:
        """Run the generator on a batch; `seed` (two integers) keys whatever it draws."""
        raise NotImplementedError

    def judge(self, candidate: tf.Tensor, batch: Tensors, training: bool) -> Judgement:
        """Run the discriminator on candidates under the conditions of the batch."""
        raise NotImplementedError

    def reconstruction_terms(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        """Return the unweighted loss terms whose weight in `term_weights` is not zero."""
        return {}

    def quality(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        """Return scores that `evaluate` reports beside the losses."""
        return {}

    def make_objective(self, name: str) -> Objective:
        """Return the objective of that name as the family's paper plays it."""
        return find_objective(name)

    def default_optimizers(self, objective: str) -> Optimizers:
        """Return the paper's generator and discriminator optimizers for an objective."""
        raise NotImplementedError

    # Keras interface ------------------------------------------------------------------------

    def call(self, inputs, training: bool = False):
        return self.generator(inputs, training=training)

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        objective: str | None = None,
        *,
        term_weights: Mapping[str, float],
        critic_steps: int | None = None,
        gradient_penalty_weight: float | None = None,
        num_micro_batches: int = 1,
        adversarial_start_step: int = 0,
        ema_momentum: float | None = None,
        seed: int = 0,
        jit_compile: bool = False,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
    ) -> None:
        """Set the game and both optimizers.

        Args:
            generator_optimizer: Keras optimizer; None takes the paper's.
            discriminator_optimizer: Keras optimizer; None takes the paper's.
            objective: "minimax", "lsgan", "hinge", "wgan" or "wgan-gp"; None takes the paper's.
            term_weights: Weight of each generator term, "adversarial" among them.
            critic_steps: Discriminator updates a step; None takes the objective's.
            gradient_penalty_weight: Weight of the critic's slope's distance from 1, whatever the
                objective; None takes the objective's.
            num_micro_batches: Parts that a batch is computed in, one after the other, to save
                memory: the update is that of the whole batch, but for rounding and for layers that
                normalise over examples or draw for all of them.
            adversarial_start_step: Step from which the discriminator takes part; before it the
                generator learns from its other terms alone.
            ema_momentum: Momentum of the average of the generator's weights, in [0, 1); None
                keeps no average. `averaged_weights` swaps it in.
            seed: Key of all random draws.
            jit_compile: Compile the step with XLA.
            run_eagerly: As in Keras.
            steps_per_execution: As in Keras.

        Raises:
            InputError: Unknown objective or a number out of range.
        """
        _check(term_weights, adversarial_start_step, ema_momentum, num_micro_batches)
        if generator_optimizer is not None and generator_optimizer is discriminator_optimizer:
            raise InputError("discriminator_optimizer", "the generator's", "one of its own")
        super().compile(
            optimizer=None,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
        )
        game = self.make_objective(objective or self.default_objective)
        given = {"critic_steps": critic_steps, "gradient_penalty_weight": gradient_penalty_weight}
        given = {name: value for name, value in given.items() if value is not None}
        self.objective: Objective = dataclasses.replace(game, **given)
        self.term_weights = {name: float(weight) for name, weight in term_weights.items()}
        self.num_micro_batches = num_micro_batches
        self.adversarial_start_step = adversarial_start_step
        self.ema_momentum = ema_momentum
        self.seed = seed
        defaults = self.default_optimizers(self.objective.name)
        self.generator_optimizer = prepare_optimizer(
            generator_optimizer or defaults[0], self.generator, ema_momentum
        )
        self.discriminator_optimizer = prepare_optimizer(
            discriminator_optimizer or defaults[1], self.discriminator
        )
        terms = [f"g_{name}" for name, weight in self.term_weights.items() if weight]
        names = [*self.discriminator_term_names, "g_loss", *terms, *self.quality_names]
        self._trackers = {name: keras.metrics.Mean(name=name) for name in names}

    def fit(self, x=None, *args, **kwargs):
        """Train as `keras.Model.fit`; a data set's batches are gathered by `critic_steps`.

        Args:
            x: `tf.data.Dataset` of the family's batches.
            *args: As in Keras.
            **kwargs: As in Keras.

        Returns:
            The Keras history.
        """
        if self.compiled and isinstance(x, tf.data.Dataset):
            kwargs.setdefault("shuffle", False)  # Keras warns that it would not.
            if self.objective.critic_steps > 1:
                x = gather_critic_batches(x, self.objective.critic_steps)
        return super().fit(x, *args, **kwargs)

    def train_step(self, data) -> Tensors:
        return self._track(adversarial_step.train_step(self, self.unpack(data)))

    def test_step(self, data) -> Tensors:
        return self._track(adversarial_step.test_step(self, self.unpack(data)))

    @property
    def discriminator_term_names(self) -> list[str]:
        """Log keys of the discriminator."""
        return ["d_loss", "d_penalty"] if self.objective.gradient_penalty_weight else ["d_loss"]

    def _track(self, logs: Tensors) -> Tensors:
        """Feed the trackers and return their running means."""
        for name, value in logs.items():
            self._trackers[name].update_state(value)
        # Over several workers Keras averages along the first axis, so there has to be one.
        shape = [1] if _spans_workers(self.distribute_strategy) else []
        return {name: tf.reshape(self._trackers[name].result(), shape) for name in logs}

    def averaged_weights(self) -> contextlib.AbstractContextManager[None]:
        """Return a context with the averaged generator weights, where an average is kept."""
        if self.ema_momentum is None or not self.generator_optimizer.iterations.numpy():
            return contextlib.nullcontext()
        return averaged(self.generator_optimizer, self.generator.trainable_variables)

    def get_compile_config(self) -> dict | None:
        if not self.compiled:
            return None
        serialize = keras.saving.serialize_keras_object
        return {
            "generator_optimizer": serialize(self.generator_optimizer),
            "discriminator_optimizer": serialize(self.discriminator_optimizer),
            "objective": self.objective.name,
            "critic_steps": self.objective.critic_steps,
            "gradient_penalty_weight": self.objective.gradient_penalty_weight,
            "num_micro_batches": self.num_micro_batches,
            "adversarial_start_step": self.adversarial_start_step,
            "ema_momentum": self.ema_momentum,
            "seed": self.seed,
            "jit_compile": self.jit_compile,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
        } | {f"{name}_weight": weight for name, weight in self.term_weights.items()}

    def compile_from_config(self, config: dict) -> None:
        self.compile(**keras.saving.deserialize_keras_object(config))


def _check(
    term_weights: Mapping[str, float], start_step: int, momentum: float | None, num_parts: int
) -> None:
    """Refuse numbers that no training could use."""
    for name, weight in term_weights.items():
        if not 0.0 <= weight < math.inf:
            raise InputError(f"{name}_weight", weight, "a number of at least 0")
    if not any(term_weights.values()):
        names = ", ".join(f"{name}_weight" for name in term_weights)
        raise InputError(names, "zeros", "at least one weight above 0")
    if num_parts < 1:
        raise InputError("num_micro_batches", num_parts, "at least 1")
    if start_step < 0:
        raise InputError("adversarial_start_step", start_step, "at least 0")
    if momentum is not None and not 0.0 <= momentum < 1.0:
        raise InputError("ema_momentum", momentum, "a number in [0, 1), or none")


def _spans_workers(strategy: tf.distribute.Strategy) -> bool:
    """Tell whether some replicas belong to other processes."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return False
    return strategy.num_replicas_in_sync > len(strategy.extended.worker_devices)
