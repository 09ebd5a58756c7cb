"""What the networks of the acoustic model are made of."""

from __future__ import annotations

from dataclasses import dataclass

from tfgan_audio.errors import InputError

_COUNTS = (
    "width",
    "num_encoder_blocks",
    "num_decoder_blocks",
    "num_heads",
    "feed_forward_channels",
    "predictor_channels",
    "aligner_channels",
    "discriminator_channels",
)


@dataclass(frozen=True, kw_only=True)
class AcousticSizes:
    """Sizes of the acoustic model; the defaults are small, for training without a GPU.

    Args:
        width: Channels of the transformer, an even multiple of `num_heads`.
        num_encoder_blocks: Blocks that read symbols.
        num_decoder_blocks: Blocks that make frames.
        num_heads: Heads of each attention.
        feed_forward_channels: Channels inside of each block.
        kernel_size: Taps of the blocks' and predictors' convolutions, an odd number.
        predictor_channels: Channels of the predictors of durations, pitch and energy.
        aligner_channels: Channels in which symbols and frames are compared.
        dropout: Part of the channels that training drops in blocks and predictors, in [0, 1).
        condition_dropout: Part of the examples that training gives no speaker, and of those it
            gives no style and no languages, in [0, 1).
        learned_durations: Whether the model aligns by itself; else batches have `durations`.
        discriminator_channels: Channels of the first layer of the judge of mels.

    Raises:
        InputError: Sizes that no network has, or that do not fit each other.
    """

    width: int = 128
    num_encoder_blocks: int = 4
    num_decoder_blocks: int = 4
    num_heads: int = 2
    feed_forward_channels: int = 512
    kernel_size: int = 3
    predictor_channels: int = 128
    aligner_channels: int = 80
    dropout: float = 0.1
    condition_dropout: float = 0.1
    learned_durations: bool = True
    discriminator_channels: int = 32

    def __post_init__(self) -> None:
        for name in _COUNTS:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise InputError(name, repr(value), "a whole number above 0")
        if self.width % (2 * self.num_heads):
            raise InputError("width", self.width, f"an even multiple of {self.num_heads} heads")
        if self.kernel_size < 1 or not self.kernel_size % 2:
            raise InputError("kernel_size", self.kernel_size, "an odd number above 0")
        for name in ("dropout", "condition_dropout"):
            if not 0.0 <= getattr(self, name) < 1.0:
                raise InputError(name, getattr(self, name), "a number in [0, 1)")
