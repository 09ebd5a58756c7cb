"""Where the weights of MelGAN's networks go, by the names that PyTorch code bases give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.importers.transfer import Place, Places, reshaped, transfer
from tfgan_audio.models.melgan import MelGAN
from tfgan_audio.models.melgan_sizes import MelGANSizes

State = dict[str, np.ndarray]


@dataclass(frozen=True)
class BlockNames:
    """What a code base calls the convolutions of a residual block.

    Args:
        dilated: The one with a dilation.
        mix: The one of one tap behind it.
        shortcut: The one of one tap beside both.
    """

    dilated: str
    mix: str
    shortcut: str


def read_state(content: Any, path: Path, what: str) -> State:
    """Return the weights of a network, weight normalisation written in its older way.

    Three ways are known: `weight_g` and `weight_v`, the `parametrizations` of newer PyTorch, and
    plain weights, which become their own directions with their norms as gains.

    Args:
        content: Tensors by name, as they were saved.
        path: Their file, for messages.
        what: The network and its code base, for messages.

    Returns:
        Arrays whose names end in `weight_g`, `weight_v` and `bias`.

    Raises:
        InputError: Anything but tensors by name.
    """
    if not isinstance(content, dict) or not content:
        raise InputError(path, "no tensors by name", what)
    state: State = {}
    for name, array in content.items():
        if not isinstance(array, np.ndarray):
            raise InputError(path, f"{name}, which is no tensor", what)
        name = name.removeprefix("module.").replace("parametrizations.weight.original0", "weight_g")
        name = name.replace("parametrizations.weight.original1", "weight_v")
        if name.endswith(".weight") and array.ndim > 1:
            state |= split_norm(name, array)
        else:
            state[name] = array
    return state


def split_norm(name: str, kernel: np.ndarray) -> State:
    """Return the gain and the direction of a plain kernel, in PyTorch's layout.

    Args:
        name: Its name, which ends in `weight`.
        kernel: Values; the norm is that over all axes but the first.
    """
    inner = tuple(range(1, kernel.ndim))
    norm = np.sqrt(np.sum(np.square(kernel, dtype=np.float64), inner, keepdims=True))
    direction = np.where(norm > 0.0, kernel, 1.0)  # a kernel of zeros has none
    return {f"{name}_g": norm.astype(np.float32), f"{name}_v": direction.astype(np.float32)}


def sequence_names(sizes: MelGANSizes, prefix: str, block: BlockNames) -> dict[str, str]:
    """Return what the generator's layers are called where it is one sequence of layers.

    Args:
        sizes: What the generator is made of.
        prefix: Name of the sequence.
        block: Names inside its residual blocks.

    Returns:
        Their name for each of ours.
    """
    # A causal convolution has its padding inside, others have it before them.
    conv, deconv, first = (".conv", ".deconv", 0) if sizes.causal else ("", "", 1)
    names = {"first": f"{prefix}.{first}{conv}"}
    position = first
    for i in range(len(sizes.upsample_factors)):
        position += 2
        names[f"upsample_{i}"] = f"{prefix}.{position}{deconv}"
        for j in range(sizes.residual_layers):
            position += 1
            for part, theirs in asdict(block).items():
                names[f"residual_{i}_{j}_{part}"] = f"{prefix}.{position}.{theirs}"
    return {**names, "last": f"{prefix}.{position + 2 + first}{conv}"}


def generator_places(model: MelGAN, names: Mapping[str, str]) -> Places:
    """Return where the generator's variables go.

    Args:
        model: The model.
        names: Foreign name of each layer by ours.
    """
    places: Places = {}
    for ours, theirs in names.items():
        places |= _normed(model.sub_band_generator.get_layer(ours), theirs)
    return places


def discriminator_places(model: MelGAN, prefix: str) -> Places:
    """Return where the variables of the discriminators of waveforms go.

    Args:
        model: The model.
        prefix: Name of a layer, with `{scale}` and `{layer}` in it.
    """
    sizes, layer = model.sizes, model.discriminator.get_layer
    places: Places = {}
    last = len(sizes.discriminator_strides) + 2
    for scale in range(sizes.num_scales):
        for index in range(last + 1):
            # The first is padded before, all but the last are activated behind.
            inner = ".1" if index == 0 else ".0" if index < last else ""
            theirs = prefix.format(scale=scale, layer=index) + inner
            places |= _normed(layer(f"scale_{scale}_layer_{index}"), theirs)
    return places


def assign(state: Mapping[str, np.ndarray], places: Places, path: Path, basis: str) -> None:
    """Put weights in their places; networks without any bias get biases of 0.

    Args:
        state: Weights by name.
        places: Places by the same names.
        path: Checkpoint they are from, for messages.
        basis: What the places follow from.

    Raises:
        InputError: A weight is missing, without a place, of another shape or not finite.
    """
    if not any(name.endswith(".bias") for name in state):
        biases = {name: place for name, place in places.items() if name.endswith(".bias")}
        zeros = {name: np.zeros(place.shape, np.float32) for name, place in biases.items()}
        state = {**state, **zeros}
    transfer(state, places, path, basis)


def _normed(layer: keras.layers.Layer, name: str) -> Places:
    """Places of a convolution with weight normalisation; PyTorch has the taps last."""
    shape = tuple(reversed(layer.direction.shape))
    direction = Place(layer.direction, shape, lambda array: array.transpose(2, 1, 0))
    return {
        f"{name}.weight_v": direction,
        f"{name}.weight_g": reshaped(layer.gain, shape[0], 1, 1),
        f"{name}.bias": reshaped(layer.bias),
    }
