"""Splitting waveforms into sub-bands and joining them, by a pseudo quadrature mirror filter bank.

Both compute in float32 whatever the policy: their errors would be heard.
"""

import keras
import numpy as np
from keras import ops

from tfgan_audio.audio.pqmf import pqmf_filters


class _FilterBank(keras.layers.Layer):
    """What both have in common: the arguments of `pqmf_filters`."""

    def __init__(
        self,
        num_bands: int = 4,
        taps: int = 62,
        cutoff: float = 0.142,
        beta: float = 9.0,
        **kwargs,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.num_bands = num_bands
        self.taps = taps
        self.cutoff = cutoff
        self.beta = beta

    def _filters(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the filters of both directions, [N, taps + 1] each."""
        return pqmf_filters(self.num_bands, self.taps, self.cutoff, self.beta)

    def get_config(self) -> dict:
        own = {name: getattr(self, name) for name in ("num_bands", "taps", "cutoff", "beta")}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="tfgan_audio")
class PQMFAnalysis(_FilterBank):
    """Split a waveform into sub-bands, of which each keeps one sample in N.

    Args:
        num_bands: Number of bands N.
        taps: Order of the filters.
        cutoff: Of their prototype, see `audio.pqmf.pqmf_filters`.
        beta: Of its window.

    Shape:
        [B, T, 1] -> [B, T // N, N].
    """

    def call(self, inputs):
        analysis, _ = self._filters()
        kernel = ops.convert_to_tensor(analysis.T[:, None, :], "float32")
        padded = ops.pad(inputs, [[0, 0], [self.taps // 2, self.taps // 2], [0, 0]])
        bands = ops.conv(padded, kernel, self.num_bands)
        return bands[:, : ops.shape(inputs)[1] // self.num_bands]

    def compute_output_shape(self, input_shape):
        batch, num_samples, _ = input_shape
        num_frames = None if num_samples is None else num_samples // self.num_bands
        return batch, num_frames, self.num_bands


@keras.saving.register_keras_serializable(package="tfgan_audio")
class PQMFSynthesis(_FilterBank):
    """Join sub-bands to a waveform.

    It is one convolution from bands to phases, which are then laid side by side: the zeros between
    the samples that a band has kept are never multiplied.

    Args:
        num_bands: Number of bands N.
        taps: Order of the filters.
        cutoff: Of their prototype, see `audio.pqmf.pqmf_filters`.
        beta: Of its window.

    Shape:
        [B, F, N] -> [B, F * N, 1].
    """

    def call(self, inputs):
        kernel, before, behind = self._phases()
        padded = ops.pad(inputs, [[0, 0], [before, behind], [0, 0]])
        phases = ops.conv(padded, ops.convert_to_tensor(kernel, "float32"))
        return ops.reshape(phases, [ops.shape(inputs)[0], -1, 1])

    def _phases(self) -> tuple[np.ndarray, int, int]:
        """Return the kernel [frames, N bands, N phases], and its frames on both sides."""
        _, synthesis = self._filters()
        num_bands, reach = self.num_bands, self.taps // 2
        before, behind = reach // num_bands, (reach + num_bands - 1) // num_bands
        kernel = np.zeros([before + 1 + behind, num_bands, num_bands])
        for frame, phase in np.ndindex(before + 1 + behind, num_bands):
            tap = reach + (frame - before) * num_bands - phase
            if 0 <= tap <= self.taps:
                kernel[frame, :, phase] = num_bands * synthesis[:, tap]
        return kernel, before, behind

    def compute_output_shape(self, input_shape):
        batch, num_frames, _ = input_shape
        return batch, None if num_frames is None else num_frames * self.num_bands, 1
