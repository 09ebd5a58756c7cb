"""Checkpoints of the original SEGAN, TensorFlow 1 code of its authors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.importers.tf1_checkpoint import find_tf1_checkpoint, read_tf1_checkpoint
from tfgan_audio.importers.transfer import Places, reshaped, transfer
from tfgan_audio.models.segan import SEGAN

# Optimizer state, a latent for pictures and three settings, which have no place in a model.
_IGNORED = re.compile(
    r"(.*/(RMSProp|RMSProp_1|Adam|Adam_1)|g_ae/z/z|Variable(_\d+)?|beta[12]_power|global_step)$"
)
_BASIS = "the other variables"
_STRIDE = 2


def import_model(
    path: Path,
    sample_rate_hz: int = 16000,
    pre_emphasis: float = 0.95,
    slice_samples: int | None = None,
) -> SEGAN:
    """Import a checkpoint, which tells what its networks are made of by its variables.

    Args:
        path: Prefix, file or folder.
        sample_rate_hz: Rate of the recordings it was trained on.
        pre_emphasis: Coefficient it was trained with; 0 for none. No file tells it.
        slice_samples: Window it was trained on; None takes what the files tell, or 16384.

    Returns:
        A compiled model of variant "segan"; its discriminator's weights are drawn ones where the
        checkpoint has none.

    Raises:
        InputError: No such checkpoint, another network's, or a damaged one.
    """
    prefix = find_tf1_checkpoint(path)
    everything = read_tf1_checkpoint(prefix)
    arrays = {name: array for name, array in everything.items() if not _IGNORED.match(name)}
    if "g_ae/enc_0/W" not in arrays:
        raise InputError(prefix, "no variable g_ae/enc_0/W", "SEGAN's generator of type ae")
    sizes = _sizes(arrays, prefix)
    sizes["slice_samples"] = slice_samples or _slice_samples(everything, sizes)
    model = SEGAN("segan", sample_rate_hz, pre_emphasis=pre_emphasis, **sizes)
    places = generator_places(model.generator)
    if any(name.startswith("d_model/") for name in arrays):
        places |= discriminator_places(model.discriminator)
    transfer(arrays, places, prefix, _BASIS)
    model.compile()
    return model


def generator_places(generator: keras.Model) -> Places:
    """Return where the generator's variables go.

    Args:
        generator: Generator of variant "segan".
    """
    places: Places = {}
    for layer in generator.layers:
        kind, _, rest = layer.name.partition("_")
        short = {"encoder": "enc", "decoder": "dec"}.get(kind)
        if short is None or not layer.weights:
            continue
        if rest.endswith("_activation"):
            index = rest.removesuffix("_activation")
            alpha = layer.weights[0]
            places[f"g_ae/{short}_prelu_{index}/alpha"] = reshaped(alpha, alpha.shape[-1])
        else:
            places |= _convolution(layer, f"g_ae/{short}_{rest}")
    return places


def discriminator_places(discriminator: keras.Model) -> Places:
    """Return where the discriminator's variables go.

    Args:
        discriminator: Discriminator of variant "segan".
    """
    places: Places = {}
    for layer in discriminator.layers:
        kind, _, index = layer.name.partition("_")
        block = f"d_model/d_block_{index}"
        if kind == "conv":
            places |= _convolution(layer, f"{block}/downconv")
        elif kind == "norm":
            places[f"{block}/d_vbn_{index}/gamma"] = reshaped(layer.gamma)
            places[f"{block}/d_vbn_{index}/beta"] = reshaped(layer.beta)
    places["d_model/logits_conv/W"] = reshaped(discriminator.get_layer("head_0").kernel)
    score = discriminator.get_layer("score")
    places["d_model/fully_connected/weights"] = reshaped(score.kernel)
    places["d_model/fully_connected/biases"] = reshaped(score.bias)
    return places


def _convolution(layer: keras.layers.Layer, name: str) -> Places:
    """Places of a convolution; theirs are two-dimensional, of height 1."""
    taps, *channels = layer.kernel.shape
    places = {f"{name}/W": reshaped(layer.kernel, taps, 1, *channels)}
    return places | ({f"{name}/b": reshaped(layer.bias)} if layer.use_bias else {})


def _sizes(arrays: Mapping[str, np.ndarray], prefix: Path) -> dict[str, Any]:
    """Return what the networks are made of."""
    kernels = _kernels(arrays, "g_ae/enc_{}/W", prefix)
    first_up = arrays.get("g_ae/dec_0/W")
    if first_up is None or first_up.ndim != 4:
        seen = "no variable g_ae/dec_0/W" if first_up is None else "a decoder of type nn_deconv"
        raise InputError(prefix, seen, "a decoder of transposed convolutions, type deconv")
    code_channels = kernels[-1].shape[3]
    sizes = {
        "encoder_channels": [kernel.shape[3] for kernel in kernels],
        "kernel_size": kernels[0].shape[0],
        "latent_channels": max(0, first_up.shape[3] - code_channels),
        "activation": "prelu" if "g_ae/enc_prelu_0/alpha" in arrays else "leaky_relu",
        "encoder_bias": "g_ae/enc_0/b" in arrays,
        "decoder_bias": "g_ae/dec_0/b" in arrays,
    }
    if "d_model/d_block_0/downconv/W" not in arrays:
        return sizes | {"discriminator_channels": sizes["encoder_channels"]}
    kernels = _kernels(arrays, "d_model/d_block_{}/downconv/W", prefix)
    has_norm = "d_model/d_block_0/d_vbn_0/gamma" in arrays
    return sizes | {
        "discriminator_channels": [kernel.shape[3] for kernel in kernels],
        "discriminator_kernel_size": kernels[0].shape[0],
        "discriminator_bias": "d_model/d_block_0/downconv/b" in arrays,
        "discriminator_norm": "virtual_batch" if has_norm else "none",
    }


def _kernels(arrays: Mapping[str, np.ndarray], pattern: str, prefix: Path) -> list[np.ndarray]:
    """Return the kernels of consecutive convolutions."""
    kernels = []
    for index in count():
        name = pattern.format(index)
        if name not in arrays:
            return kernels
        if arrays[name].ndim != 4:
            seen = f"shape {list(arrays[name].shape)}"
            raise InputError(f"{prefix}: {name}", seen, "[taps, 1, channels in, channels out]")
        kernels.append(arrays[name])


def _slice_samples(arrays: Mapping[str, np.ndarray], sizes: Mapping[str, Any]) -> int:
    """Return the window that lengths in the files follow from."""
    if "d_model/fully_connected/weights" in arrays:
        num_frames = len(arrays["d_model/fully_connected/weights"])
        return num_frames * _STRIDE ** len(sizes["discriminator_channels"])
    if "g_ae/z/z" in arrays:
        return arrays["g_ae/z/z"].shape[1] * _STRIDE ** len(sizes["encoder_channels"])
    return 16384
