"""How near an acoustic model comes to sentences it has never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from tfgan_audio.data.acoustic_source import ReadSentences
from tfgan_audio.models.adversarial import AdversarialModel

_SENTENCES_AT_ONCE = 8
_PREFIX = "g_"


@dataclass(frozen=True)
class SpokenSentence:
    """What the model makes of a sentence, beside its recording.

    Args:
        name: Name of the recording.
        text: The sentence.
        mel: Of the recording.
        spoken: Mel that the model reads by itself.
        durations: Frames that the aligner gives each symbol of the recording.
        predicted: Frames that the model gives it.
        symbols: The symbols.

    Shape:
        mel [F, M]; spoken [G, M]; durations, predicted [N]
    """

    name: str
    text: str
    mel: np.ndarray
    spoken: np.ndarray
    durations: np.ndarray
    predicted: np.ndarray
    symbols: tuple[str, ...]


@dataclass(frozen=True)
class AcousticScores:
    """What an acoustic model made of held-out sentences.

    Args:
        errors: Error -> mean over the sentences.
        sentences: The sentences.
    """

    errors: Mapping[str, float]
    sentences: Sequence[SpokenSentence]


def mean_errors(
    model: AdversarialModel, source: ReadSentences, indices: Sequence[int]
) -> dict[str, float]:
    """Return the model's terms on sentences, aligned by itself, without their weights.

    They are means over batches of sentences of about the same length.

    Args:
        model: The acoustic model.
        source: The sentences.
        indices: Which of them.
    """
    by_length = sorted(indices, key=lambda index: len(source.readings[index].pitch))
    firsts = range(0, len(by_length), _SENTENCES_AT_ONCE)
    parts = [by_length[first : first + _SENTENCES_AT_ONCE] for first in firsts]
    example = source.batch(0, 0)
    specs = {
        name: tf.TensorSpec([None, None, *array.shape[2:]][: array.ndim], array.dtype)
        for name, array in example.items()
    }
    batches = tf.data.Dataset.from_generator(
        lambda: map(source.gather, parts), output_signature=specs
    )
    logs = model.evaluate(batches, steps=len(parts), verbose=0, return_dict=True)
    model.reset_metrics()
    weights = {f"{_PREFIX}{name}": weight for name, weight in model.term_weights.items() if weight}
    terms = {
        name.removeprefix(_PREFIX): value / weights[name]
        for name, value in logs.items()
        if name in weights
    }
    return {name: float(value) for name, value in {**terms, "mel_l1": logs["mel_l1"]}.items()}


def speak_sentences(
    model: AdversarialModel, source: ReadSentences, indices: Sequence[int]
) -> list[SpokenSentence]:
    """Have the model read sentences, and align their recordings.

    Args:
        model: The acoustic model.
        source: The sentences.
        indices: Which of them.
    """
    found = []
    for index in indices:
        batch, reading = source.gather([index]), source.readings[index]
        speaker, style = {reading.speaker: 1.0}, {reading.style: 1.0}
        symbols = list(reading.symbols)
        spoken, predicted = model.predict_mel(symbols, batch["languages"][0], speaker, style)
        found.append(SpokenSentence(
            reading.name,
            reading.text,
            batch["mel"][0],
            spoken,
            model.align(batch)[0],
            predicted,
            tuple(source.table.decode(symbols)),
        ))  # fmt: skip
    return found


def score_acoustic(
    model: AdversarialModel, source: ReadSentences, indices: Sequence[int]
) -> AcousticScores:
    """Score the model on held-out sentences.

    Args:
        model: Trained acoustic model.
        source: The sentences.
        indices: Which of them.

    Returns:
        The errors of `mean_errors`, and `length_ratio`: of the read sentences to the recordings.
    """
    sentences = speak_sentences(model, source, indices)
    lengths = [sum(len(mel) for mel in mels) for mels in (
        [sentence.spoken for sentence in sentences], [sentence.mel for sentence in sentences]
    )]  # fmt: skip
    errors = mean_errors(model, source, indices) | {"length_ratio": lengths[0] / lengths[1]}
    return AcousticScores(errors, sentences)
