"""Short-time Fourier analysis and synthesis by blocks, exact in streaming.

A signal comes in blocks of `hop_samples`. A frame is the last `frame_samples / hop_samples` blocks
under a square-root Hann window; the transform is one product with a fixed basis, so training,
streaming and TFLite (which has no inverse transform) run the same operators. Analysis followed by
synthesis returns the signal `frame_samples - hop_samples` late.
"""

import keras
import numpy as np
from keras import ops

from tfgan_audio.errors import InputError

# Power below which a bin counts as silent: about -100 dBFS for a full-scale tone in one frame.
_POWER_FLOOR = 1e-6


def fourier_bases(frame_samples: int, hop_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the windowed analysis and synthesis bases of a real Fourier transform.

    Args:
        frame_samples: Samples of a frame, a multiple of `2 * hop_samples`.
        hop_samples: Samples between two frames.

    Shape:
        K = frame_samples / 2 + 1 bins; analysis [frame_samples, 2 K] (real parts, then imaginary
        parts), synthesis [2 K, frame_samples]. Overlap-added frames give the signal back exactly.

    Raises:
        InputError: The hop does not fit the frame.

    Example:
        >>> analysis, synthesis = fourier_bases(8, 2)
        >>> analysis.shape, synthesis.shape
        ((8, 10), (10, 8))
    """
    if hop_samples < 1 or frame_samples < 1 or frame_samples % (2 * hop_samples):
        expected = f"a multiple of twice the hop of {hop_samples} samples"
        raise InputError("frame_samples", frame_samples, expected)
    samples = np.arange(frame_samples)
    window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * samples / frame_samples))
    bins = np.arange(frame_samples // 2 + 1)
    phase = 2 * np.pi * samples[:, None] * bins / frame_samples
    analysis = window[:, None] * np.concatenate([np.cos(phase), -np.sin(phase)], axis=1)
    multiplicity = np.where((bins == 0) | (bins == frame_samples // 2), 1.0, 2.0)
    overlap_gain = frame_samples / (2 * hop_samples)
    scale = np.tile(multiplicity, 2) / (frame_samples * overlap_gain)
    return analysis.astype(np.float32), (analysis * scale).T.astype(np.float32)


def log_power(spectrum):
    """Return the log power of each bin, scaled to the order of one.

    Shape:
        [B, F, 2 K] real, then imaginary parts -> [B, F, K].
    """
    real, imaginary = ops.split(spectrum, 2, axis=-1)
    return 1.0 + 0.2 * ops.log(real * real + imaginary * imaginary + _POWER_FLOOR)


class _BlockFourier(keras.layers.Layer):
    """What analysis and synthesis share: sizes, history length, float32 arithmetic."""

    def __init__(self, frame_samples: int, hop_samples: int, **kwargs) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.frame_samples = frame_samples
        self.hop_samples = hop_samples
        self.num_bins = frame_samples // 2 + 1
        self.blocks_per_frame = frame_samples // hop_samples
        self.history_frames = self.blocks_per_frame - 1
        self.analysis_basis, self.synthesis_basis = fourier_bases(frame_samples, hop_samples)

    def _extend(self, inputs, history):
        """Put the history, or silence, in front."""
        if history is None:
            return ops.pad(inputs, [[0, 0], [self.history_frames, 0], [0, 0]])
        return ops.concatenate([history, inputs], axis=1)

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "frame_samples": self.frame_samples,
            "hop_samples": self.hop_samples,
        }


@keras.saving.register_keras_serializable(package="tfgan_audio")
class BlockAnalysis(_BlockFourier):
    """Spectrum of each frame that ends with an incoming block.

    Args:
        frame_samples: Samples of a frame, a multiple of `2 * hop_samples`.
        hop_samples: Samples of a block.

    Shape:
        blocks [B, F, hop_samples]; history [B, frame_samples / hop_samples - 1, hop_samples];
        spectrum [B, F, 2 K] with K = frame_samples / 2 + 1 real, then K imaginary parts.
    """

    def call(self, blocks, history=None):
        extended = self._extend(blocks, history)
        num_frames = ops.shape(blocks)[1]
        parts = [extended[:, part : part + num_frames] for part in range(self.blocks_per_frame)]
        spectrum = ops.matmul(ops.concatenate(parts, axis=-1), self.analysis_basis)
        return spectrum, extended[:, num_frames:]

    def compute_output_shape(self, blocks_shape, history_shape=None):
        batch, num_frames, _ = blocks_shape
        return (
            (batch, num_frames, 2 * self.num_bins),
            (batch, self.history_frames, self.hop_samples),
        )


@keras.saving.register_keras_serializable(package="tfgan_audio")
class BlockSynthesis(_BlockFourier):
    """Overlap-add of the frames: block f is complete once frame f is in, and not before.

    Args:
        frame_samples: Samples of a frame, a multiple of `2 * hop_samples`.
        hop_samples: Samples of a block.

    Shape:
        spectrum [B, F, 2 K]; history [B, frame_samples / hop_samples - 1, frame_samples];
        blocks [B, F, hop_samples], late by `frame_samples - hop_samples` samples.
    """

    def call(self, spectrum, history=None):
        frames = ops.matmul(spectrum, self.synthesis_basis)
        extended = self._extend(frames, history)
        num_frames = ops.shape(frames)[1]
        blocks = sum(
            extended[
                :,
                self.history_frames - part : self.history_frames - part + num_frames,
                part * self.hop_samples : (part + 1) * self.hop_samples,
            ]
            for part in range(self.blocks_per_frame)
        )
        return blocks, extended[:, num_frames:]

    def compute_output_shape(self, spectrum_shape, history_shape=None):
        batch, num_frames, _ = spectrum_shape
        return (
            (batch, num_frames, self.hop_samples),
            (batch, self.history_frames, self.frame_samples),
        )


@keras.saving.register_keras_serializable(package="tfgan_audio")
class LogPowerFrames(BlockAnalysis):
    """Log-power spectra of a waveform, for networks that judge it; float32.

    Args:
        frame_samples: Samples of a frame, a multiple of `2 * hop_samples`.
        hop_samples: Samples between two frames.

    Shape:
        waveform [B, T, 1] -> [B, ceil(T / hop_samples), K] with K = frame_samples / 2 + 1.
    """

    def call(self, waveform):
        shape = ops.shape(waveform)
        padded = ops.pad(waveform[..., 0], [[0, 0], [0, -shape[1] % self.hop_samples]])
        blocks = ops.reshape(padded, [shape[0], -1, self.hop_samples])
        spectrum, _ = super().call(blocks)
        return log_power(spectrum)

    def compute_output_shape(self, waveform_shape):
        batch, num_samples, _ = waveform_shape
        num_frames = None if num_samples is None else -(-num_samples // self.hop_samples)
        return batch, num_frames, self.num_bins
