"""Speak texts with whatever runs the acoustic model and the vocoder.

Letters: N symbols, F frames, M mels, T samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike

import numpy as np

from tfgan_audio.audio.feature_pairs import check_pair
from tfgan_audio.controls import Controls, condition_weights, energy_per_db
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import unknown_name
from tfgan_audio.serving.mel_descriptions import AcousticDescription
from tfgan_audio.serving.speech_inputs import symbol_ids, synthesis_inputs
from tfgan_audio.serving.vocoder import Vocoder
from tfgan_audio.text.passages import Passage, passages
from tfgan_audio.text.utterance import BREAKS

Run = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]
Mixture = str | Mapping[str, float]

_CHUNK_FRAMES = 128
# Silence between two sentences, by the strength of the break at the end of the first one.
_PAUSES_SECONDS = {1: 0.0, 2: 0.1, 3: 0.15, 4: 0.25}


@dataclass(frozen=True, kw_only=True)
class Manner:
    """Who speaks, and how.

    Args:
        speaker: Name, or names with the part that each has; None is the first of the model.
        language: Code of what the text does not say itself; None is the first of the model.
        style: Emotion or style, named or mixed like speakers.
        pace: Speed relative to the natural one.
        pitch_semitones: What is added to the pitch.
        energy_db: What is added to the level, in decibels.
        ssml: Whether the text is SSML; None finds out by its first element.
    """

    speaker: Mixture | None = None
    language: str | None = None
    style: Mixture | None = None
    pace: float = 1.0
    pitch_semitones: float = 0.0
    energy_db: float = 0.0
    ssml: bool | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence as the acoustic model reads it.

    Args:
        spoken: The sentence with everything written out.
        inputs: Arrays of the model's signature by name, one sentence in each; none where there is
            only a pause.
        pause_seconds: Silence behind it, before another sentence.
        is_pause_wanted: Whether SSML asks for that silence, which then comes at the end too.
    """

    spoken: str
    inputs: dict[str, np.ndarray]
    pause_seconds: float
    is_pause_wanted: bool


class Speaker:
    """An acoustic model, ready to speak.

    Args:
        run: Runs the signature `synthesize`, from named arrays to named arrays.
        description: What the model says of itself.
        open_vocoder: Opens a vocoder by its path, and the one that belongs to the model for None.

    Attributes:
        description: As given.
        features: What the mels are.
        speakers: Names of the speakers.
        languages: Codes of the languages.
        styles: Names of the styles.
        sample_rate_hz: Rate of the speech.
    """

    family = "acoustic"

    def __init__(
        self,
        run: Run,
        description: AcousticDescription,
        open_vocoder: Callable[[str | PathLike | None], Vocoder] | None = None,
    ) -> None:
        self._run, self.description = run, description
        self.features = description.features
        self.speakers, self.languages = description.speakers, description.languages
        self.styles = description.styles
        self.sample_rate_hz = description.features.sample_rate_hz
        self.open_vocoder = open_vocoder

    def speak(
        self, text: str, vocoder: Vocoder | str | PathLike | None = None, **manner
    ) -> np.ndarray:
        """Speak a text.

        Args:
            text: Text of any length, or SSML.
            vocoder: A vocoder of the same mels, or its path; None is the one that belongs to the
                model: it lies in its folder, or its run names it.
            **manner: Keywords of `Manner`: speaker, language, style, pace, pitch_semitones,
                energy_db, ssml.

        Returns:
            float32 [T] at `sample_rate_hz`.

        Raises:
            InputError: Nothing to speak, what the model has no symbols for, unknown names, numbers
                out of range, or no vocoder of the same mels.
        """
        return np.concatenate(list(self.speak_chunks(text, vocoder, **manner)))

    def speak_chunks(
        self, text: str, vocoder: Vocoder | str | PathLike | None = None, **manner
    ) -> Iterator[np.ndarray]:
        """Speak a text, whose sound comes as it is made; memory does not grow with the text.

        Args:
            text: As for `speak`.
            vocoder: As for `speak`.
            **manner: As for `speak`.

        Yields:
            float32 [T], which joined are what `speak` returns.

        Raises:
            InputError: As `speak`, when the place in the text is reached.
        """
        return self.speak_sentences(self.sentences(text, Manner(**manner)), vocoder)

    def sentences(self, text: str, manner: Manner | None = None) -> Iterator[Sentence]:
        """Analyse a text, sentence by sentence.

        Args:
            text: As for `speak`.
            manner: Who speaks, and how.

        Raises:
            InputError: As `speak`, when the place in the text is reached.
        """
        manner = manner or Manner()
        language = self.languages[0] if manner.language is None else manner.language
        if language not in self.languages:
            raise unknown_name(language, "language", self.languages)
        condition_weights("speaker", manner.speaker, self.speakers)
        condition_weights("style", manner.style, self.styles)
        names = ("pace", "pitch_semitones", "energy_db")
        Controls(**{name: getattr(manner, name) for name in names}).curves(1, 0.0)
        for passage in passages(text, language, manner.ssml):
            yield self._sentence(passage, manner)

    def read(self, inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Make the mel of one sentence.

        Args:
            inputs: Those of a `Sentence`.

        Returns:
            The mel [F, M] as `features` define it, and the frames of each symbol [N].
        """
        outputs = self._run(inputs)
        return np.asarray(outputs["mel"])[0], np.asarray(outputs["durations"])[0]

    def speak_sentences(
        self,
        sentences: Iterable[Sentence],
        vocoder: Vocoder | str | PathLike | None = None,
    ) -> Iterator[np.ndarray]:
        """Speak what has been analysed.

        Args:
            sentences: Sentences, or what yields them.
            vocoder: As for `speak`.

        Yields:
            float32 [T] as soon as they are made.

        Raises:
            InputError: No vocoder of the same mels.
        """
        vocoder = self.vocoder(vocoder)
        return self._spoken(sentences, vocoder)

    def vocoder(self, vocoder: Vocoder | str | PathLike | None = None) -> Vocoder:
        """Return the vocoder to speak with, checked.

        Args:
            vocoder: As for `speak`.

        Raises:
            InputError: There is none, or it takes other mels.
        """
        if vocoder is None or isinstance(vocoder, str | PathLike):
            if self.open_vocoder is None:
                raise InputError("vocoder", vocoder, "a vocoder that is open")
            name = "vocoder" if vocoder is None else vocoder
            vocoder = self.open_vocoder(vocoder)
        else:
            name = "vocoder"
        if not hasattr(vocoder, "vocode"):
            raise InputError("vocoder", f"a {type(vocoder).__name__}", "a vocoder")
        check_pair(name, vocoder.features, self.features, "those of the acoustic model")
        return vocoder

    def _spoken(self, sentences: Iterable[Sentence], vocoder: Vocoder) -> Iterator[np.ndarray]:
        """Yield the sound of sentences, and silence between them."""
        silence = 0
        for sentence in sentences:
            if sentence.inputs:
                if silence:
                    yield np.zeros(silence, np.float32)
                mel, _ = self.read(sentence.inputs)
                parts = (mel[n : n + _CHUNK_FRAMES] for n in range(0, len(mel), _CHUNK_FRAMES))
                yield from filter(len, vocoder.vocode_chunks(parts))
                silence = 0
            silence += round(sentence.pause_seconds * self.sample_rate_hz)
            if sentence.is_pause_wanted and silence:
                yield np.zeros(silence, np.float32)
                silence = 0

    def _sentence(self, passage: Passage, manner: Manner) -> Sentence:
        """Return a passage in the numbers of the model."""
        if not passage.tokens:
            return Sentence("", {}, passage.pause_seconds or 0.0, True)
        utterance = passage.utterance
        numbers = {name: place for place, name in enumerate(self.languages, start=1)}
        ids = symbol_ids(passage, self.description.symbols, self.languages)
        controls = Controls(
            pace=np.float32(manner.pace) * np.array(passage.of_symbols(passage.rates)),
            pitch_semitones=manner.pitch_semitones
            + np.array(passage.of_symbols(passage.shifts_semitones)),
            energy_db=manner.energy_db,
        )
        inputs = synthesis_inputs(
            ids,
            [numbers.get(language, 0) for language in utterance.languages],
            condition_weights("speaker", passage.voice or manner.speaker, self.speakers),
            condition_weights("style", manner.style, self.styles),
            controls.curves(len(ids), energy_per_db(self.features)),
        )
        natural = _PAUSES_SECONDS[BREAKS[passage.tokens[-1].mark]] / manner.pace
        wanted = passage.pause_seconds
        pause = natural if wanted is None else wanted
        return Sentence(utterance.spoken, inputs, pause, wanted is not None)
