"""Turn mel spectrograms into waveforms with whatever runs the generator."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.frame_stream import FrameStream, checked_frames
from tfgan_audio.errors import InputError
from tfgan_audio.serving.mel_checks import doubt, quiet_frame

_BLOCK_FRAMES = 128


class Vocoder:
    """A vocoder, ready to use.

    Args:
        render: From mels [1, F, M] to samples [1, F * hop, 1], for any F from 1 on.
        features: What a mel is, its normalisation included.
        frames_before: Frames before its own that a sample may depend on.
        frames_after: Frames after its own that a sample may depend on.

    Example:
        >>> features = MelFeatures(num_mels=1, hop_samples=2)
        >>> vocoder = Vocoder(lambda mel: mel.repeat(2, axis=1), features, 0, 0)
        >>> vocoder.vocode(np.array([[-0.5], [-2.5]]))
        array([-0.5, -0.5, -2.5, -2.5], dtype=float32)
    """

    family = "melgan"

    def __init__(
        self,
        render: Callable[[np.ndarray], np.ndarray],
        features: MelFeatures,
        frames_before: int,
        frames_after: int,
    ) -> None:
        self._render = render
        self.features = features
        self.sample_rate_hz = features.sample_rate_hz
        self.hop_samples = features.hop_samples
        self._frames_before, self._frames_after = frames_before, frames_after

    def stream(self, block_frames: int = 1) -> FrameStream:
        """Return a stream: `process(mel_chunk)`, then `flush()`.

        However the mel is cut into chunks, the samples are those of `vocode`. They come
        `latency_samples` late: as many frames as a sample depends on after its own must be there.

        Args:
            block_frames: Fewest frames to render at once. Each run renders those around it too, so
                that single frames cost many times the work; a larger block saves work and adds to
                the latency. Whoever processes larger chunks gains the same.

        Raises:
            InputError: A block of less than a frame.
        """
        return FrameStream(
            lambda frames: np.asarray(self._render(frames[None]))[0, :, 0],
            self.features.num_mels,
            self.hop_samples,
            self._frames_before,
            self._frames_after,
            block_frames,
        )

    def vocode(self, mel: np.ndarray, quiet_ends: bool = False) -> np.ndarray:
        """Make the waveform of a mel spectrogram of any length.

        Args:
            mel: Log-mel, as `features` define it: normalised, where they normalise. A
                `UserWarning` tells of values that are hardly such.
            quiet_ends: Let the network see quiet frames before and after the mel, whose samples
                are dropped: a mel that is cut off in a sound then ends without a click, and its
                ends fade. Else it sees ends, as in training.

        Shape:
            [F, M] -> [F * hop], or [B, F, M] -> [B, F * hop, 1].

        Returns:
            float32.

        Raises:
            InputError: Another shape, no frame, NaN or infinity, or integers.
        """
        mel = np.asarray(mel)
        if mel.ndim == 3 and len(mel):
            return np.stack([self.vocode(each, quiet_ends)[:, None] for each in mel])
        mel = self.checked(mel)
        if reason := doubt(mel, self.features):
            warnings.warn(f"mel: {reason}", stacklevel=2)
        if quiet_ends:
            return np.concatenate(list(self.vocode_chunks([mel])))
        stream = self.stream(_BLOCK_FRAMES)
        return np.concatenate([stream.process(mel), stream.flush()])

    def vocode_chunks(self, mels: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Make the waveform of a mel that comes, and goes, in chunks, with quiet ends.

        Args:
            mels: Consecutive parts of a mel, of any lengths.

        Shape:
            Chunks [F, M]; in all, `hop_samples` come out for each frame.

        Yields:
            float32 chunks [T] as soon as they are complete.

        Raises:
            InputError: As `vocode`.
        """
        num_missing = 0

        def counted() -> Iterator[np.ndarray]:
            """Count the samples that are to come."""
            nonlocal num_missing
            for mel in mels:
                num_missing += len(mel) * self.hop_samples
                yield mel

        for samples in self._between_quiet(counted()):
            samples = samples[:num_missing]
            num_missing -= len(samples)
            yield samples

    def copy_chunks(
        self, chunks: Iterable[np.ndarray], sample_rate_hz: int
    ) -> Iterator[np.ndarray]:
        """Make a recording anew from its mel alone: copy synthesis, with quiet ends.

        Args:
            chunks: Consecutive parts of the recording, of any lengths.
            sample_rate_hz: Their rate; they are resampled to that of the features.

        Shape:
            Chunks [T, 1]; in all, as many samples come out as the resampled recording has.

        Yields:
            float32 chunks [T], in place.

        Raises:
            InputError: A rate below 1, NaN or infinity.
        """
        from tfgan_audio.audio.mel_stream import MelStream
        from tfgan_audio.audio.resampling import resample_blocks, resampled_samples

        num_received = 0
        stream = MelStream(self.features)

        def counted() -> Iterator[np.ndarray]:
            """Count the samples."""
            nonlocal num_received
            for chunk in chunks:
                num_received += len(chunk)
                yield chunk

        def mels() -> Iterator[np.ndarray]:
            """Make the mel at the rate of the features."""
            for block in resample_blocks(counted(), sample_rate_hz, self.sample_rate_hz):
                yield stream.process(block[:, 0])
            yield stream.flush()

        num_sent = 0
        for samples in self._between_quiet(mels()):
            # Frames may reach beyond the recording; where they do not, the quiet ones fill it up.
            num_samples = resampled_samples(num_received, sample_rate_hz, self.sample_rate_hz)
            samples = samples[: num_samples - num_sent]
            num_sent += len(samples)
            yield samples

    def checked(self, mel: np.ndarray, name: object = "mel") -> np.ndarray:
        """Return a mel as float32.

        Args:
            mel: Log-mel.
            name: What errors call it.

        Shape:
            [F, M], kept.

        Raises:
            InputError: Another shape, no frame, NaN or infinity, or integers.
        """
        mel = checked_frames(mel, self.features.num_mels, name)
        if not len(mel):
            raise InputError(name, "no frames", "at least one")
        return mel

    def _between_quiet(self, mels: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Render a mel between quiet frames; the samples of those after it stay."""
        stream = self.stream(_BLOCK_FRAMES)
        frame = quiet_frame(self.features)
        before = np.tile(frame, [self._frames_before, 1])
        after = np.tile(frame, [self._frames_after + 1, 1])
        num_dropped = len(before) * self.hop_samples
        for mel in chain([before], mels, [after, None]):
            samples = stream.flush() if mel is None else stream.process(mel)
            yield samples[num_dropped:]
            num_dropped -= min(num_dropped, len(samples))
