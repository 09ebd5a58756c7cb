"""One step of alternating training: some discriminator updates, then one of the generator.

The functions read the game and its settings from the model; what is done with gradients stands
here alone. Features are matched with those of the real examples that the discriminator has had
before its update, as the official MelGAN does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from tfgan_audio.layers.randomness import draw_for_examples
from tfgan_audio.losses.feature_matching import feature_matching
from tfgan_audio.losses.gradient_penalty import gradient_penalty
from tfgan_audio.losses.judgement import Judgement, over_scales
from tfgan_audio.models.critic_batches import split_batch
from tfgan_audio.models.gradient_accumulation import over_micro_batches
from tfgan_audio.models.optimizers import clip_weights, unchanged_unless

if TYPE_CHECKING:
    from tfgan_audio.models.adversarial import AdversarialModel, Tensors


def train_step(model: AdversarialModel, batch: Tensors) -> Tensors:
    """Update the discriminator on each of the gathered batches, the generator on the last.

    Args:
        model: Compiled model.
        batch: Named tensors, `critic_steps` batches in one.

    Returns:
        The losses and terms of the last batch.
    """
    num_parts = model.objective.critic_steps
    *first, last = [split_batch(batch, part, num_parts) for part in range(num_parts)]
    for index, part in enumerate(first):
        seed = _seed(model, index)
        _update_discriminator(model, part, seed)
    update_both = _update_in_parts if model.num_micro_batches > 1 else _update_both
    return update_both(model, last, _seed(model, num_parts - 1))


def test_step(model: AdversarialModel, batch: Tensors) -> Tensors:
    """Compute what `train_step` returns, and the scores, and change nothing.

    Args:
        model: Compiled model.
        batch: Named tensors of one batch.

    Returns:
        Losses, terms and scores.
    """
    seed = tf.stack([model.seed, -1])
    fake = model.synthesize(batch, seed, training=False)
    logs, real_judgement = _discriminator_terms(model, batch, fake, seed, training=False)
    terms = _generator_terms(model, batch, fake, real_judgement, training=False)
    return logs | terms | model.quality(batch, fake)


def _update_both(model: AdversarialModel, batch: Tensors, seed: tf.Tensor) -> Tensors:
    """Update the discriminator, then the generator, on the same generated examples."""
    with tf.GradientTape() as tape:
        fake = model.synthesize(batch, seed, training=True)
        with tape.stop_recording():
            logs, real_judgement = _update_discriminator(model, batch, seed, tf.stop_gradient(fake))
        terms = _generator_terms(model, batch, fake, real_judgement, training=True)
        loss = _scaled(model, terms["g_loss"], model.generator_optimizer)
    variables = model.generator.trainable_variables
    model.generator_optimizer.apply(tape.gradient(loss, variables), variables)
    return logs | terms


def _update_in_parts(model: AdversarialModel, batch: Tensors, seed: tf.Tensor) -> Tensors:
    """Do the same part by part, generating the examples for each of the updates."""
    logs, real_judgement = _update_discriminator(model, batch, seed)
    variables, optimizer = model.generator.trainable_variables, model.generator_optimizer
    zero = tf.UnconnectedGradients.ZERO

    def compute(part: tuple[Tensors, Judgement]) -> tuple[tuple, tuple]:
        examples, real_judgement = part
        with tf.GradientTape() as tape:
            fake = model.synthesize(examples, seed, training=True)
            terms = _generator_terms(model, examples, fake, real_judgement, training=True)
            loss = _scaled(model, terms["g_loss"], optimizer)
        return (terms, tape.gradient(loss, variables, unconnected_gradients=zero)), ()

    whole = batch, real_judgement
    (terms, gradients), _ = over_micro_batches(compute, whole, model.num_micro_batches)
    optimizer.apply(gradients, variables)
    return logs | terms


def _update_discriminator(
    model: AdversarialModel, batch: Tensors, seed: tf.Tensor, fake: tf.Tensor | None = None
) -> tuple[Tensors, Judgement]:
    """Update the discriminator once, or leave it and its optimizer alone before their start.

    Returns:
        Its terms, and for feature matching what it thought of the real examples before the update,
        else nothing.
    """
    variables = model.discriminator.trainable_variables
    optimizer = model.discriminator_optimizer
    started, zero = _has_started(model), tf.UnconnectedGradients.ZERO
    is_matched, kept = bool(model.term_weights.get("feature_matching")), ()

    def compute_part(part: Tensors) -> tuple[tuple, Judgement]:
        known = model.synthesize(part, seed, training=True) if fake is None else fake
        with tf.GradientTape() as tape:
            terms, judgement = _discriminator_terms(model, part, known, seed, training=True)
            loss = _scaled(model, terms["d_loss"], optimizer)
        gradients = tape.gradient(loss, variables, unconnected_gradients=zero)
        return (terms, gradients), judgement if is_matched else ()

    def compute() -> tuple[tuple, Judgement]:
        nonlocal kept
        if model.num_micro_batches == 1:
            means, kept = compute_part(batch)
        else:
            means, kept = over_micro_batches(compute_part, batch, model.num_micro_batches)
        return means, kept

    def skip() -> tuple[tuple, Judgement]:
        zeros = [tf.zeros_like(variable) for variable in variables]
        # A graph is made of `compute` before this, so the structure is known where it matters.
        judgement = tf.nest.map_structure(_zeros_in_place_of, kept)
        return (_zeros(model.discriminator_term_names), zeros), judgement

    (terms, gradients), judgement = _compute_if(started, compute, skip)
    with unchanged_unless(started, [*variables, *optimizer.variables]):
        optimizer.apply(gradients, variables)
        if model.objective.weight_clip is not None:
            clip_weights(variables, model.objective.weight_clip)
    return terms, judgement


def _discriminator_terms(
    model: AdversarialModel, batch: Tensors, fake: tf.Tensor, seed: tf.Tensor, training: bool
) -> tuple[Tensors, Judgement]:
    """Return the discriminator's loss, its penalty if it has one, and its view of the real."""
    game, real = model.objective, batch["real"]
    judge = _judge_of(model, batch, training)
    real_judgement = judge(real)
    loss = over_scales(game.discriminator, real_judgement, judge(fake))
    if not game.gradient_penalty_weight:
        return {"d_loss": loss}, real_judgement
    # The offset keeps the mixing factors apart from what the generator drew by the same seed.
    draw_seed = seed + [0, 1 << 20]
    alpha = draw_for_examples(tf.random.stateless_uniform, tf.shape(fake)[0], (1, 1), draw_seed)
    penalty = game.gradient_penalty_weight * gradient_penalty(judge, real, fake, alpha)
    return {"d_loss": loss + penalty, "d_penalty": penalty}, real_judgement


def _generator_terms(
    model: AdversarialModel,
    batch: Tensors,
    fake: tf.Tensor,
    real_judgement: Judgement,
    training: bool,
) -> Tensors:
    """Return the generator's weighted terms and their sum."""
    weights, judge = model.term_weights, _judge_of(model, batch, training)
    judged = [name for name in ("adversarial", "feature_matching") if weights.get(name)]

    def compute() -> Tensors:
        fake_maps = judge(fake)
        values = {"adversarial": over_scales(model.objective.generator, fake_maps)}
        if "feature_matching" in judged:
            values["feature_matching"] = feature_matching(real_judgement, fake_maps)
        return {name: values[name] for name in judged}

    terms = model.reconstruction_terms(batch, fake)
    if judged:
        terms |= _compute_if(_has_started(model), compute, lambda: _zeros(judged))
    weighted = {f"g_{name}": weights[name] * term for name, term in terms.items()}
    return {"g_loss": tf.add_n(list(weighted.values())), **weighted}


def _judge_of(
    model: AdversarialModel, batch: Tensors, training: bool
) -> Callable[[tf.Tensor], Judgement]:
    """Return the discriminator as a function of candidates alone."""
    return lambda candidate: model.judge(candidate, batch, training)


def _has_started(model: AdversarialModel) -> tf.Tensor | None:
    """Tell whether the discriminator takes part in the present step; None where it always does."""
    if not model.adversarial_start_step:
        return None
    return model.generator_optimizer.iterations >= model.adversarial_start_step


def _compute_if(
    condition: tf.Tensor | None, compute: Callable[[], Any], skip: Callable[[], Any]
) -> Any:
    """Compute where a condition holds or is None, and something free of cost elsewhere."""
    return compute() if condition is None else tf.cond(condition, compute, skip)


def _zeros(names: Iterable[str]) -> Tensors:
    """Stand-ins for terms that are not computed."""
    return {name: tf.constant(0.0) for name in names}


def _zeros_in_place_of(tensor: tf.Tensor) -> tf.Tensor:
    """A stand-in for a tensor, of its size as far as a graph knows it."""
    return tf.zeros([size or 0 for size in tensor.shape], tensor.dtype)


def _seed(model: AdversarialModel, index: int) -> tf.Tensor:
    """Key of the draws of one discriminator update of the present step."""
    step = tf.cast(model.generator_optimizer.iterations, tf.int32)
    return tf.stack([model.seed, step * model.objective.critic_steps + index])


def _scaled(model: AdversarialModel, loss: tf.Tensor, optimizer: Any) -> tf.Tensor:
    """Divide by the replicas, whose gradients are summed, and scale for float16."""
    return optimizer.scale_loss(loss / model.distribute_strategy.num_replicas_in_sync)
