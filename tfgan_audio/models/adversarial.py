"""Alternating training of a generator and a discriminator under `fit`."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.losses.adversarial import Objective, find_objective
from tfgan_audio.losses.feature_matching import feature_matching
from tfgan_audio.losses.gradient_penalty import gradient_penalty
from tfgan_audio.losses.judgement import Judgement, over_scales
from tfgan_audio.models.critic_batches import gather_critic_batches, split_batch
from tfgan_audio.models.randomness import draw_for_examples

Tensors = dict[str, tf.Tensor]


class AdversarialModel(keras.Model):
    """Base of every family: two networks, two optimizers, one `train_step`.

    One step updates the discriminator `critic_steps` times and the generator once; `fit` gathers
    that many batches of the data set for it. All random draws are a function of `seed`, the step
    and the example, so training repeats exactly, on any number of replicas.

    A family gives `unpack`, `synthesize` and `judge`, and where it has them `reconstruction_terms`
    and `quality`.

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

    def default_optimizers(self) -> tuple[keras.optimizers.Optimizer, keras.optimizers.Optimizer]:
        """Return the paper's generator and discriminator optimizers."""
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
        adversarial_start_step: int = 0,
        ema_momentum: float | None = None,
        seed: int = 0,
        **keras_options,
    ) -> None:
        """Set the game and both optimizers.

        Args:
            generator_optimizer: Keras optimizer; None takes the paper's.
            discriminator_optimizer: Keras optimizer; None takes the paper's.
            objective: "minimax", "lsgan", "hinge", "wgan" or "wgan-gp"; None takes the paper's.
            term_weights: Weight of each generator term, "adversarial" among them.
            critic_steps: Discriminator updates a step; None takes the objective's.
            adversarial_start_step: Step from which the discriminator takes part; before it the
                generator learns from its other terms alone.
            ema_momentum: Momentum of the average of the generator's weights, in [0, 1); None
                keeps no average. `averaged_weights` swaps it in.
            seed: Key of all random draws.
            **keras_options: `jit_compile`, `run_eagerly`, `steps_per_execution` of Keras.

        Raises:
            InputError: Unknown objective or a number out of range.
        """
        jit_compile = keras_options.pop("jit_compile", False)
        super().compile(optimizer=None, jit_compile=jit_compile, **keras_options)
        game = find_objective(objective or self.default_objective)
        self.objective: Objective = dataclasses.replace(
            game, critic_steps=critic_steps or game.critic_steps
        )
        if ema_momentum is not None and not 0.0 <= ema_momentum < 1.0:
            raise InputError("ema_momentum", ema_momentum, "a number in [0, 1), or none")
        self.term_weights = {name: float(weight) for name, weight in term_weights.items()}
        self.adversarial_start_step = adversarial_start_step
        self.ema_momentum = ema_momentum
        self.seed = seed
        defaults = self.default_optimizers()
        self.generator_optimizer = self._prepare_optimizer(
            generator_optimizer or defaults[0], self.generator, ema_momentum
        )
        self.discriminator_optimizer = self._prepare_optimizer(
            discriminator_optimizer or defaults[1], self.discriminator
        )
        names = [*self._term_names(), *self.quality_names]
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
        if isinstance(x, tf.data.Dataset):
            kwargs.setdefault("shuffle", False)
            if self.objective.critic_steps > 1:
                x = gather_critic_batches(x, self.objective.critic_steps)
        return super().fit(x, *args, **kwargs)

    def train_step(self, data) -> Tensors:
        batch = self.unpack(data)
        num_parts = self.objective.critic_steps
        parts = [split_batch(batch, part, num_parts) for part in range(num_parts)]
        logs: Tensors = {}
        for index, part in enumerate(parts[:-1]):
            seed = self._step_seed(index)
            fake = tf.stop_gradient(self.synthesize(part, seed, training=True))
            logs |= self._update_discriminator(part, fake, seed)
        logs |= self._update_both(parts[-1], self._step_seed(num_parts - 1))
        return self._track(logs)

    def test_step(self, data) -> Tensors:
        batch = self.unpack(data)
        seed = tf.stack([self.seed, -1])
        fake = self.synthesize(batch, seed, training=False)
        logs = self._discriminator_terms(batch, fake, seed, training=False)
        logs |= self._generator_terms(batch, fake, training=False)
        return self._track(logs | self.quality(batch, fake))

    # Updates --------------------------------------------------------------------------------

    def _update_both(self, batch: Tensors, seed: tf.Tensor) -> Tensors:
        """Update the discriminator, then the generator, on the same generated examples."""
        with tf.GradientTape() as tape:
            fake = self.synthesize(batch, seed, training=True)
            with tape.stop_recording():
                logs = self._update_discriminator(batch, tf.stop_gradient(fake), seed)
            terms = self._generator_terms(batch, fake, training=True)
            loss = self._scaled(terms["g_loss"], self.generator_optimizer)
        variables = self.generator.trainable_variables
        self.generator_optimizer.apply(tape.gradient(loss, variables), variables)
        return logs | terms

    def _update_discriminator(self, batch: Tensors, fake: tf.Tensor, seed: tf.Tensor) -> Tensors:
        """Update the discriminator once, or leave it alone before its start."""
        variables = self.discriminator.trainable_variables

        def gradients():
            with tf.GradientTape() as tape:
                terms = self._discriminator_terms(batch, fake, seed, training=True)
                loss = self._scaled(terms["d_loss"], self.discriminator_optimizer)
            return terms, tape.gradient(loss, variables)

        def nothing():
            terms = {name: tf.constant(0.0) for name in self._discriminator_term_names()}
            return terms, [tf.zeros_like(variable) for variable in variables]

        terms, updates = self._once_adversarial(gradients, nothing)
        self.discriminator_optimizer.apply(updates, variables)
        if self.objective.weight_clip is not None:
            clip_weights(variables, self.objective.weight_clip)
        return terms

    def _discriminator_terms(self, batch, fake, seed, training: bool) -> Tensors:
        """Return the discriminator's loss and, where the objective has one, its penalty."""
        real_scores = self.judge(batch["real"], batch, training)
        fake_scores = self.judge(fake, batch, training)
        loss = over_scales(self.objective.discriminator, real_scores, fake_scores)
        if not self.objective.gradient_penalty_weight:
            return {"d_loss": loss}
        penalty = self.objective.gradient_penalty_weight * gradient_penalty(
            lambda candidate: self.judge(candidate, batch, training),
            batch["real"],
            fake,
            draw_for_examples(
                tf.random.stateless_uniform, tf.shape(fake)[0], (1, 1), seed + [0, 1 << 20]
            ),
        )
        return {"d_loss": loss + penalty, "d_penalty": penalty}

    def _generator_terms(self, batch: Tensors, fake: tf.Tensor, training: bool) -> Tensors:
        """Return the generator's weighted terms and their sum."""
        weights = self.term_weights
        terms = {
            f"g_{name}": weights[name] * term
            for name, term in self.reconstruction_terms(batch, fake).items()
        }
        judged = [name for name in ("adversarial", "feature_matching") if weights.get(name)]

        def adversarial_terms():
            fake_maps = self.judge(fake, batch, training)
            values = {"adversarial": over_scales(self.objective.generator, fake_maps)}
            if "feature_matching" in judged:
                real_maps = self.judge(batch["real"], batch, training)
                values["feature_matching"] = feature_matching(real_maps, fake_maps)
            return {f"g_{name}": weights[name] * values[name] for name in judged}

        def nothing():
            return {f"g_{name}": tf.constant(0.0) for name in judged}

        if judged:
            terms |= self._once_adversarial(adversarial_terms, nothing)
        return {"g_loss": tf.add_n(list(terms.values())), **terms}

    def _once_adversarial(self, compute, nothing):
        """Compute from `adversarial_start_step` on, and something free of cost before."""
        if not self.adversarial_start_step:
            return compute()
        started = self.generator_optimizer.iterations >= self.adversarial_start_step
        return tf.cond(started, compute, nothing)

    # Small parts ----------------------------------------------------------------------------

    def _discriminator_term_names(self) -> list[str]:
        """Log keys of the discriminator."""
        return ["d_loss", *(["d_penalty"] if self.objective.gradient_penalty_weight else [])]

    def _term_names(self) -> list[str]:
        """Log keys of training: the losses, then the generator's weighted terms."""
        terms = [f"g_{name}" for name, weight in self.term_weights.items() if weight]
        return [*self._discriminator_term_names(), "g_loss", *terms]

    def _step_seed(self, index: int) -> tf.Tensor:
        """Key of the draws of one discriminator update of the present step."""
        step = tf.cast(self.generator_optimizer.iterations, tf.int32)
        return tf.stack([self.seed, step * self.objective.critic_steps + index])

    def _prepare_optimizer(self, optimizer, network: keras.Model, ema_momentum=None):
        """Set averaging and loss scaling, and create the state before any replica runs."""
        if ema_momentum is not None:
            optimizer.use_ema, optimizer.ema_momentum = True, ema_momentum
        scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        if keras.config.dtype_policy().name == "mixed_float16" and not scaled:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        optimizer.build(network.trainable_variables)
        return optimizer

    def _scaled(self, loss: tf.Tensor, optimizer) -> tf.Tensor:
        """Divide by the replicas, whose gradients are summed, and scale for float16."""
        return optimizer.scale_loss(loss / self.distribute_strategy.num_replicas_in_sync)

    def _track(self, logs: Tensors) -> Tensors:
        """Feed the trackers and return their running means."""
        for name, value in logs.items():
            self._trackers[name].update_state(value)
        return {name: self._trackers[name].result() for name in logs}

    # Averaged weights and saving ------------------------------------------------------------

    @contextlib.contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """Run the body with the averaged generator weights, where an average is kept."""
        if self.ema_momentum is None or not int(self.generator_optimizer.iterations):
            yield
            return
        variables = self.generator.trainable_variables
        current = [variable.numpy() for variable in variables]
        self.generator_optimizer.finalize_variable_values(variables)
        try:
            yield
        finally:
            for variable, value in zip(variables, current):
                variable.assign(value)

    def get_compile_config(self) -> dict:
        return {
            "generator_optimizer": keras.saving.serialize_keras_object(self.generator_optimizer),
            "discriminator_optimizer": keras.saving.serialize_keras_object(
                self.discriminator_optimizer
            ),
            "objective": self.objective.name,
            "critic_steps": self.objective.critic_steps,
            "adversarial_start_step": self.adversarial_start_step,
            "ema_momentum": self.ema_momentum,
            "seed": self.seed,
            "jit_compile": self.jit_compile,
        } | {f"{name}_weight": weight for name, weight in self.term_weights.items()}

    def compile_from_config(self, config: dict) -> None:
        self.compile(**keras.saving.deserialize_keras_object(config))


def clip_weights(variables: list[keras.Variable], limit: float) -> None:
    """Clip every weight to [-limit, limit], as the Wasserstein GAN without a penalty does."""
    for variable in variables:
        variable.assign(tf.clip_by_value(variable.value, -limit, limit))
