"""Acoustic model: log-mel spectrograms from the symbols of a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import keras
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.layers.randomness import draw_for_examples
from tfgan_audio.losses.forward_sum import forward_sum
from tfgan_audio.losses.masked import masked_l1, masked_l2
from tfgan_audio.models.acoustic_networks import (
    LANGUAGE_EMBEDDING,
    SPEAKER_EMBEDDING,
    STYLE_EMBEDDING,
    SYMBOL_EMBEDDING,
    AcousticParts,
    build_learner,
    build_mel_discriminator,
    build_reader,
)
from tfgan_audio.models.acoustic_reading import Reading
from tfgan_audio.models.acoustic_sizes import AcousticSizes
from tfgan_audio.models.adversarial import AdversarialModel, Optimizers, Tensors
from tfgan_audio.models.keywords import split_keywords

_NEVER = 2**31 - 1
_SHARE_EXPONENT = 0.5
_PREDICTED = ("log_durations", "pitch", "energy")
_BATCH = ("symbols", "languages", "speaker", "style", "mel", "pitch", "num_frames")


@keras.saving.register_keras_serializable(package="tfgan_audio")
class AcousticModel(Reading, AdversarialModel):
    """Text-to-mel model; trained on symbols and the log-mel spectrograms of their recordings.

    `generator` is the network that learns: it aligns a recording with its symbols by itself and
    imitates it. `reader`, made of the same layers, needs no recording, and is what the model calls
    and exports. A batch is a dictionary, padded with zeros, of

        symbols [B, N]     ids of `symbols`
        languages [B, N]   1 + index in `languages`, 0 for unknown
        speaker, style [B] indices in `speakers` and `styles`
        mel [B, F, M]      as `features` define it
        pitch [B, F]       log2(F0 / 200 Hz), through unvoiced frames interpolated
        num_frames [B]     at least as many as symbols
        durations [B, N]   frames of each symbol, where `learned_durations` is False

    Args:
        symbols: All symbols in the order of their ids; the first is the padding.
        features: Definition of the mels: the name of a preset, a `MelFeatures` or its fields.
        speakers: Names of the speakers.
        languages: Codes of the languages.
        styles: Names of emotions or styles.
        **sizes: What the networks are made of: keywords of `AcousticSizes`; and `name`, `dtype`,
            `trainable` as in Keras.

    Shape:
        The list of inputs of `reader` -> its dictionary with mel [B, F, M].

    Raises:
        InputError: An unknown keyword, names that repeat, or sizes that do not fit each other.

    Reference:
        Lancucki 2021, arXiv:2006.06873; Badlani et al. 2021, arXiv:2108.10447, for the alignment.
        Differs: blocks normalise first; the energy of a frame is the mean of its log-mels.

    Example:
        >>> model = AcousticModel(["<pad>", "a", "b"], width=16, feed_forward_channels=16)
        >>> mel, durations = model.predict_mel([1, 2, 1])
        >>> bool(mel.shape[0] == durations.sum()), mel.shape[1]
        (True, 80)
    """

    quality_names = ("mel_l1",)

    def __init__(
        self,
        symbols: Sequence[str],
        features: str | MelFeatures | Mapping[str, Any] = "melgan_official",
        *,
        speakers: Sequence[str] = ("default",),
        languages: Sequence[str] = ("en",),
        styles: Sequence[str] = ("neutral",),
        **sizes,
    ) -> None:
        made_of, keywords = split_keywords("AcousticModel", AcousticSizes, sizes)
        features = MelFeatures.of(features)
        names = {"symbols": symbols, "speakers": speakers, "languages": languages, "styles": styles}
        names = {name: _distinct(name, values) for name, values in names.items()}
        num_mels, counts = features.num_mels, (len(names["speakers"]), len(names["styles"]))
        parts = AcousticParts(made_of, len(symbols), len(languages), num_mels)
        super().__init__(
            build_learner(parts, made_of, num_mels, *counts),
            build_mel_discriminator(made_of, num_mels),
            **keywords,
        )
        # Its weights are the generator's, which saves them; Keras need not track it too.
        object.__setattr__(self, "reader", build_reader(parts, *counts))
        self.sizes, self.features = made_of, features
        self.symbols, self.speakers = names["symbols"], names["speakers"]
        self.languages, self.styles = names["languages"], names["styles"]

    @property
    def row_names(self) -> dict[str, tuple[str, ...]]:
        """What the rows of each embedding stand for; no language is the first of its kind."""
        return {
            SYMBOL_EMBEDDING: self.symbols,
            LANGUAGE_EMBEDDING: ("", *self.languages),
            SPEAKER_EMBEDDING: self.speakers,
            STYLE_EMBEDDING: self.styles,
        }

    def call(self, inputs, training: bool = False):
        return self.reader(inputs, training=training)

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        objective: str | None = None,
        *,
        mel_l1_weight: float = 1.0,
        mel_l2_weight: float = 0.0,
        duration_weight: float = 0.1,
        pitch_weight: float = 0.1,
        energy_weight: float = 0.1,
        alignment_weight: float | None = None,
        binarization_weight: float | None = None,
        adversarial_weight: float = 0.0,
        feature_matching_weight: float = 0.0,
        binarization_start_step: int = 1000,
        binarization_ramp_steps: int = 1000,
        **options,
    ) -> None:
        """Set both optimizers and the weight of each generator term.

        Without weights for the adversarial term and for feature matching there is no game, and the
        discriminator rests.

        Args:
            generator_optimizer: Keras optimizer; None takes Adam(1e-3, 0.9, 0.98), clipped at 1.
            discriminator_optimizer: Keras optimizer; None takes Adam(1e-4, 0.5, 0.9).
            objective: One of the five objectives; None takes "lsgan".
            mel_l1_weight: Weight of the mean absolute difference of mels.
            mel_l2_weight: Weight of the mean squared difference of mels.
            duration_weight: Weight of the mean squared difference of log(1 + duration).
            pitch_weight: Weight of the same of pitch, in octaves.
            energy_weight: Weight of the same of energy.
            alignment_weight: Weight of the sum over alignments; None takes 1 where durations are
                learned.
            binarization_weight: Weight of minus the mean log-probability of the best alignment;
                None takes 1 where durations are learned.
            adversarial_weight: Weight of the objective's generator term, summed over both judges.
            feature_matching_weight: Weight of the mean distance between discriminator features.
            binarization_start_step: Step at which binarization sets in.
            binarization_ramp_steps: Steps from there until it has its whole weight.
            **options: As in `AdversarialModel.compile`.

        Raises:
            InputError: A number out of range, or weights of an alignment that is not learned.
        """
        learned = self.sizes.learned_durations
        alignment = {"alignment": alignment_weight, "binarization": binarization_weight}
        for name, weight in alignment.items():
            if weight and not learned:
                raise InputError(f"{name}_weight", weight, "0 for durations that are given")
            alignment[name] = float(learned) if weight is None else weight
        if binarization_start_step < 0 or binarization_ramp_steps < 1:
            seen = f"{binarization_start_step} and {binarization_ramp_steps}"
            raise InputError("binarization_start_step, binarization_ramp_steps", seen, "0, 1 on")
        self.binarization_start_step = binarization_start_step
        self.binarization_ramp_steps = binarization_ramp_steps
        if not adversarial_weight and not feature_matching_weight:
            options["adversarial_start_step"] = _NEVER
        super().compile(
            generator_optimizer,
            discriminator_optimizer,
            objective,
            term_weights={
                "mel_l1": mel_l1_weight,
                "mel_l2": mel_l2_weight,
                "duration": duration_weight,
                "pitch": pitch_weight,
                "energy": energy_weight,
                **alignment,
                "adversarial": adversarial_weight,
                "feature_matching": feature_matching_weight,
            },
            **options,
        )

    def unpack(self, data) -> Tensors:
        names = [*_BATCH, *([] if self.sizes.learned_durations else ["durations"])]
        missing = [name for name in names if name not in data]
        if missing:
            raise InputError("batch", f"no {', '.join(missing)}", ", ".join(names))
        batch = {name: data[name] for name in names}
        batch["speaker"] = tf.one_hot(batch["speaker"], len(self.speakers))
        batch["style"] = tf.one_hot(batch["style"], len(self.styles))
        mask = tf.sequence_mask(batch["num_frames"], tf.shape(batch["mel"])[1], tf.float32)
        batch["real"] = batch["mel"] * mask[:, :, None]
        return batch

    def synthesize(self, batch: Tensors, seed: tf.Tensor, training: bool) -> tf.Tensor:
        """Imitate a batch; what else the generator finds is added to the batch, for the terms."""
        inputs = {name: batch[name] for name in self.generator.input}
        if training and self.sizes.condition_dropout:
            inputs |= self._with_some_dropped(inputs, seed)
        outputs = self.generator(inputs, training=training)
        batch.update({f"found_{name}": value for name, value in outputs.items()})
        return outputs["mel"]

    def judge(self, candidate: tf.Tensor, batch: Tensors, training: bool):
        return self.discriminator(candidate, training=training)

    def reconstruction_terms(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        num_frames = batch["num_frames"]
        num_symbols = tf.math.count_nonzero(batch["symbols"], axis=1, dtype=tf.int32)
        mels = batch["real"], fake, num_frames

        def predicted(name: str) -> tf.Tensor:
            truth = tf.stop_gradient(batch[f"found_true_{name}"])
            return masked_l2(truth, batch[f"found_{name}"], num_symbols)

        terms = {
            "mel_l1": lambda: masked_l1(*mels),
            "mel_l2": lambda: masked_l2(*mels),
            "duration": lambda: predicted("log_durations"),
            "pitch": lambda: predicted("pitch"),
            "energy": lambda: predicted("energy"),
            "alignment": lambda: forward_sum(
                batch["found_log_probabilities"],
                num_frames,
                num_symbols,
                _SHARE_EXPONENT * (1.0 - self._binarized()),
            ),
            "binarization": lambda: self._binarization(batch),
        }
        return {name: term() for name, term in terms.items() if self.term_weights[name]}

    def quality(self, batch: Tensors, fake: tf.Tensor) -> Tensors:
        return {"mel_l1": masked_l1(batch["real"], fake, batch["num_frames"])}

    def default_optimizers(self, objective: str) -> Optimizers:
        adam = keras.optimizers.Adam
        return adam(1e-3, 0.9, 0.98, epsilon=1e-9, global_clipnorm=1.0), adam(1e-4, 0.5, 0.9)

    def _with_some_dropped(self, inputs: Tensors, seed: tf.Tensor) -> Tensors:
        """Return the conditions of a batch, each without what drawn examples are not told."""
        names, num_examples = ("speaker", "style", "languages"), tf.shape(inputs["symbols"])[0]
        # The offset keeps these draws apart from those of the step.
        drawn = draw_for_examples(
            tf.random.stateless_uniform, num_examples, (len(names), 1), seed + [0, 1 << 21]
        )
        kept = tf.unstack(drawn >= self.sizes.condition_dropout, axis=1)
        return {
            name: inputs[name] * tf.cast(is_kept, inputs[name].dtype)
            for name, is_kept in zip(names, kept, strict=True)
        }

    def _binarization(self, batch: Tensors) -> tf.Tensor:
        """Return how improbable the best alignment is, as much as the step lets it count."""
        best = tf.reduce_sum(batch["found_path"] * batch["found_log_probabilities"])
        num_frames = tf.cast(tf.reduce_sum(batch["num_frames"]), tf.float32)
        return -self._binarized() * best / num_frames

    def _binarized(self) -> tf.Tensor:
        """Return how far binarization has set in, from 0 to 1."""
        step = tf.cast(self.generator_optimizer.iterations, tf.float32)
        begun = (step - self.binarization_start_step) / self.binarization_ramp_steps
        return tf.clip_by_value(begun, 0.0, 1.0)

    def get_compile_config(self) -> dict | None:
        config = super().get_compile_config()
        names = ("binarization_start_step", "binarization_ramp_steps")
        return config and config | {name: getattr(self, name) for name in names}

    def get_config(self) -> dict:
        names = ("symbols", "speakers", "languages", "styles")
        own = {name: list(getattr(self, name)) for name in names}
        own |= {"features": asdict(self.features), **asdict(self.sizes)}
        return {**super().get_config(), **own}


def _distinct(name: str, values: Sequence[str]) -> tuple[str, ...]:
    """Return names, refusing none at all and repetition."""
    values = tuple(values)
    if not values or len(set(values)) != len(values):
        raise InputError(name, ", ".join(map(str, values)) or "none", "names, each once")
    return values
