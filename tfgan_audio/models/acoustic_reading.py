"""A trained acoustic model in use: reads sentences, aligns and imitates recordings."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.controls import Controls, condition_weights, energy_per_db
from tfgan_audio.errors import InputError
from tfgan_audio.models.adversarial import Tensors


class Reading:
    """What a text-to-mel model is used for, beside its training."""

    features: MelFeatures
    symbols: tuple[str, ...]
    speakers: tuple[str, ...]
    languages: tuple[str, ...]
    styles: tuple[str, ...]

    def align(self, batch: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return how many frames each symbol of recordings has.

        Args:
            batch: As for training.

        Shape:
            int32 [B, N], 0 for padding.

        Raises:
            InputError: A batch that lacks something.
        """
        return self._imitated(batch)["durations"].numpy()

    def imitate(self, batch: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return recordings as the model would have them, at their own time and pitch.

        A vocoder that goes on training with these, and with the recordings, learns what this model
        does to mels.

        Args:
            batch: As for training.

        Shape:
            float32 [B, F, M], zero behind the end.

        Raises:
            InputError: A batch that lacks something.
        """
        return self._imitated(batch)["mel"].numpy()

    def predict_mel(
        self,
        symbols: Sequence[int],
        languages: Sequence[int] | None = None,
        speaker: str | Mapping[str, float] | None = None,
        style: str | Mapping[str, float] | None = None,
        controls: Controls | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Read one sentence.

        Args:
            symbols: Ids, none of them 0.
            languages: 1 + index in `languages` for each symbol; None is the first for all.
            speaker: A name, or names with the part that each has; None is the first.
            style: The same of styles.
            controls: Pace, pitch and energy; None is as the model would have it.

        Returns:
            The mel [F, M] as `features` define it, and the frames of each symbol [N].

        Raises:
            InputError: No symbols, unknown names, or numbers out of range.
        """
        ids = _checked_ids("symbols", symbols, 1, len(self.symbols) - 1)
        spoken = [1] * len(ids) if languages is None else languages
        spoken = _checked_ids("languages", spoken, 0, len(self.languages))
        if len(spoken) != len(ids):
            raise InputError("languages", f"{len(spoken)} ids", f"one for each of {len(ids)}")
        curves = (controls or Controls()).curves(len(ids), energy_per_db(self.features))
        weights = [
            condition_weights("speaker", speaker, self.speakers),
            condition_weights("style", style, self.styles),
        ]
        outputs = self._read([value[None] for value in (ids, spoken, *weights, *curves)])
        return outputs["mel"][0].numpy(), outputs["durations"][0].numpy()

    def _imitated(self, batch: Mapping[str, np.ndarray]) -> Tensors:
        """Return all that the generator finds in a batch, without a step of training."""
        named = self.unpack({name: tf.convert_to_tensor(value) for name, value in batch.items()})
        return self._imitate({name: named[name] for name in self.generator.input})

    @functools.cached_property
    def _imitate(self):
        """One graph for every length."""
        inputs = self.generator.input.items()
        specs = {name: tf.TensorSpec([None, *i.shape[1:]], i.dtype) for name, i in inputs}
        return tf.function(lambda i: self.generator(i, training=False), input_signature=[specs])

    @functools.cached_property
    def _read(self):
        """One graph for every length."""
        specs = [tf.TensorSpec([None, *i.shape[1:]], i.dtype) for i in self.reader.inputs]
        return tf.function(lambda i: self.reader(i, training=False), input_signature=[specs])


def _checked_ids(name: str, ids: Sequence[int], least: int, most: int) -> np.ndarray:
    """Return ids as an array, refusing none and those that are not known."""
    array = np.asarray(ids)
    fits = array.ndim == 1 and array.size and np.issubdtype(array.dtype, np.integer)
    if not fits or array.min() < least or array.max() > most:
        raise InputError(name, repr(ids), f"a row of whole numbers from {least} to {most}")
    return array.astype(np.int32)
