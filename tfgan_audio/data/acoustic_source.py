"""Sentences with the mel spectrograms of their recordings, to train and to judge acoustic models.

Shape letters: B batch, N symbols, F frames, M mels.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.data.clips import Clips
from tfgan_audio.data.draws import generator_at, shuffled
from tfgan_audio.data.mel_windows import log_mel_of_windows, mel_window
from tfgan_audio.data.reading_recordings import read_readings
from tfgan_audio.data.sources import Source
from tfgan_audio.errors import InputError

_ORDER_STREAM = 31
_JITTER = 0.1  # how much lengths count as others, so that neighbours change from epoch to epoch


class ReadSentences(Source):
    """Batches of sentences of about the same length: what the acoustic model learns from.

    Every epoch visits all sentences once, but for fewer than a batch, in an order of its own.

    Args:
        clips: Mono recordings.
        folder: Folder of the set, with `readings.json` and `pitch.npy`.
        features: Definition of the mel spectrograms, at the rate of the clips.
        max_seconds: Longer recordings are left out.
        seed: Names the endless sequence of batches.

    Raises:
        InputError: No sentence that can be learned, or another rate than that of the features.
    """

    has_varying_lengths = True

    def __init__(
        self,
        clips: Clips,
        folder: Path,
        features: MelFeatures,
        max_seconds: float = 12.0,
        seed: int = 0,
    ) -> None:
        super().__init__(features.hop_samples, seed)
        if clips.sample_rate_hz != features.sample_rate_hz:
            expected = f"{features.sample_rate_hz} Hz like the mel features"
            raise InputError("speech", f"{clips.sample_rate_hz} Hz", expected)
        self.table, readings = read_readings(folder)
        all_readings = list(readings.values())
        self.speakers = sorted({reading.speaker for reading in all_readings})
        self.styles = _neutral_first({reading.style for reading in all_readings})
        codes = {code for reading in all_readings for code in reading.languages}
        self.languages = sorted(codes)
        self.features, found = features, [readings[name] for name in clips.names]
        most_frames = int(max_seconds * features.sample_rate_hz / features.hop_samples)
        fitting = [
            index for index, reading in enumerate(found)
            if len(reading.symbols) <= len(reading.pitch) <= most_frames
        ]  # fmt: skip
        if not fitting:
            expected = f"recordings up to {max_seconds:g} s with a frame for every symbol"
            raise InputError(
                "speech", f"{clips.num_clips} recordings, none of which fits", expected
            )
        self.clips, self.readings = clips.select(fitting), [found[index] for index in fitting]

    def told(self) -> dict[str, Sequence[str]]:
        """Return the keywords of the acoustic model that the data decide."""
        return {
            "symbols": self.table.get_config(),
            "speakers": self.speakers,
            "languages": self.languages,
            "styles": self.styles,
        }

    def batch(self, step: int, batch_size: int) -> dict[str, np.ndarray]:
        """Return the sentences of training step `step`.

        Args:
            step: Number of the step, from 0.
            batch_size: Sentences B per step; 0 gives arrays of the right types with no rows.

        Returns:
            What `AcousticModel` learns from, padded with zeros.
        """
        if not batch_size:
            return {name: value[:0] for name, value in self.gather([0]).items()}
        return self.gather(self.order(step, batch_size))

    def order(self, step: int, batch_size: int) -> Sequence[int]:
        """Return the positions of the sentences of a step."""
        if batch_size > len(self.readings):
            expected = f"at most the {len(self.readings)} sentences there are"
            raise InputError("batch_size", batch_size, expected)
        epoch, place = divmod(step, len(self.readings) // batch_size)
        return self._epoch(epoch, batch_size)[place]

    def gather(self, indices: Sequence[int]) -> dict[str, np.ndarray]:
        """Return the sentences at some positions, padded with zeros to the longest.

        Args:
            indices: Positions in `readings`.

        Returns:
            symbols, languages [B, N]; speaker, style, num_frames [B]; mel [B, F, M]; pitch [B, F].
        """
        readings, features = [self.readings[index] for index in indices], self.features
        num_frames = np.array([len(reading.pitch) for reading in readings], np.int32)
        windows = [
            mel_window(self.clips, index, 0, int(frames), features)
            for index, frames in zip(indices, num_frames, strict=True)
        ]
        longest = int(num_frames.max())
        mel = log_mel_of_windows(_padded(windows, np.float32), longest, features)
        is_inside = np.arange(longest) < num_frames[:, None]
        spoken = [
            [1 + self.languages.index(code) for code in reading.languages] for reading in readings
        ]
        return {
            "symbols": _padded([reading.symbols for reading in readings], np.int32),
            "languages": _padded(spoken, np.int32),
            "speaker": _places([reading.speaker for reading in readings], self.speakers),
            "style": _places([reading.style for reading in readings], self.styles),
            "mel": mel * is_inside[:, :, None],
            "pitch": _padded([reading.pitch for reading in readings], np.float32),
            "num_frames": num_frames,
        }

    def waveform(self, index: int) -> np.ndarray:
        """Return the recording of a sentence, `hop_samples` for each frame of its mel.

        Args:
            index: Position in `readings`.

        Shape:
            [F * hop_samples, 1], zero behind the end
        """
        num_samples = len(self.readings[index].pitch) * self.features.hop_samples
        return self.clips.read_padded(index, 0, num_samples)

    def drawn(self, num_sentences: int) -> list[int]:
        """Return positions of sentences, drawn from all of them, the same ones every time."""
        count = len(self.readings)
        return [shuffled(0, index, count) for index in range(min(num_sentences, count))]

    @lru_cache(maxsize=2)  # noqa: B019 - a source lives as long as its process
    def _epoch(self, epoch: int, batch_size: int) -> np.ndarray:
        """Return the positions of an epoch's sentences, batch by batch."""
        rng, count = generator_at(self.seed, epoch, _ORDER_STREAM), len(self.readings)
        kept = rng.permutation(count)[: count // batch_size * batch_size]
        lengths = np.array([len(self.readings[index].pitch) for index in kept], np.float64)
        lengths *= rng.uniform(1 - _JITTER, 1 + _JITTER, len(kept))
        batches = kept[np.argsort(lengths, kind="stable")].reshape(-1, batch_size)
        return batches[rng.permutation(len(batches))]


def _neutral_first(styles: set[str]) -> list[str]:
    """Return the styles in order; the neutral one, which is the default, first."""
    return sorted(styles, key=lambda style: (style.lower() != "neutral", style))


def _places(names: Sequence[str], known: Sequence[str]) -> np.ndarray:
    """Return where names stand."""
    return np.array([known.index(name) for name in names], np.int32)


def _padded(rows: Sequence, dtype: type) -> np.ndarray:
    """Stack rows of different lengths, zeros behind them."""
    padded = np.zeros([len(rows), max(map(len, rows))], dtype)
    for line, row in zip(padded, rows, strict=True):
        line[: len(row)] = row
    return padded
