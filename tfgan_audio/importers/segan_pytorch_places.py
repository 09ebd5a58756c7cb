"""Where the weights of SEGAN+ go, by the names that its own code gives them."""

from __future__ import annotations

import keras
import numpy as np

from tfgan_audio.importers.transfer import Place, Places, reshaped
from tfgan_audio.layers.spectral_norm import SpectralNorm


def generator_places(generator: keras.Model) -> Places:
    """Return where the generator's variables go.

    Args:
        generator: Generator of variant "segan_plus".
    """
    places: Places = {}
    for layer in generator.layers:
        kind, _, rest = layer.name.partition("_")
        if kind == "skip":
            places |= _skip(layer, f"alpha_{rest}.skip_k")
        elif kind in ("encoder", "decoder") and layer.weights:
            block = f"{kind[:3]}_blocks.{rest.removesuffix('_activation')}"
            if rest.endswith("_activation"):
                places |= _slopes(layer, f"{block}.act")
            else:
                is_up = isinstance(layer, keras.layers.Conv1DTranspose)
                places |= _linear(layer, f"{block}.{'deconv' if is_up else 'conv'}")
    return places


def discriminator_places(discriminator: keras.Model) -> Places:
    """Return where the discriminator's variables go.

    Args:
        discriminator: Discriminator of variant "segan_plus".
    """
    places: Places = {}
    for layer in discriminator.layers:
        kind, _, index = layer.name.partition("_")
        block = f"enc_blocks.{index}"
        if kind == "conv":
            places |= _linear(layer, f"{block}.conv")
        elif kind == "norm":
            places[f"{block}.norm.weight"] = reshaped(layer.gamma)
            places[f"{block}.norm.bias"] = reshaped(layer.beta)
            places[f"{block}.norm.running_mean"] = reshaped(layer.running_mean)
            places[f"{block}.norm.running_var"] = reshaped(layer.running_variance)
        elif kind == "activation":
            places |= _slopes(layer, f"{block}.act")
    return places | _head(discriminator)


def _head(discriminator: keras.Model) -> Places:
    """Places of what leads from the last feature map to the score."""
    layers = {layer.name: layer for layer in discriminator.layers}
    score = layers["score"]
    if "pool" in layers:
        return _linear(score, "fc")
    if "flatten" not in layers:
        first = _linear(layers["head_0"], "mlp.0")
        return first | _slopes(layers["head_1"], "mlp.1") | _linear(score, "mlp.2")
    if "head_1" not in layers:
        return _linear(layers["head_0"], "pool_conv") | _linear(score, "fc")
    num_frames = layers["flatten"].input.shape[1]
    places = _linear(layers["head_0"], "fc.0", num_frames) | _slopes(layers["head_1"], "fc.1")
    places |= _linear(layers["head_2"], "fc.2") | _slopes(layers["head_3"], "fc.3")
    return places | _linear(score, "fc.4")


def _linear(layer: keras.layers.Layer, name: str, num_frames: int = 1) -> Places:
    """Places of a convolution or a dense layer, whose inputs may be frames of channels."""
    inner = layer.layer if isinstance(layer, SpectralNorm) else layer
    kernel = inner.kernel
    is_dense = len(kernel.shape) == 2
    frames = num_frames if is_dense else kernel.shape[0]
    theirs = tuple(reversed(kernel.shape))

    def convert(array: np.ndarray) -> np.ndarray:
        # Theirs count frames within channels, ours channels within frames.
        return array.reshape(len(array), -1, frames).transpose(2, 1, 0).reshape(kernel.shape)

    places = _weight(layer, name, Place(kernel, theirs, convert), frames)
    return places | ({f"{name}.bias": reshaped(inner.bias)} if inner.use_bias else {})


def _slopes(layer: keras.layers.Layer, name: str) -> Places:
    """Place of the slopes below zero, one for each channel."""
    inner = layer.layer if isinstance(layer, SpectralNorm) else layer
    alpha = inner.trainable_weights[0]
    return _weight(layer, name, reshaped(alpha, alpha.shape[-1]), 1)


def _weight(layer: keras.layers.Layer, name: str, place: Place, frames: int) -> Places:
    """Place of a weight, with the vectors that go with it under spectral normalisation."""
    if not isinstance(layer, SpectralNorm):
        return {f"{name}.weight": place}
    vector = layer.input_vector

    def convert(array: np.ndarray) -> np.ndarray:
        return array.reshape(-1, frames).T.ravel()

    return {
        f"{name}.weight_orig": place,
        f"{name}.weight_u": reshaped(layer.output_vector),
        f"{name}.weight_v": Place(vector, tuple(vector.shape), convert),
    }


def _skip(layer: keras.layers.Layer, name: str) -> Places:
    """Places of what an encoder's output passes on its way to the decoder."""
    if isinstance(layer, keras.layers.Conv1D):
        return _linear(layer, name)
    return {name: reshaped(layer.factor, 1, layer.factor.shape[0], 1)}
