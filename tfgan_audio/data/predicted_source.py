"""Mel spectrograms that an acoustic model makes, and the recordings they imitate, for vocoders.

A set of them has the recordings as shards, `hop_samples` for each frame, and beside them `mels.npy`
with the frames of all recordings, one after the other. Shape letters: B batch, F frames, M mels, T
samples.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.data.clips import Clips
from tfgan_audio.data.draws import shuffled
from tfgan_audio.data.mel_windows import log_mel_of_windows
from tfgan_audio.data.sources import Arrays
from tfgan_audio.data.vocoder_source import SpeechSegments, Utterance, check_speech
from tfgan_audio.errors import InputError

MELS_NAME = "mels.npy"


def write_mels(
    folder: Path, clips: Clips, features: MelFeatures, mel_of: Callable[[str], np.ndarray]
) -> None:
    """Write what `read_mels` reads.

    Args:
        folder: Folder of a set in the making.
        clips: All its recordings.
        features: Definition of the mel spectrograms.
        mel_of: From the name of a recording to its mel [F, M].
    """
    places = _places(clips, features)
    shape = [max(place.stop for place in places.values()), features.num_mels]
    mels = np.lib.format.open_memmap(folder / MELS_NAME, "w+", np.float32, tuple(shape))
    for name, place in places.items():
        mels[place] = mel_of(name)
    mels.flush()


def read_mels(folder: Path, clips: Clips, features: MelFeatures) -> dict[str, np.ndarray]:
    """Open the mels of a set.

    Args:
        folder: Folder of the set.
        clips: All its recordings.
        features: Definition of the mel spectrograms.

    Returns:
        Name of a recording -> its mel [F, M], float32.

    Raises:
        InputError: They are not there, or do not fit the recordings.
    """
    places, path = _places(clips, features), folder / MELS_NAME
    shape = (max(place.stop for place in places.values()), features.num_mels)
    try:
        mels = np.load(path, mmap_mode="r")
    except (OSError, ValueError) as error:
        raise InputError(path, "no array of mels", "one of `prepare`") from error
    if mels.shape != shape:
        raise InputError(path, f"shape {list(mels.shape)}", f"{list(shape)}")
    return {name: mels[place] for name, place in places.items()}


class PredictedSegments(SpeechSegments):
    """Segments of recordings, each with what an acoustic model has made of its mel spectrogram.

    Like `SpeechSegments`, but segments begin with frames.

    Args:
        clips: Mono recordings of a set.
        mels: What `read_mels` returns.
        features: Definition of the mel spectrograms.
        segment_samples: Length of a segment, a multiple of the hop.
        seed: Names the endless sequence of elements.

    Raises:
        InputError: As `SpeechSegments`.

    Reference:
        Shen et al. 2018, arXiv:1712.05884, section 2.3, where a vocoder learns from predictions
        that are aligned with the recordings.
    """

    def __init__(
        self,
        clips: Clips,
        mels: Mapping[str, np.ndarray],
        features: MelFeatures,
        segment_samples: int,
        seed: int = 0,
    ) -> None:
        super().__init__(clips, features, segment_samples, seed)
        self._mels = mels
        silence = np.zeros([1, features.fft_samples + features.hop_samples], np.float32)
        self._quiet = log_mel_of_windows(silence, 1, features)[0]

    def place(self, index: int) -> tuple[int, int]:
        """Return the clip of element `index`, and the sample at which it begins: with a frame."""
        (clip, start), hop_samples = super().place(index), self.features.hop_samples
        return clip, (start + hop_samples // 2) // hop_samples * hop_samples

    def batch(self, step: int, batch_size: int) -> Arrays:
        """Return the elements of training step `step`.

        Args:
            step: Number of the step, from 0.
            batch_size: Elements B per step; 0 gives arrays of the right shapes with no rows.

        Shape:
            [B, F, M], [B, T, 1]

        Returns:
            Mel spectrograms and waveforms, float32; behind a short recording both are quiet.
        """
        numbers = range(step * batch_size, step * batch_size + max(batch_size, 1))
        pairs = [self._pair(*self.place(number)) for number in numbers]
        mels, waveforms = (np.stack(arrays)[:batch_size] for arrays in zip(*pairs, strict=True))
        return mels, waveforms

    def _pair(self, clip: int, start: int) -> Arrays:
        """Return the mel and the waveform of a segment."""
        hop_samples = self.features.hop_samples
        first, num_frames = start // hop_samples, self.segment_samples // hop_samples
        mel = self._mels[self.clips.names[clip]][first : first + num_frames]
        mel = np.concatenate([mel, np.repeat(self._quiet, num_frames - len(mel), axis=0)])
        return mel, self.clips.read_padded(clip, start, self.segment_samples)


def predicted_utterances(
    clips: Clips,
    mels: Mapping[str, np.ndarray],
    features: MelFeatures,
    num_utterances: int,
    max_seconds: float,
) -> list[Utterance]:
    """Return recordings with their predicted mels, drawn from all, the same ones every time.

    Args:
        clips: Mono recordings of a set.
        mels: What `read_mels` returns.
        features: Definition of the mel spectrograms.
        num_utterances: How many; fewer if there are fewer.
        max_seconds: Where longer recordings are cut.

    Raises:
        InputError: No clips, another rate or several channels.
    """
    check_speech(clips, features)
    most_frames = max(1, int(max_seconds * clips.sample_rate_hz) // features.hop_samples)
    found = []
    for index in range(min(num_utterances, clips.num_clips)):
        clip = shuffled(0, index, clips.num_clips)
        name = clips.names[clip]
        mel = np.array(mels[name][:most_frames])
        waveform = clips.read(clip, 0, len(mel) * features.hop_samples)
        found.append(Utterance(name, mel, waveform))
    return found


def _places(clips: Clips, features: MelFeatures) -> dict[str, slice]:
    """Return where the frames of each recording lie among those of all."""
    lengths = [entry.num_samples // features.hop_samples for entry in clips.entries]
    ends = np.cumsum(lengths).tolist()
    return {
        name: slice(end - length, end)
        for name, length, end in zip(clips.names, lengths, ends, strict=True)
    }
