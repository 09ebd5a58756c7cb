"""WaveGAN: sounds from latents, in the time domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import keras

from tfgan_audio.models.sound_gan import SoundGAN
from tfgan_audio.models.wavegan_networks import (
    WaveGANSizes,
    build_discriminator,
    build_generator,
)


@keras.saving.register_keras_serializable(package="tfgan_audio")
class WaveGAN(SoundGAN):
    """Sound generation GAN on waveforms; trained on slices of one length in [-1, 1].

    Args:
        slice_samples: Length of a sound: 16384, 32768, 65536 or, with `strides`, another.
        latent_dim: Width of the latent, which training draws from -1 to 1.
        base_channels: Width of the generator's last inner layer and of the critic's first layer;
            each layer further inside has twice as many.
        kernel_size: Taps of every convolution.
        num_channels: Channels of the sounds.
        num_classes: Number of labels; 0 for none. The generator takes a label beside the latent,
            and the critic adds to its score how well the label fits (projection).
        phase_shuffle: Largest random shift behind the critic's first four layers, in training; 0
            for none.
        batch_norm: Normalise over the batch behind every layer but the generator's last and the
            critic's first. The critic uses the batch's moments at all times.
        upsampling: "transposed" convolutions, or "nearest" frames followed by plain ones.
        postfilter_taps: Length of the learned filter behind the generator; 0 for none.
        strides: Stride of each layer, of both networks in this order; 16 times their product is
            `slice_samples`. None takes the published ones.
        phase_shuffle_per_example: Whether each example has shifts of its own.
        sample_rate_hz: Rate of the sounds, kept for those who write them.
        label_names: Names of the labels in their order, kept with the model.
        **kwargs: `name`, `dtype`, `trainable` as in Keras.

    Shape:
        latent [B, `latent_dim`], or [latent, label [B]], -> waveform [B, T, C].

    Raises:
        InputError: Sizes that do not fit each other.

    Reference:
        Donahue et al. 2018, arXiv:1802.04208, and its code. Differs: labels; the generator's update
        sees the latents of the critic's last one; the filter keeps channels apart.

    Example:
        >>> import tensorflow as tf
        >>> model = WaveGAN(slice_samples=256, strides=(4, 4), base_channels=2)
        >>> model(tf.zeros([1, 100])).shape
        TensorShape([1, 256, 1])
    """

    def __init__(
        self,
        slice_samples: int = 16384,
        latent_dim: int = 100,
        base_channels: int = 64,
        kernel_size: int = 25,
        num_channels: int = 1,
        num_classes: int = 0,
        phase_shuffle: int = 2,
        batch_norm: bool = False,
        upsampling: str = "transposed",
        postfilter_taps: int = 0,
        *,
        strides: Sequence[int] | None = None,
        phase_shuffle_per_example: bool = False,
        sample_rate_hz: int = 16000,
        label_names: Sequence[str] = (),
        **kwargs,
    ) -> None:
        sizes = WaveGANSizes(
            slice_samples=slice_samples,
            latent_dim=latent_dim,
            base_channels=base_channels,
            kernel_size=kernel_size,
            num_channels=num_channels,
            num_classes=num_classes,
            phase_shuffle=phase_shuffle,
            phase_shuffle_per_example=phase_shuffle_per_example,
            batch_norm=batch_norm,
            upsampling=upsampling,
            postfilter_taps=postfilter_taps,
            strides=strides,
        )
        super().__init__(
            build_generator(sizes),
            build_discriminator(sizes),
            slice_samples=slice_samples,
            num_channels=num_channels,
            num_classes=num_classes,
            sample_rate_hz=sample_rate_hz,
            label_names=label_names,
            **kwargs,
        )
        self.sizes = sizes

    def get_config(self) -> dict:
        return {**super().get_config(), **asdict(self.sizes)}
