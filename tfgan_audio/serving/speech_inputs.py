"""Arrays of the signature `synthesize`, by which acoustic models read.

Letters: B batch, N symbols, S speakers, E styles.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few
from tfgan_audio.serving.mel_descriptions import AcousticDescription
from tfgan_audio.text.passages import Passage
from tfgan_audio.text.symbols import SymbolTable

Inputs = dict[str, np.ndarray]


def synthesis_inputs(
    ids: Sequence[int],
    languages: Sequence[int],
    speaker: np.ndarray,
    style: np.ndarray,
    curves: Sequence[np.ndarray],
) -> Inputs:
    """Return the arrays for one sentence.

    Args:
        ids: Ids of its symbols, none of them 0.
        languages: 1 + index of the language of each, 0 for unknown.
        speaker: The part of each speaker, [S].
        style: The part of each style, [E].
        curves: Pace, pitch and energy of each symbol, as `Controls.curves` has them.

    Returns:
        Arrays with one row, by name.
    """
    pace, pitch_shift, energy_shift = curves
    return {
        "symbols": np.array([ids], np.int32),
        "languages": np.array([languages], np.int32),
        "speaker": np.array(speaker, np.float32)[None],
        "style": np.array(style, np.float32)[None],
        "pace": np.array(pace, np.float32)[None],
        "pitch_shift": np.array(pitch_shift, np.float32)[None],
        "energy_shift": np.array(energy_shift, np.float32)[None],
    }


def symbol_ids(passage: Passage, symbols: Sequence[str], languages: Sequence[str]) -> list[int]:
    """Return the ids of what is spoken in one go.

    Args:
        passage: The words.
        symbols: All symbols in the order of their ids.
        languages: Those of the model, for the message.

    Raises:
        InputError: Sounds that the model has no symbols for, with the words that have them.
    """
    known = set(symbols[1:])
    foreign, unknown = [], set()
    for token in passage.tokens:
        if missing := {*token.phonemes, token.mark} - known:
            foreign.append(f"'{token.word}' ({token.language})")
            unknown |= missing
    if foreign:
        seen = f"{first_few(foreign)} with the sounds {first_few(sorted(unknown), 8)}"
        expected = f"words of {', '.join(languages)}, whose sounds the model has learned"
        raise InputError("text", seen, expected)
    return SymbolTable.from_config(symbols).encode(passage.utterance.symbols)


def padded_inputs(sentences: Sequence[Inputs]) -> Inputs:
    """Return sentences as one batch, the shorter ones padded.

    Args:
        sentences: What `synthesis_inputs` gave for each.
    """
    longest = max(sentence["symbols"].shape[1] for sentence in sentences)

    def padded(name: str, array: np.ndarray) -> np.ndarray:
        if name in ("speaker", "style"):
            return array
        missing = ((0, 0), (0, longest - array.shape[1]))
        return np.pad(array, missing, constant_values=1 if name == "pace" else 0)

    return {
        name: np.concatenate([padded(name, sentence[name]) for sentence in sentences])
        for name in sentences[0]
    }


def probe_inputs(description: AcousticDescription, num_symbols: int) -> Inputs:
    """Return a sentence of drawn symbols and languages that exercises a model in every respect.

    Args:
        description: Description of the model.
        num_symbols: N.
    """
    draws = np.random.default_rng(num_symbols)
    names = description.speakers, description.styles
    curves = draws.uniform([[0.8], [-0.3], [-0.3]], [[1.25], [0.3], [0.3]], [3, num_symbols])
    return synthesis_inputs(
        draws.integers(1, len(description.symbols), num_symbols),
        draws.integers(0, len(description.languages) + 1, num_symbols),
        *(np.arange(1, len(each) + 1) / sum(range(len(each) + 1)) for each in names),
        curves,
    )
