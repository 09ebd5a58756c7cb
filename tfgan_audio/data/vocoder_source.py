"""Mel spectrograms and the speech they were made from, to train and to judge vocoders.

Shape letters: B batch, F frames, M mels, T samples.
"""

from dataclasses import dataclass

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.data.clips import Clips
from tfgan_audio.data.draws import generator_at, shuffled
from tfgan_audio.data.mel_windows import log_mel_of_windows, mel_window
from tfgan_audio.data.slices import Sounds
from tfgan_audio.data.sources import Arrays
from tfgan_audio.errors import InputError

_GAIN_STREAM = 1


class SpeechSegments(Sounds):
    """Segments of recordings, each with its mel spectrogram: what MelGAN learns from.

    Which segments there are and how they are visited, `Sounds` says; recordings shorter than a
    segment are followed by zeros. The frames are those that the whole recording has at that place,
    so that none of them sees an end that is not there.

    Args:
        clips: Mono recordings.
        features: Definition of the mel spectrograms, at the rate of the clips.
        segment_samples: Length of a segment, a multiple of the hop.
        seed: Names the endless sequence of elements.
        gain: Range of the factor that each segment is multiplied by.

    Raises:
        InputError: An argument is out of range, no clips, another rate or several channels.

    Reference:
        Kumar et al. 2019, arXiv:1910.06711. Differs: its code takes one segment of each recording
        an epoch, and pads the ends of segments by reflection.
    """

    def __init__(
        self,
        clips: Clips,
        features: MelFeatures,
        segment_samples: int,
        seed: int = 0,
        gain: tuple[float, float] = (1.0, 1.0),
    ) -> None:
        check_speech(clips, features)
        if segment_samples < 1 or segment_samples % features.hop_samples:
            expected = f"a multiple of hop_samples, {features.hop_samples}"
            raise InputError("segment_samples", segment_samples, expected)
        if not 0.0 < gain[0] <= gain[1]:
            raise InputError("gain", list(gain), "two rising factors above 0")
        super().__init__(clips, segment_samples, seed, pad=True)
        self.features, self.gain = features, gain

    def item(self, index: int) -> Arrays:
        """Return element `index`: its mel frames [F, M] and its waveform [T, 1], float32."""
        return tuple(array[0] for array in self.batch(index, 1))

    def batch(self, step: int, batch_size: int) -> Arrays:
        """Return the elements of training step `step`.

        Args:
            step: Number of the step, from 0.
            batch_size: Elements B per step; 0 gives arrays of the right shapes with no rows.

        Shape:
            [B, F, M], [B, T, 1]

        Returns:
            Mel spectrograms and waveforms, float32.
        """
        num_frames = self.segment_samples // self.features.hop_samples
        numbers = range(step * batch_size, step * batch_size + max(batch_size, 1))
        windows = np.stack([self._window(number, num_frames) for number in numbers])[:batch_size]
        first = self.features.pad_samples
        waveforms = windows[:, first : first + self.segment_samples, None]
        return log_mel_of_windows(windows, num_frames, self.features), waveforms

    def _window(self, index: int, num_frames: int) -> np.ndarray:
        """Samples of an element and those that its frames see beside them, at their level."""
        place = self.place(index)
        window = mel_window(self.clips, *place, num_frames, self.features, self.segment_samples)
        factor = generator_at(self.seed, index, _GAIN_STREAM).uniform(*self.gain)
        return window * np.float32(factor)


@dataclass(frozen=True)
class Utterance:
    """A recording with its mel spectrogram.

    Args:
        name: Name of the recording.
        mel: Log-mel frames, float32.
        waveform: The samples that the frames stand for, float32.

    Shape:
        mel: [F, M]; waveform: [F * hop_samples, 1]
    """

    name: str
    mel: np.ndarray
    waveform: np.ndarray


def utterances(
    clips: Clips, features: MelFeatures, num_utterances: int, max_seconds: float
) -> list[Utterance]:
    """Return recordings to judge a vocoder by, drawn from all of them, the same ones every time.

    Args:
        clips: Mono recordings.
        features: Definition of the mel spectrograms, at the rate of the clips.
        num_utterances: How many; fewer if there are fewer.
        max_seconds: Where longer recordings are cut.

    Raises:
        InputError: No clips, another rate or several channels.
    """
    from tfgan_audio.audio.spectral import fit_to_frames, log_mel

    check_speech(clips, features)
    most_samples = int(max_seconds * clips.sample_rate_hz)
    found = []
    for index in range(min(num_utterances, clips.num_clips)):
        clip = shuffled(0, index, clips.num_clips)
        num_samples = min(clips.entries[clip].num_samples, most_samples)
        waveform = clips.read_padded(clip, 0, max(num_samples, features.fft_samples))
        mel = log_mel(waveform[None], features)[0].numpy()
        found.append(Utterance(clips.names[clip], mel, fit_to_frames(waveform, features)))
    return found


def check_speech(clips: Clips, features: MelFeatures) -> None:
    """Refuse clips of which these features cannot be made.

    Args:
        clips: The clips.
        features: The definition.

    Raises:
        InputError: No clips, another rate or several channels.
    """
    if not clips.num_clips:
        raise InputError("speech", "no clips", "at least one")
    if clips.num_channels != 1:
        raise InputError("speech", f"{clips.num_channels} channels", "mono clips")
    if clips.sample_rate_hz != features.sample_rate_hz:
        expected = f"{features.sample_rate_hz} Hz like the mel features"
        raise InputError("speech", f"{clips.sample_rate_hz} Hz", expected)
