"""All scores of read speech over sets of sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.reading.recognition import (
    heard_words,
    num_word_errors,
    written_words,
)
from tfgan_audio.evaluation.reading.warped import warped_scores
from tfgan_audio.evaluation.report import Table
from tfgan_audio.evaluation.results import FileScore, Scores
from tfgan_audio.evaluation.speech_metrics import dnsmos

NAMES = {
    "word_error_rate": ("Word error rate", 3),
    "mcd_dtw": ("MCD along the warping path, dB", 2),
    "f0_error_semitones": ("Pitch error, semitones", 2),
    "f0_shift_semitones": ("Pitch above the recording's, semitones", 2),
    "f0_spread_ratio": ("Spread of pitch against the recording's", 2),
    "length_ratio": ("Length against the recording's", 3),
    "dnsmos_ovrl": ("DNSMOS OVRL", 2),
    "dnsmos_sig": ("DNSMOS SIG", 2),
    "dnsmos_bak": ("DNSMOS BAK", 2),
    "dnsmos_p808": ("DNSMOS P.808", 2),
    "speaker_similarity": ("Speaker similarity to the recording", 3),
}


@dataclass(frozen=True)
class Sentence:
    """One sentence, recorded and made.

    Args:
        name: Its name.
        spoken: Its text with numbers and abbreviations written out.
        language: Its language; words are recognized where it is `en`.
        recording: A recording of it at 16 kHz, [T].
        made: Version ("copy", "read") -> waveform at 16 kHz, [T].
    """

    name: str
    spoken: str
    language: str
    recording: np.ndarray
    made: Mapping[str, np.ndarray]


def score_reading(
    sentences: Sequence[Sentence], embed: Callable[[np.ndarray], np.ndarray] | None = None
) -> dict[str, Scores]:
    """Score the recordings and every version that was made of them.

    Args:
        sentences: Sentences with the same versions.
        embed: Embedding of a voice as `SpeakerEncoder.embed` gives it; None leaves speakers out.

    Returns:
        "recording" and each version -> its scores. The mean of word error rates weighs sentences
        by their words, see `word_error_rate`.
    """
    versions = ["recording", *sentences[0].made]
    files: dict[str, list[FileScore]] = {version: [] for version in versions}
    for sentence in sentences:
        for version in versions:
            waveform = sentence.recording if version == "recording" else sentence.made[version]
            files[version].append(_score(sentence, waveform, embed))
    metrics = [name for name in NAMES if embed is not None or name != "speaker_similarity"]
    return {version: Scores(tuple(metrics), tuple(found)) for version, found in files.items()}


def word_error_rate(scores: Scores, sentences: Sequence[Sentence]) -> float:
    """Return all word errors over all words, of the sentences that could be scored, or NaN.

    Args:
        scores: Scores of one version.
        sentences: The sentences, in the same order.
    """
    rates = scores.values("word_error_rate")
    counts = np.array([len(written_words(sentence.spoken)) for sentence in sentences])
    scored = np.isfinite(rates)
    if not scored.any():
        return float("nan")
    return float((rates * counts)[scored].sum() / counts[scored].sum())


def reading_table(results: Mapping[str, Scores], sentences: Sequence[Sentence]) -> Table:
    """Return the mean scores of all versions side by side.

    Args:
        results: What `score_reading` returns.
        sentences: The sentences.
    """
    first = next(iter(results.values()))
    rows = []
    for metric in first.metrics:
        label, decimals = NAMES[metric]
        means = [
            word_error_rate(scores, sentences)
            if metric == "word_error_rate"
            else scores.mean(metric)
            for scores in results.values()
        ]
        rows.append([label, *(f"{mean:.{decimals}f}" for mean in means)])
    return Table("Mean scores", ["Metric", *results], rows)


def _score(
    sentence: Sentence,
    waveform: np.ndarray,
    embed: Callable[[np.ndarray], np.ndarray] | None,
) -> FileScore:
    """Score one version of one sentence."""
    expected = written_words(sentence.spoken)

    def word_errors() -> dict[str, float]:
        if sentence.language != "en" or not expected:
            raise InputError("word_error_rate", sentence.language, "a sentence in English")
        return {"word_error_rate": num_word_errors(expected, heard_words(waveform)) / len(expected)}

    def similarity() -> dict[str, float]:
        return {"speaker_similarity": float(np.dot(embed(sentence.recording), embed(waveform)))}

    values, reasons = dict.fromkeys(NAMES, float("nan")), {}
    parts = {
        "word_error_rate": word_errors,
        "mcd_dtw": lambda: warped_scores(sentence.recording, waveform),
        "dnsmos_ovrl": lambda: dnsmos(waveform),
        "speaker_similarity": similarity,
    }
    for name, part in parts.items():
        if name == "speaker_similarity" and embed is None:
            continue
        try:
            values |= part()
        except InputError as error:
            reasons[name] = str(error)
    return FileScore(sentence.name, values, reasons)
