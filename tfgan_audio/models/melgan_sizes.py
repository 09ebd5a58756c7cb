"""What the networks of MelGAN are made of, with the published values as defaults."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from tfgan_audio.audio.pqmf import fitting_cutoff, pqmf_snr_db
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import one_of

_LEAST_PQMF_SNR_DB = 15.0
_CHANNELS_PER_GROUP = 4

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class MelGANSizes:
    """Sizes of the generator and of its discriminators.

    Args:
        base_channels: Width of the generator's first layer; each upsampling halves it.
        upsample_factors: Factor of each upsampling.
        residual_layers: Residual layers behind each; layer j has dilation
            `residual_kernel_size ** j`.
        kernel_size: Taps of the generator's first and last layer, an odd number.
        residual_kernel_size: Taps of its dilated convolutions, an odd number.
        num_bands: Sub-bands that the generator gives; 1 is the waveform itself.
        causal: Whether the generator sees no future, but for reflections at the start.
        pqmf_cutoff: Cutoff of the filters that join the sub-bands; one that hardly does is warned
            of, as there are networks that were trained with it.
        output_activation: "tanh" or "linear".
        upsample_alignment: Where the outputs of odd factors lie: "torch" drops one sample more at
            the left than "tensorflow". Even factors have the same in both.
        num_scales: Waveform discriminators, each at half the rate of the one before; and as many on
            log-mel spectrograms, where there are any.
        discriminator_channels: Width of a discriminator's first layer.
        discriminator_max_channels: Bound on the width of its others.
        discriminator_strides: Stride of each of its strided layers, which widens it as much.
        discriminator_kernel_sizes: Taps of its last two layers; the first layer has the product.
        mel_discriminator: Whether log-mel spectrograms are judged too.
        periods: Periods of discriminators of samples that far apart; none for no such.

    Raises:
        InputError: Sizes that no network has, or that do not fit each other.
    """

    base_channels: int = 512
    upsample_factors: tuple[int, ...] = (8, 8, 2, 2)
    residual_layers: int = 3
    kernel_size: int = 7
    residual_kernel_size: int = 3
    num_bands: int = 1
    causal: bool = False
    pqmf_cutoff: float = 0.142
    output_activation: str = "tanh"
    upsample_alignment: str = "torch"
    num_scales: int = 3
    discriminator_channels: int = 16
    discriminator_max_channels: int = 1024
    discriminator_strides: tuple[int, ...] = (4, 4, 4, 4)
    discriminator_kernel_sizes: tuple[int, int] = (5, 3)
    mel_discriminator: bool = False
    periods: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Make tuples of lists, and refuse what no network can have."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Sequence) and not isinstance(value, str):
                object.__setattr__(self, field.name, tuple(value))
        for name, least in (
            ("base_channels", 1),
            ("upsample_factors", 2),
            ("residual_layers", 0),
            ("num_bands", 1),
            ("num_scales", 1),
            ("discriminator_channels", 1),
            ("discriminator_max_channels", 1),
            ("discriminator_strides", 1),
            ("periods", 2),
        ):
            _check_counts(name, getattr(self, name), least)
        for name in ("kernel_size", "residual_kernel_size", "discriminator_kernel_sizes"):
            _check_odd(name, getattr(self, name))
        for name, words in (
            ("output_activation", ("tanh", "linear")),
            ("upsample_alignment", ("torch", "tensorflow")),
        ):
            if getattr(self, name) not in words:
                raise InputError(name, getattr(self, name), one_of(words))
        self._check_generator()
        self._check_discriminator()

    @property
    def hop_samples(self) -> int:
        """Samples that the generator makes of a frame."""
        return math.prod(self.upsample_factors) * self.num_bands

    @property
    def stage_channels(self) -> tuple[int, ...]:
        """Width of each upsampling and of what follows it."""
        return tuple(self.base_channels >> n + 1 for n in range(len(self.upsample_factors)))

    @property
    def dilations(self) -> tuple[int, ...]:
        """Dilation of each residual layer behind an upsampling."""
        return tuple(self.residual_kernel_size**j for j in range(self.residual_layers))

    @property
    def scale_layers(self) -> tuple[tuple[int, int, int, int], ...]:
        """Width, taps, stride and groups of each layer of a waveform discriminator."""
        most, (middle, last) = self.discriminator_max_channels, self.discriminator_kernel_sizes
        width = self.discriminator_channels
        layers = [(width, middle * last, 1, 1)]
        for stride in self.discriminator_strides:
            groups = width // _CHANNELS_PER_GROUP
            width = min(width * stride, most)
            layers.append((width, 10 * stride + 1, stride, groups))
        return (*layers, (min(2 * width, most), middle, 1, 1), (1, last, 1, 1))

    def _check_generator(self) -> None:
        """Refuse widths that cannot be halved and cutoffs of no filter; warn of a poor one."""
        halvings = 2 ** len(self.upsample_factors)
        if self.base_channels % halvings:
            expected = f"a multiple of {halvings}, 2 for each of the upsample_factors"
            raise InputError("base_channels", self.base_channels, expected)
        if self.num_bands == 1:
            return
        if not 0.0 < self.pqmf_cutoff < 1.0:
            raise InputError("pqmf_cutoff", self.pqmf_cutoff, "a number between 0 and 1")
        snr_db = pqmf_snr_db(self.num_bands, cutoff=self.pqmf_cutoff)
        if snr_db < _LEAST_PQMF_SNR_DB:
            fitting = fitting_cutoff(self.num_bands)
            text = (
                "pqmf_cutoff: %g joins %d bands with %.0f dB of signal to error; about %g is best"
            )
            log.warning(text, self.pqmf_cutoff, self.num_bands, snr_db, fitting)

    def _check_discriminator(self) -> None:
        """Refuse widths that the groups do not divide."""
        if len(self.discriminator_kernel_sizes) != 2:
            seen = list(self.discriminator_kernel_sizes)
            raise InputError("discriminator_kernel_sizes", seen, "two odd numbers")
        num_inputs = 1
        for width, _, _, groups in self.scale_layers:
            if groups < 1 or num_inputs % groups or width % groups:
                seen = f"layers of {num_inputs} and {width} channels"
                expected = f"multiples of {_CHANNELS_PER_GROUP} that divide each other"
                raise InputError(
                    "discriminator_channels and discriminator_max_channels", seen, expected
                )
            num_inputs = width


def _check_counts(name: str, value: object, least: int) -> None:
    """Refuse anything but whole numbers from the least on, alone or in a tuple."""
    numbers = value if isinstance(value, tuple) else (value,)
    if any(type(number) is not int or number < least for number in numbers) or (
        value == () and name != "periods"
    ):
        shown = list(value) if isinstance(value, tuple) else value
        raise InputError(name, shown, f"whole numbers of at least {least}")


def _check_odd(name: str, value: object) -> None:
    """Refuse anything but odd numbers, alone or in a tuple."""
    numbers = value if isinstance(value, tuple) else (value,)
    if any(type(number) is not int or number < 1 or number % 2 == 0 for number in numbers):
        raise InputError(name, value, "odd whole numbers")
