"""The streaming enhancement network: a complex mask on short-time spectra."""

import keras
from keras import ops

from tfgan_audio.errors import InputError
from tfgan_audio.layers.block_fourier import BlockAnalysis, BlockSynthesis, log_power
from tfgan_audio.layers.causal_conv import CausalConv1D
from tfgan_audio.layers.causal_recurrence import CausalRecurrence

_MASK_LIMIT = 2.0
_TINY = 1e-8  # keeps the slope of a square root finite


@keras.saving.register_keras_serializable(package="tfgan_audio")
class CausalEnhancer(keras.layers.Layer):
    """Mask the spectrum of each frame from the present and the past alone.

    Log-power spectra pass a stack of residual, dilated, causal convolutions, in the middle of which
    a gated recurrent unit may follow the noise for longer than they see. The stack predicts a
    complex number for each bin, whose product with its own magnitude is the mask; the masked
    spectrum is overlap-added. Waveforms and spectra are float32 always;
    the stack computes in the dtype policy in force when the layer is made.

    Args:
        frame_samples: Samples of a Fourier frame; equals the algorithmic latency.
        hop_samples: Samples between two frames; divides half of `frame_samples`.
        channels: Width of the convolution stack.
        kernel_size: Frames that one convolution sees.
        dilations: Distance between those frames, one entry a convolution.
        recurrent: Whether to put the recurrent unit in, `channels` wide.

    Shape:
        waveform [B, T, 1] -> [B, T, 1], aligned in time; any T from 1 on.
    """

    def __init__(
        self,
        frame_samples: int = 512,
        hop_samples: int = 256,
        channels: int = 256,
        kernel_size: int = 3,
        dilations: tuple[int, ...] = (1, 2, 4, 8, 16),
        recurrent: bool = False,
        **kwargs,
    ) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        if not dilations:
            raise InputError("dilations", dilations, "at least one integer")
        self.frame_samples = frame_samples
        self.hop_samples = hop_samples
        self.channels = channels
        self.kernel_size = kernel_size
        self.dilations = tuple(dilations)
        self.recurrent = recurrent
        self.latency_samples = frame_samples - hop_samples
        policy = keras.config.dtype_policy()
        self.analysis = BlockAnalysis(frame_samples, hop_samples)
        self.synthesis = BlockSynthesis(frame_samples, hop_samples)
        self.projection = keras.layers.Dense(channels, dtype=policy)
        self.convolutions = [
            CausalConv1D(channels, kernel_size, rate, dtype=policy) for rate in self.dilations
        ]
        self.activations = [
            keras.layers.PReLU(shared_axes=[1], dtype=policy) for _ in range(len(dilations) + 1)
        ]
        self.recurrence = CausalRecurrence(channels, dtype=policy) if recurrent else None
        self.mask = keras.layers.Dense(
            2 * self.analysis.num_bins, kernel_initializer=_small_normal(), dtype=policy
        )

    def build(self, input_shape) -> None:
        num_bins = self.analysis.num_bins
        self.analysis.build((None, None, self.hop_samples))
        self.synthesis.build((None, None, 2 * num_bins))
        self.projection.build((None, None, num_bins))
        recurrent = [self.recurrence] if self.recurrent else []
        for layer in [*self.convolutions, *self.activations, *recurrent, self.mask]:
            layer.build((None, None, self.channels))

    def call(self, waveform):
        shape = ops.shape(waveform)
        padding = -shape[1] % self.hop_samples + self.latency_samples
        padded = ops.pad(waveform[..., 0], [[0, 0], [0, padding]])
        enhanced, _ = self.step(ops.reshape(padded, [shape[0], -1, self.hop_samples]))
        enhanced = ops.reshape(enhanced, [shape[0], -1, 1])
        return enhanced[:, self.latency_samples : self.latency_samples + shape[1]]

    def step(self, blocks, histories=None):
        """Enhance the next blocks of a stream.

        Args:
            blocks: The samples that follow those of the last step.
            histories: What the last step returned, or nothing at the start of a stream.

        Shape:
            blocks [B, F, hop_samples]; histories as in `history_shapes`.

        Returns:
            Enhanced blocks of the same shape, late by `latency_samples`, and the new histories.
        """
        histories = iter(histories or [None] * len(self.history_shapes()))
        spectrum, history = self.analysis(blocks, next(histories))
        new_histories = [history]
        hidden = self.activations[0](self.projection(log_power(spectrum)))
        for index, convolution in enumerate(self.convolutions):
            if self.recurrent and index == self._middle:
                outputs, history = self.recurrence(hidden, next(histories))
                new_histories.append(ops.cast(history, "float32"))
                hidden = hidden + outputs
            outputs, history = convolution(hidden, next(histories))
            new_histories.append(ops.cast(history, "float32"))
            hidden = hidden + self.activations[1 + index](outputs)
        masked = self._apply_mask(spectrum, self.mask(hidden))
        enhanced, history = self.synthesis(masked, next(histories))
        return enhanced, [*new_histories, history]

    def history_shapes(self) -> list[tuple[int, int]]:
        """Return [frames, width] of each history, in the order of `step`."""
        stack = [(layer.history_frames, self.channels) for layer in self.convolutions]
        if self.recurrent:
            stack.insert(self._middle, (1, self.channels))
        return [
            (self.analysis.history_frames, self.hop_samples),
            *stack,
            (self.synthesis.history_frames, self.frame_samples),
        ]

    @property
    def _middle(self) -> int:
        """Index of the convolution that the recurrent unit precedes."""
        return (len(self.convolutions) + 1) // 2

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "frame_samples": self.frame_samples,
            "hop_samples": self.hop_samples,
            "channels": self.channels,
            "kernel_size": self.kernel_size,
            "dilations": list(self.dilations),
            "recurrent": self.recurrent,
        }

    def _apply_mask(self, spectrum, mask):
        """Complex product of the spectrum with a mask that starts out near one.

        The mask is the prediction times its magnitude: what is to be silent has a slope of zero
        there, so that small errors of a prediction do not let noise through.
        """
        real, imaginary = ops.split(spectrum, 2, axis=-1)
        mask = _MASK_LIMIT * ops.tanh(ops.cast(mask, "float32"))
        mask_real, mask_imaginary = ops.split(mask, 2, axis=-1)
        mask_real = mask_real + 1.0
        magnitude = ops.sqrt(ops.square(mask_real) + ops.square(mask_imaginary) + _TINY)
        mask_real, mask_imaginary = mask_real * magnitude, mask_imaginary * magnitude
        return ops.concatenate(
            [
                real * mask_real - imaginary * mask_imaginary,
                real * mask_imaginary + imaginary * mask_real,
            ],
            axis=-1,
        )


def _small_normal() -> keras.initializers.Initializer:
    """Start near the identity mask."""
    return keras.initializers.RandomNormal(stddev=0.01)
