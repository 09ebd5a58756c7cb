"""Mel spectrograms of recordings that come in chunks.

Letters: T samples, F frames, M mels.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.spectral import log_mel


class MelStream:
    """Make a log-mel spectrogram chunk by chunk, with the frames of making it whole.

    A recording too short for one frame, or too short to be reflected, gets one all the same: zeros
    are appended, and reflections reflected.

    Args:
        features: The definition.

    Example:
        >>> stream = MelStream(MelFeatures())
        >>> len(stream.process(np.zeros(1000, np.float32))), len(stream.flush())
        (2, 1)
    """

    def __init__(self, features: MelFeatures) -> None:
        self._features = features
        self._inner = replace(features, centring="none")
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next chunk starts a new recording."""
        self._is_started = False
        self._num_samples = 0
        self._pending = np.zeros(0, np.float32)  # what the next frames are made of
        self._recent = np.zeros(0, np.float32)  # what the end would reflect

    def process(self, chunk: np.ndarray) -> np.ndarray:
        """Take the next samples and return the frames that are complete by now.

        Args:
            chunk: Any number of samples of one channel, at the rate of the features.

        Shape:
            [T] -> [F, M].
        """
        pad_samples = self._features.pad_samples
        self._num_samples += len(chunk)
        self._pending = np.concatenate([self._pending, chunk])
        self._recent = np.concatenate([self._recent, chunk])[-pad_samples - 1 :]
        if not self._is_started and len(self._pending) > pad_samples:
            self._start()
        return self._complete_frames() if self._is_started else self._no_frames()

    def flush(self) -> np.ndarray:
        """End the recording and return the frames that are left; then a new one may start.

        Shape:
            [F, M].
        """
        if not self._num_samples:
            return self._no_frames()
        features = self._features
        shortest = features.fft_samples - 2 * features.pad_samples
        silence = np.zeros(max(0, shortest - self._num_samples), np.float32)
        frames = [self.process(silence)]
        if not self._is_started:
            self._start()
        ending = self._padded(self._recent, (0, features.pad_samples))[len(self._recent) :]
        self._pending = np.concatenate([self._pending, ending])
        frames.append(self._complete_frames())
        self.reset()
        return np.concatenate(frames)

    def _start(self) -> None:
        """Put the padding before what has come so far."""
        self._pending = self._padded(self._pending, (self._features.pad_samples, 0))
        self._is_started = True

    def _padded(self, samples: np.ndarray, amounts: tuple[int, int]) -> np.ndarray:
        """Pad samples as the features say."""
        is_reflected = self._features.padding == "reflect"
        return np.pad(samples, amounts, "reflect" if is_reflected else "constant")

    def _complete_frames(self) -> np.ndarray:
        """Return the frames whose samples are all there, and forget what no other needs."""
        num_frames = self._inner.num_frames(len(self._pending))
        if not num_frames:
            return self._no_frames()
        start = num_frames * self._inner.hop_samples
        num_needed = start - self._inner.hop_samples + self._inner.fft_samples
        frames = log_mel(self._pending[None, :num_needed], self._inner).numpy()[0]
        self._pending = self._pending[start:]
        return frames

    def _no_frames(self) -> np.ndarray:
        """Return [0, M]."""
        return np.zeros([0, self._features.num_mels], np.float32)
