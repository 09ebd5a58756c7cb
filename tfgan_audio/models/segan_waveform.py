"""The networks of SEGAN and SEGAN+: an encoder and decoder of waveforms, and their judge."""

from __future__ import annotations

from typing import TypeAlias

import keras

from tfgan_audio.errors import InputError
from tfgan_audio.layers.batch_norm import UnbiasedBatchNorm
from tfgan_audio.layers.channel_scale import ChannelScale
from tfgan_audio.layers.circular_shift import CircularShift
from tfgan_audio.layers.reflection_padding import ReflectionPadding1D
from tfgan_audio.layers.spectral_norm import SpectralNorm
from tfgan_audio.layers.virtual_batch_norm import VirtualBatchNorm
from tfgan_audio.models.segan_sizes import SEGANPlusSizes, SEGANSizes

Sizes: TypeAlias = SEGANSizes | SEGANPlusSizes
_LEAK = 0.3
_HEAD_ALPHA = 0.25


def build_waveform_generator(sizes: Sizes) -> keras.Model:
    """Build the encoder and decoder.

    Strided convolutions bring a window down to a code; beside it stands the latent. Transposed
    convolutions lead back, each but the first joined by the encoder's output of its length, taken
    before its activation.

    Args:
        sizes: What it is made of.

    Shape:
        noisy [B, T, 1] of `slice_samples`, and latent [B, F, `latent_channels`] where there is one,
        F frames of code -> [B, T, 1] in (-1, 1). All signals are pre-emphasised.

    Raises:
        InputError: Lengths that do not fit: the decoder does not lead back to the window.
    """
    noisy = keras.Input([sizes.slice_samples, 1], name="noisy")
    hidden, outputs = noisy, []
    for index, (channels, stride) in enumerate(sizes.encoder_layers()):
        name = f"encoder_{index}"
        output = _down(sizes, channels, stride, name, sizes.kernel_size, sizes.encoder_bias)(hidden)
        outputs.append(output)
        hidden = _activation(sizes.activation, f"{name}_activation")(output)
    inputs = noisy
    if sizes.latent_channels:
        latent = keras.Input([hidden.shape[1], sizes.latent_channels], name="latent")
        inputs = [noisy, latent]
        hidden = keras.layers.Concatenate(name="code")([latent, hidden])
    layers = sizes.decoder_layers()
    for index, (channels, stride) in enumerate(layers):
        level = len(outputs) - 1 - index
        if index and level >= 0 and stride > 1 and sizes.skip != "none":
            hidden = _join(sizes, hidden, outputs[level], level)
        hidden = _up(sizes, channels, stride, index)(hidden)
        if index == len(layers) - 1 and (stride > 1 or not sizes.reflect):
            hidden = keras.layers.Activation("tanh", name="tanh", dtype="float32")(hidden)
        else:
            hidden = _activation(sizes.activation, f"decoder_{index}_activation")(hidden)
    if hidden.shape[1:] != noisy.shape[1:]:
        seen = f"a decoder to {hidden.shape[1]} samples and {hidden.shape[2]} channels"
        raise InputError("slice_samples", seen, f"{sizes.slice_samples} samples and 1 channel")
    return keras.Model(inputs, hidden, name="generator")


def build_waveform_discriminator(sizes: Sizes) -> tuple[keras.Model, keras.Model | None]:
    """Build the discriminator of (candidate, noisy) pairs.

    Args:
        sizes: What it is made of.

    Shape:
        [candidate [B, T, 1], noisy [B, T, 1]], both pre-emphasised -> score [B, 1], or scores
        [B, F, 1] of the head "mlp".

    Returns:
        The discriminator, and, where its normalisation knows a reference batch, the same layers as
        a model of [candidate, noisy, real, noisy of real], whose second pair is that reference.
    """
    layers = sizes.discriminator_layers()
    blocks = [_Block(sizes, *layer, index) for index, layer in enumerate(layers)]
    join = keras.layers.Concatenate(name="pair")
    shape = [sizes.slice_samples, 1]
    names = ("candidate", "noisy", "real", "noisy_of_real")
    candidate, noisy, real, noisy_of_real = (keras.Input(shape, name=name) for name in names)
    hidden = join([candidate, noisy])
    for block in blocks:
        hidden, _ = block(hidden)
    head = _head(sizes, hidden.shape[-1])
    score = _through(head, hidden)
    discriminator = keras.Model([candidate, noisy], score, name="discriminator")
    if sizes.discriminator_norm != "virtual_batch":
        return discriminator, None
    hidden, reference = join([candidate, noisy]), join([real, noisy_of_real])
    for block in blocks:
        hidden, reference = block(hidden, reference)
    score = _through(head, hidden)
    return discriminator, keras.Model([candidate, noisy, real, noisy_of_real], score)


class _Block:
    """One layer of the discriminator: shift, convolution, normalisation, activation."""

    def __init__(self, sizes: Sizes, channels: int, stride: int, index: int) -> None:
        taps = sizes.discriminator_kernel_size or sizes.kernel_size
        convolution = _down(
            sizes, channels, stride, f"conv_{index}", taps, sizes.discriminator_bias
        )
        self.before, self.norm = [], None
        if sizes.max_shift_samples:
            self.before.append(CircularShift(sizes.max_shift_samples, index, name=f"shift_{index}"))
        if sizes.discriminator_norm == "spectral":
            *padding, convolution = convolution.parts
            self.before += [*padding, SpectralNorm(convolution, name=f"conv_{index}")]
        else:
            self.before += convolution.parts
        if sizes.discriminator_norm == "virtual_batch":
            self.norm = VirtualBatchNorm(name=f"norm_{index}")
        elif sizes.discriminator_norm == "batch":
            self.norm = UnbiasedBatchNorm(name=f"norm_{index}")
        self.activation = _activation(sizes.discriminator_activation, f"activation_{index}")

    def __call__(self, hidden, reference=None):
        """Apply the layers, to the reference too where there is one."""
        hidden = _through(self.before, hidden)
        if reference is None:
            hidden = hidden if self.norm is None else self.norm(hidden)
            return self.activation(hidden), None
        reference = _through(self.before, reference)
        hidden = self.norm(hidden, reference)
        return self.activation(hidden), self.activation(self.norm(reference))


class _Chain:
    """Layers one after the other."""

    def __init__(self, *parts: keras.layers.Layer) -> None:
        self.parts = list(parts)

    def __call__(self, hidden):
        """Apply them."""
        return _through(self.parts, hidden)


def _through(layers: list[keras.layers.Layer], hidden):
    """Apply layers one after the other."""
    for layer in layers:
        hidden = layer(hidden)
    return hidden


def _down(sizes: Sizes, channels: int, stride: int, name: str, taps: int, use_bias: bool) -> _Chain:
    """A strided convolution after its padding."""
    normal = (
        keras.initializers.RandomNormal if sizes.reflect else keras.initializers.TruncatedNormal
    )
    convolution = keras.layers.Conv1D(
        channels,
        taps,
        strides=stride,
        padding="valid" if sizes.reflect else "same",
        use_bias=use_bias,
        kernel_initializer=normal(stddev=0.02),
        name=name,
    )
    if not sizes.reflect:
        return _Chain(convolution)
    # One sample less before a strided layer: it has as many outputs as strides fit in.
    left, right = taps // 2 - (stride > 1), taps // 2
    return _Chain(ReflectionPadding1D(left, right, name=f"padding_{name}"), convolution)


def _up(sizes: Sizes, channels: int, stride: int, index: int):
    """A transposed convolution, or a plain one where nothing is to be lengthened."""
    name, taps = f"decoder_{index}", sizes.decoder_kernel_size or sizes.kernel_size
    if stride == 1:
        return _down(sizes, channels, 1, name, taps, sizes.encoder_bias)
    kernel_initializer = keras.initializers.TruncatedNormal(stddev=0.02)
    bias_initializer = "zeros"
    if sizes.reflect:
        kernel_initializer = keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")
        limit = (channels * taps) ** -0.5
        bias_initializer = keras.initializers.RandomUniform(-limit, limit)
    return keras.layers.Conv1DTranspose(
        channels,
        taps,
        strides=stride,
        padding="same",
        use_bias=sizes.decoder_bias,
        kernel_initializer=kernel_initializer,
        bias_initializer=bias_initializer,
        name=name,
    )


def _join(sizes: Sizes, hidden, output, level: int):
    """Join the decoder's signal with the encoder's output of the same length."""
    name = f"skip_{level}"
    if sizes.skip in ("scale", "constant"):
        output = ChannelScale(name=name, trainable=sizes.skip == "scale")(output)
    elif sizes.skip == "conv":
        normal = keras.initializers.RandomNormal(stddev=0.02)
        output = keras.layers.Conv1D(
            output.shape[-1],
            sizes.skip_kernel_size,
            padding="same",
            use_bias=sizes.use_bias,
            kernel_initializer=normal,
            name=name,
        )(output)
    if hidden.shape[1] != output.shape[1]:
        seen = f"{hidden.shape[1]} samples beside an encoder layer of {output.shape[1]}"
        raise InputError("decoder", seen, "strides that lead back through the encoder's lengths")
    if sizes.skip_merge == "concat":
        return keras.layers.Concatenate(name=f"join_{level}")([hidden, output])
    if hidden.shape[2] != output.shape[2]:
        seen = f"{hidden.shape[2]} channels to be added to {output.shape[2]}"
        raise InputError("decoder_channels", seen, "the encoder's, for skip_merge sum")
    return keras.layers.Add(name=f"join_{level}")([hidden, output])


def _activation(kind: str, name: str) -> keras.layers.Layer:
    """One slope below zero for each channel, learned from 0 on, or a fixed one."""
    if kind == "leaky_relu":
        return keras.layers.LeakyReLU(_LEAK, name=name)
    return keras.layers.PReLU(shared_axes=[1], name=name)


def _head(sizes: Sizes, num_channels: int) -> list[keras.layers.Layer]:
    """Layers from the last feature map to the score."""
    layers, kind = keras.layers, sizes.discriminator_head
    slope = {"alpha_initializer": keras.initializers.Constant(_HEAD_ALPHA)}
    last = {"name": "score", "dtype": "float32"}
    normal = {"kernel_initializer": keras.initializers.TruncatedNormal(stddev=0.02)}
    if kind == "mlp":
        head = [
            layers.Conv1D(num_channels, 1, name="head_0", **normal),
            layers.PReLU(shared_axes=[1], name="head_1", **slope),
            layers.Conv1D(1, 1, **last, **normal),
        ]
        normalised = (0, 1)
    elif kind == "dense":
        head = [
            layers.Flatten(name="flatten"),
            layers.Dense(256, name="head_0"),
            layers.PReLU(name="head_1", **slope),
            layers.Dense(128, name="head_2"),
            layers.PReLU(name="head_3", **slope),
            layers.Dense(1, **last),
        ]
        normalised = (1, 3, 4)
    elif kind == "conv":
        head = [
            layers.Conv1D(1, 1, use_bias=sizes.head_bias, name="head_0", **normal),
            layers.Flatten(name="flatten"),
            layers.Dense(1, **last),
        ]
        normalised = (0, 2)
    else:
        pool = layers.GlobalMaxPooling1D if kind == "max" else layers.GlobalAveragePooling1D
        head = [pool(name="pool"), layers.Dense(1, **last)]
        normalised = (1,)
    if sizes.discriminator_norm != "spectral":
        return head
    return [
        SpectralNorm(layer, name=layer.name, dtype=layer.dtype_policy)
        if index in normalised
        else layer
        for index, layer in enumerate(head)
    ]
