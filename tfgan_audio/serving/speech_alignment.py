"""Where in a recording each word and each sound is, found by an acoustic model.

Letters: N symbols, F frames, T samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.io import resample
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.audio.speech_edges import DEPTH_DB, speech_edges
from tfgan_audio.controls import condition_weights
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import unknown_name
from tfgan_audio.serving.speech_inputs import symbol_ids
from tfgan_audio.serving.text_grid import Interval
from tfgan_audio.text.passages import Passage, passages


@dataclass(frozen=True)
class SpeechAlignment:
    """A recording with the times of what is said in it.

    Args:
        words: Words as they are spoken.
        phones: Sounds.
        end_seconds: Length of the recording.
    """

    words: tuple[Interval, ...]
    phones: tuple[Interval, ...]
    end_seconds: float


class SpeechAligner:
    """Finds words and sounds in recordings of a known text.

    Args:
        model: AcousticModel whose durations are learned.
        speaker: Whose voice is nearest, by name; None is the first.
        language: Language of the texts; None is the first of the model.

    Raises:
        InputError: Unknown names, or a model that learned with given durations.
    """

    def __init__(
        self, model: keras.Model, speaker: str | None = None, language: str | None = None
    ) -> None:
        if not model.sizes.learned_durations:
            raise InputError("model", "one without an aligner", "learned_durations: true")
        if language is not None and language not in model.languages:
            raise unknown_name(language, "language", model.languages)
        weights = condition_weights("speaker", speaker, model.speakers)
        self._model, self._speaker = model, int(np.argmax(weights))
        self._language = language or model.languages[0]

    def align(self, waveform: np.ndarray, sample_rate_hz: int, text: str) -> SpeechAlignment:
        """Find the words and sounds of a recording; silence before and behind is left out.

        Args:
            waveform: The recording, one channel.
            sample_rate_hz: Its rate.
            text: All that is said in it.

        Shape:
            waveform: [T].

        Returns:
            Where each word and each sound is; pauses lie between them.

        Raises:
            InputError: A text that the model cannot read, or a recording too short for it.
        """
        model, features = self._model, self._model.features
        found = list(passages(text, self._language, ssml=False))
        symbols = [symbol for passage in found for symbol in passage.utterance.symbols]
        ids = [number for passage in found for number in self._ids(passage)]
        samples = resample(waveform, sample_rate_hz, features.sample_rate_hz)
        # Silence at the ends has no symbol, and training has seen none.
        edges = speech_edges(samples, features.sample_rate_hz, DEPTH_DB) if samples.any() else None
        start, stop = edges or (0, len(samples))
        samples = samples[start:stop]
        start_seconds, stop_seconds = (edge / features.sample_rate_hz for edge in (start, stop))
        samples = np.pad(samples, (0, max(0, features.fft_samples - len(samples))))
        mel = log_mel(samples[None], features).numpy()
        num_frames = mel.shape[1]
        if num_frames < len(ids):
            seconds = len(ids) * features.hop_samples / features.sample_rate_hz
            seen = f"{stop_seconds - start_seconds:.2f} s of sound"
            raise InputError("recording", seen, f"{seconds:.2f} s at least for {len(ids)} symbols")
        numbers = {name: place for place, name in enumerate(model.languages, start=1)}
        languages = [numbers.get(name, 0) for p in found for name in p.utterance.languages]
        durations = model.align(
            {
                "symbols": np.array([ids], np.int32),
                "languages": np.array([languages], np.int32),
                "speaker": np.array([self._speaker], np.int32),
                "style": np.zeros(1, np.int32),
                "mel": mel,
                "pitch": np.zeros([1, num_frames], np.float32),  # alignments do not depend on it
                "num_frames": np.array([num_frames], np.int32),
            }
        )[0]
        times = start_seconds + boundary_seconds(durations, features, stop_seconds - start_seconds)
        words = [(t.word, len(t.phonemes)) for passage in found for t in passage.tokens]
        return _labelled(words, symbols, times, len(waveform) / sample_rate_hz)

    def _ids(self, passage: Passage) -> list[int]:
        """Return the ids of a passage."""
        return symbol_ids(passage, self._model.symbols, self._model.languages)


def boundary_seconds(
    durations: np.ndarray, features: MelFeatures, end_seconds: float
) -> np.ndarray:
    """Return when each symbol starts, and when the last one ends.

    A frame stands for the hop around its centre; the first one begins with the recording, and the
    last one ends with it.

    Args:
        durations: Frames of each symbol, [N].
        features: What a frame is.
        end_seconds: Length of the recording.

    Shape:
        [N + 1], not falling.
    """
    first_centre = features.fft_samples / 2 - features.pad_samples
    edges = np.concatenate([[0], np.cumsum(durations)]) * features.hop_samples
    times = (edges + first_centre - features.hop_samples / 2) / features.sample_rate_hz
    times[0], times[-1] = 0.0, end_seconds
    return np.clip(times, 0.0, end_seconds)


def _labelled(
    words: Sequence[tuple[str, int]], symbols: Sequence[str], times: np.ndarray, end_seconds: float
) -> SpeechAlignment:
    """Return words and sounds with their times; the mark behind each word is a pause."""
    labelled_words, phones, place = [], [], 0
    for word, num_sounds in words:
        behind = place + num_sounds
        labelled_words.append(Interval(float(times[place]), float(times[behind]), word))
        phones += [
            Interval(float(times[index]), float(times[index + 1]), symbols[index])
            for index in range(place, behind)
        ]
        place = behind + 1
    return SpeechAlignment(tuple(labelled_words), tuple(phones), end_seconds)
