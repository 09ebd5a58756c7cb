"""What the sections `model` and `losses` of a training of speech enhancement hold."""

from dataclasses import dataclass
from typing import Literal

from tfgan_audio.config.choices import Objective
from tfgan_audio.config.ranges import check, check_at_least

_ELEVEN_LAYERS = (16, 32, 32, 64, 64, 128, 128, 256, 256, 512, 1024)
_FIVE_LAYERS = (64, 128, 256, 512, 1024)


@dataclass(frozen=True, kw_only=True)
class SEGANCausalConfig:
    """Keywords of `SEGAN(variant="causal", ...)`.

    Args:
        variant: `causal`, the streaming network.
        frame_samples: Length of a Fourier frame, the algorithmic latency; a multiple of twice
            `hop_samples`.
        hop_samples: Distance of two frames.
        channels: Width of the generator.
        kernel_size: Frames that one of its convolutions sees.
        dilations: Distance between those frames, one entry a convolution.
        recurrent: Whether a recurrent unit follows the noise for longer than they see.
        discriminator_channels: Width of the discriminator.
    """

    variant: Literal["causal"] = "causal"
    frame_samples: int = 512
    hop_samples: int = 256
    channels: int = 256
    kernel_size: int = 3
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16)
    recurrent: bool = False
    discriminator_channels: int = 64

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(
            1,
            frame_samples=self.frame_samples,
            hop_samples=self.hop_samples,
            channels=self.channels,
            kernel_size=self.kernel_size,
            discriminator_channels=self.discriminator_channels,
        )
        fits = self.frame_samples % (2 * self.hop_samples) == 0
        expected = f"a multiple of twice hop_samples, {self.hop_samples}"
        check("frame_samples", self.frame_samples, fits, expected)
        positive = len(self.dilations) > 0 and min(self.dilations) >= 1
        check("dilations", list(self.dilations), positive, "whole numbers of at least 1")


@dataclass(frozen=True, kw_only=True)
class SEGANWaveformConfig:
    """What the variants `segan` and `segan_plus` share; null takes the published value.

    Args:
        variant: Which of the two it is.
        slice_samples: Length of the window that the networks take.
        encoder_channels: Width of each encoder layer; the decoder runs backwards.
        strides: Stride of each encoder layer.
        kernel_size: Taps of every convolution.
        latent_channels: Width of the random input; 0 does without.
        pre_emphasis: Coefficient of the filter before the networks, from 0 to below 1.
        discriminator_channels: Width of each discriminator layer.
        discriminator_strides: Stride of each discriminator layer.
        discriminator_kernel_size: Taps of its convolutions; null: `kernel_size`.
    """

    variant: str
    slice_samples: int = 16384
    encoder_channels: tuple[int, ...] = _ELEVEN_LAYERS
    strides: tuple[int, ...] | None = None
    kernel_size: int = 31
    latent_channels: int = 1024
    pre_emphasis: float = 0.95
    discriminator_channels: tuple[int, ...] = _ELEVEN_LAYERS
    discriminator_strides: tuple[int, ...] | None = None
    discriminator_kernel_size: int | None = None

    def __post_init__(self) -> None:
        """Refuse values out of range; how sizes fit each other, the networks check."""
        check_at_least(1, slice_samples=self.slice_samples, kernel_size=self.kernel_size)
        check_at_least(0, latent_channels=self.latent_channels)
        coefficient = self.pre_emphasis
        check("pre_emphasis", coefficient, 0 <= coefficient < 1, "from 0 to below 1")
        for key, value in vars(self).items():
            if isinstance(value, tuple):
                positive = len(value) > 0 and min(value) >= 1
                check(key, list(value), positive, "whole numbers of at least 1")


@dataclass(frozen=True, kw_only=True)
class SEGANOriginalConfig(SEGANWaveformConfig):
    """Keywords of `SEGAN(variant="segan", ...)`.

    Args:
        variant: `segan`.
        activation: Of the generator.
        encoder_bias: Whether the encoder's convolutions have a bias.
        decoder_bias: The same of the decoder.
        discriminator_bias: The same of the discriminator.
        discriminator_norm: How the discriminator normalises.
    """

    variant: Literal["segan"] = "segan"
    activation: Literal["prelu", "leaky_relu"] = "prelu"
    encoder_bias: bool = True
    decoder_bias: bool = True
    discriminator_bias: bool = True
    discriminator_norm: Literal["virtual_batch", "none"] = "virtual_batch"


@dataclass(frozen=True, kw_only=True)
class SEGANPlusConfig(SEGANWaveformConfig):
    """Keywords of `SEGAN(variant="segan_plus", ...)`.

    Args:
        variant: `segan_plus`.
        decoder_channels: Width of each decoder layer; null: the encoder's backwards, then 1.
        decoder_strides: Stride of each decoder layer; null: the encoder's backwards.
        decoder_kernel_size: Taps of the decoder's convolutions; null: `kernel_size`.
        use_bias: Whether encoder and skips have a bias.
        skip: What the encoder's outputs pass on their way to the decoder.
        skip_merge: How they are joined.
        skip_kernel_size: Taps of the convolutions of `conv` skips.
        discriminator_norm: How the discriminator normalises.
        discriminator_head: How it comes from its last feature map to a score.
        max_shift_samples: Largest circular shift before each of its layers; 0: none.
    """

    variant: Literal["segan_plus"] = "segan_plus"
    encoder_channels: tuple[int, ...] = _FIVE_LAYERS
    discriminator_channels: tuple[int, ...] = _FIVE_LAYERS
    decoder_channels: tuple[int, ...] | None = None
    decoder_strides: tuple[int, ...] | None = None
    decoder_kernel_size: int | None = None
    use_bias: bool = True
    skip: Literal["scale", "constant", "conv", "none"] = "scale"
    skip_merge: Literal["concat", "sum"] = "concat"
    skip_kernel_size: int = 11
    discriminator_norm: Literal["batch", "spectral", "none"] = "batch"
    discriminator_head: Literal["dense", "conv", "max", "mean", "mlp"] = "dense"
    max_shift_samples: int = 5


@dataclass(frozen=True, kw_only=True)
class SEGANLossesConfig:
    """Keywords of `SEGAN.compile(...)`. A weight is at least 0; null: what the variant has.

    Args:
        objective: What the discriminator and the generator play.
        critic_steps: Discriminator updates for each of the generator; null: the objective's.
        adversarial_weight: Of the objective's generator term.
        feature_matching_weight: Of the distance between discriminator features.
        snr_weight: Of the negative signal-to-noise ratio, per decibel.
        magnitude_l1_weight: Of the distance between magnitude spectra.
        waveform_l1_weight: Of mean |x - y|.
        waveform_l2_weight: Of mean (x - y)^2.
        time_frequency_l1_weight: Of the L1 of real part, imaginary part and magnitude.
        time_frequency_l2_weight: Of the squared L2 of the same.
        multi_resolution_stft_weight: Of the multi-resolution STFT distance.
        compressed_spectral_weight: Of the distance between spectra compressed by 0.3.
        stoi_weight: Of 1 minus the short-time intelligibility.
    """

    objective: Objective = "lsgan"
    critic_steps: int | None = None
    adversarial_weight: float | None = None
    feature_matching_weight: float | None = None
    snr_weight: float | None = None
    magnitude_l1_weight: float | None = None
    waveform_l1_weight: float | None = None
    waveform_l2_weight: float | None = None
    time_frequency_l1_weight: float | None = None
    time_frequency_l2_weight: float | None = None
    multi_resolution_stft_weight: float | None = None
    compressed_spectral_weight: float | None = None
    stoi_weight: float | None = None

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if self.critic_steps is not None:
            check_at_least(1, critic_steps=self.critic_steps)
        check_at_least(0, **{key: value for key, value in self.weights().items() if value})

    def weights(self) -> dict[str, float | None]:
        """Return the weights by key."""
        return {key: value for key, value in vars(self).items() if key.endswith("_weight")}
