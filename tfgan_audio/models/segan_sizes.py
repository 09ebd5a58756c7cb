"""What the networks of SEGAN and SEGAN+ are made of, with the published values as defaults."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from tfgan_audio.errors import InputError

_ELEVEN = (16, 32, 32, 64, 64, 128, 128, 256, 256, 512, 1024)
_FIVE = (64, 128, 256, 512, 1024)


@dataclass(frozen=True, kw_only=True)
class WaveformSizes:
    """What both have in common.

    Args:
        slice_samples: Length of the window that the networks take.
        encoder_channels: Width of each encoder layer; the decoder runs backwards.
        strides: Stride of each encoder layer; None takes the published one for all.
        kernel_size: Taps of every convolution.
        latent_channels: Width of the random input beside the code; 0 does without.
        pre_emphasis: Coefficient of the filter before the networks, from 0 to below 1.
        discriminator_channels: Width of each discriminator layer.
        discriminator_strides: Stride of each; None takes the published one for all.
        discriminator_kernel_size: Taps of its convolutions; None takes `kernel_size`.
    """

    slice_samples: int = 16384
    encoder_channels: tuple[int, ...] = _ELEVEN
    strides: tuple[int, ...] | None = None
    kernel_size: int = 31
    latent_channels: int = 1024
    pre_emphasis: float = 0.95
    discriminator_channels: tuple[int, ...] = _ELEVEN
    discriminator_strides: tuple[int, ...] | None = None
    discriminator_kernel_size: int | None = None

    usual_stride: ClassVar[int] = 2

    def __post_init__(self) -> None:
        """Make tuples of lists, and refuse what no network can have."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, list):
                object.__setattr__(self, field.name, value := tuple(value))
            least = 0 if field.name in ("latent_channels", "max_shift_samples") else 1
            _check_counts(field.name, value, least)
        if not 0.0 <= self.pre_emphasis < 1.0:
            raise InputError("pre_emphasis", self.pre_emphasis, "from 0 to below 1")
        self._check_layers("strides", self.encoder_layers(), self.kernel_size)
        kernel_size = self.discriminator_kernel_size or self.kernel_size
        self._check_layers("discriminator_strides", self.discriminator_layers(), kernel_size)

    def encoder_layers(self) -> list[tuple[int, int]]:
        """Return (channels, stride) of each encoder layer."""
        return self._layers("strides", self.encoder_channels, self.strides)

    def decoder_layers(self) -> list[tuple[int, int]]:
        """Return (channels, stride) of each decoder layer."""
        channels, strides = zip(*self.encoder_layers())
        return list(zip((*reversed(channels[:-1]), 1), reversed(strides)))

    def discriminator_layers(self) -> list[tuple[int, int]]:
        """Return (channels, stride) of each discriminator layer."""
        channels, strides = self.discriminator_channels, self.discriminator_strides
        return self._layers("discriminator_strides", channels, strides)

    def _layers(
        self, name: str, channels: tuple[int, ...], strides: tuple[int, ...] | None
    ) -> list[tuple[int, int]]:
        """Pair the channels of layers with their strides."""
        strides = (self.usual_stride,) * len(channels) if strides is None else strides
        if len(strides) != len(channels):
            raise InputError(name, f"{len(strides)} strides", f"one for each of {len(channels)}")
        return list(zip(channels, strides))

    def _check_layers(self, name: str, layers: list[tuple[int, int]], kernel_size: int) -> None:
        """Refuse strides that step over samples."""
        largest = max(stride for _, stride in layers)
        if largest > kernel_size:
            raise InputError(name, largest, f"at most the kernel size, {kernel_size}")


@dataclass(frozen=True, kw_only=True)
class SEGANSizes(WaveformSizes):
    """The original SEGAN; what else it is made of is fixed by the variant.

    Args:
        activation: Of the generator: "prelu" or "leaky_relu".
        encoder_bias: Whether the encoder's convolutions have a bias.
        decoder_bias: The same of the decoder.
        discriminator_bias: The same of the discriminator.
        discriminator_norm: "virtual_batch" or "none".
    """

    activation: str = "prelu"
    encoder_bias: bool = True
    decoder_bias: bool = True
    discriminator_bias: bool = True
    discriminator_norm: str = "virtual_batch"

    reflect: ClassVar[bool] = False
    skip: ClassVar[str] = "identity"
    skip_merge: ClassVar[str] = "concat"
    decoder_kernel_size: ClassVar[None] = None
    discriminator_activation: ClassVar[str] = "leaky_relu"
    discriminator_head: ClassVar[str] = "conv"
    head_bias: ClassVar[bool] = False
    max_shift_samples: ClassVar[int] = 0

    def __post_init__(self) -> None:
        """Refuse unknown words too."""
        _check_word("activation", self.activation, ("prelu", "leaky_relu"))
        _check_word("discriminator_norm", self.discriminator_norm, ("virtual_batch", "none"))
        super().__post_init__()


@dataclass(frozen=True, kw_only=True)
class SEGANPlusSizes(WaveformSizes):
    """SEGAN+; what else it is made of is fixed by the variant.

    Args:
        decoder_channels: Width of each decoder layer; None takes the encoder's backwards, then 1.
        decoder_strides: Stride of each; None takes the encoder's backwards.
        decoder_kernel_size: Taps of the decoder's convolutions; None takes `kernel_size`.
        use_bias: Whether encoder and skips have a bias; the decoder always has.
        skip: What the encoder's outputs pass on their way to the decoder: "scale", a learned
            factor for each channel, "constant", a fixed one, "conv", or "none" for no such way.
        skip_merge: Whether they are joined by "concat" or "sum".
        skip_kernel_size: Taps of the convolutions of `skip="conv"`, an odd number.
        discriminator_norm: "batch", "spectral" or "none".
        discriminator_head: "dense", "conv", "max", "mean" or "mlp".
        max_shift_samples: Largest circular shift before a discriminator layer; 0 for none.
    """

    encoder_channels: tuple[int, ...] = _FIVE
    discriminator_channels: tuple[int, ...] = _FIVE
    decoder_channels: tuple[int, ...] | None = None
    decoder_strides: tuple[int, ...] | None = None
    decoder_kernel_size: int | None = None
    use_bias: bool = True
    skip: str = "scale"
    skip_merge: str = "concat"
    skip_kernel_size: int = 11
    discriminator_norm: str = "batch"
    discriminator_head: str = "dense"
    max_shift_samples: int = 5

    usual_stride: ClassVar[int] = 4
    reflect: ClassVar[bool] = True
    activation: ClassVar[str] = "prelu"
    decoder_bias: ClassVar[bool] = True
    discriminator_bias: ClassVar[bool] = True
    discriminator_activation: ClassVar[str] = "prelu"
    head_bias: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse unknown words too."""
        _check_word("skip", self.skip, ("scale", "constant", "conv", "none"))
        _check_word("skip_merge", self.skip_merge, ("concat", "sum"))
        _check_word("discriminator_norm", self.discriminator_norm, ("batch", "spectral", "none"))
        heads = ("dense", "conv", "max", "mean", "mlp")
        _check_word("discriminator_head", self.discriminator_head, heads)
        if self.skip_kernel_size % 2 == 0:
            raise InputError("skip_kernel_size", self.skip_kernel_size, "an odd number")
        super().__post_init__()
        kernel_size = self.decoder_kernel_size or self.kernel_size
        self._check_layers("decoder_strides", self.decoder_layers(), kernel_size)

    @property
    def encoder_bias(self) -> bool:
        """Whether the encoder's convolutions have a bias."""
        return self.use_bias

    def decoder_layers(self) -> list[tuple[int, int]]:
        """Return (channels, stride) of each decoder layer."""
        channels, strides = self.decoder_channels, self.decoder_strides
        if channels is None:
            channels = (*reversed(self.encoder_channels[:-1]), 1)
        if strides is None:
            strides = tuple(stride for _, stride in reversed(self.encoder_layers()))
        return self._layers("decoder_strides", channels, strides)


def _check_word(name: str, word: str, words: tuple[str, ...]) -> None:
    """Refuse a word that is not among some."""
    if word not in words:
        raise InputError(name, word, f"one of {', '.join(words)}")


def _check_counts(name: str, value: object, least: int) -> None:
    """Refuse whole numbers, alone or in a tuple, below the least."""
    numbers = value if isinstance(value, tuple) else (value,)
    wrong = [n for n in numbers if type(n) is int and n < least]
    if wrong or value == ():
        shown = list(value) if isinstance(value, tuple) else value
        raise InputError(name, shown, f"whole numbers of at least {least}")
