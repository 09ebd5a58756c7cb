"""Checkpoints of the original WaveGAN, TensorFlow 1 code of its authors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.importers.tf1_checkpoint import find_tf1_checkpoint, read_tf1_checkpoint
from tfgan_audio.importers.transfer import Places, reshaped, transfer
from tfgan_audio.models.wavegan import WaveGAN
from tfgan_audio.models.wavegan_networks import FIRST_FRAMES, PUBLISHED_STRIDES
from tfgan_audio.nearest import one_of

# State of optimizers, and moments of the critic that its code never uses.
_IGNORED = re.compile(
    r"(.*/(RMSProp|RMSProp_1|Adam|Adam_1)|beta[12]_power(_1)?|global_step"
    r"|D/.*/moving_(mean|variance))$"
)
_OBJECTIVES = {"wgan-gp": "wgan-gp", "wgan": "wgan", "lsgan": "lsgan", "dcgan": "minimax"}
_CONVOLUTIONS = {"transposed": "conv2d_transpose", "nearest": "conv1d"}
_BASIS = "the other variables"


def import_model(
    path: Path, slice_samples: int | None = None, sample_rate_hz: int | None = None
) -> WaveGAN:
    """Import a checkpoint, which tells what its networks are made of by its variables.

    The file `args.txt` beside it, where there is one, tells the objective, the critic's updates a
    step, its phase shuffle and the sample rate. The optimizers start anew.

    Args:
        path: Prefix, file or folder.
        slice_samples: Length of its sounds, which the variables leave open where there are six
            layers; None takes what `args.txt` tells.
        sample_rate_hz: Rate of its sounds; None takes what `args.txt` tells, or 16000.

    Returns:
        A compiled model; the critic's weights are drawn ones where the checkpoint has none.

    Raises:
        InputError: No such checkpoint, another network's, or a damaged one; a length or an entry of
            `args.txt` that does not fit the variables, or no length where it is open.
    """
    prefix = find_tf1_checkpoint(path)
    arrays = {
        name: array
        for name, array in read_tf1_checkpoint(prefix).items()
        if not _IGNORED.match(name)
    }
    options = _Options.beside(prefix)
    sizes = _sizes(arrays, prefix)
    options.check(sizes)
    model = WaveGAN(
        _slice_samples(slice_samples, options, _num_layers(arrays, prefix), prefix),
        phase_shuffle=options.number("wavegan_disc_phaseshuffle", 2),
        sample_rate_hz=sample_rate_hz or options.number("data_sample_rate", 16000),
        **sizes,
    )
    places = generator_places(model.generator)
    if any(name.startswith("D/") for name in arrays):
        places |= discriminator_places(model.discriminator)
    transfer(arrays, places, prefix, _BASIS)
    critic_steps = options.number("wavegan_disc_nupdates", 5)
    model.compile(objective=options.objective(), critic_steps=critic_steps)
    return model


def generator_places(generator: keras.Model) -> Places:
    """Return where the generator's variables go.

    Args:
        generator: Generator of a WaveGAN without labels.
    """
    places: Places = {}
    for layer in generator.layers:
        kind, _, index = layer.name.partition("_")
        if kind == "project":
            places |= _kernel_and_bias(layer, "G/z_project/dense")
        elif kind == "up" and isinstance(layer, keras.layers.Conv1DTranspose):
            name = f"G/upconv_{index}/conv2d_transpose"
            places |= _kernel_and_bias(layer, name, (1, *layer.kernel.shape))
        elif kind == "up" and layer.weights:
            places |= _kernel_and_bias(layer, f"G/upconv_{index}/conv1d")
        elif kind == "norm":
            before = f"upconv_{int(index) - 1}" if int(index) else "z_project"
            name = f"G/{before}/batch_normalization"
            places |= _gamma_and_beta(layer, name)
            places[f"{name}/moving_mean"] = reshaped(layer.running_mean)
            places[f"{name}/moving_variance"] = reshaped(layer.running_variance)
        elif kind == "postfilter":
            places["G/pp_filt/conv1d/kernel"] = reshaped(layer.kernel)
    return places


def discriminator_places(discriminator: keras.Model) -> Places:
    """Return where the critic's variables go.

    Args:
        discriminator: Critic of a WaveGAN without labels.
    """
    places = _kernel_and_bias(discriminator.get_layer("score"), "D/output/dense")
    for layer in discriminator.layers:
        kind, _, index = layer.name.partition("_")
        if kind == "down":
            places |= _kernel_and_bias(layer, f"D/downconv_{index}/conv1d")
        elif kind == "norm":
            places |= _gamma_and_beta(layer, f"D/downconv_{index}/batch_normalization")
    return places


@dataclass(frozen=True)
class _Options:
    """Entries of the file `args.txt`, as text."""

    path: Path
    entries: Mapping[str, str]

    @classmethod
    def beside(cls, prefix: Path) -> _Options:
        """Read the file, where there is one."""
        path = prefix.with_name("args.txt")
        text = path.read_text(errors="replace") if path.is_file() else ""
        return cls(path, dict(line.split(",", 1) for line in text.splitlines() if "," in line))

    def number(self, name: str, default: int | None) -> int | None:
        """Return a whole number."""
        text = self.entries.get(name, default)
        try:
            return None if text is None else int(text)
        except ValueError:
            raise InputError(f"{self.path}: {name}", text, "a whole number") from None

    def objective(self) -> str:
        """Return the name that the objective has here."""
        loss = self.entries.get("wavegan_loss", "wgan-gp")
        if loss not in _OBJECTIVES:
            raise InputError(f"{self.path}: wavegan_loss", loss, one_of(_OBJECTIVES))
        return _OBJECTIVES[loss]

    def check(self, sizes: Mapping[str, Any]) -> None:
        """Refuse entries that differ from what the variables tell."""
        taps = sizes["postfilter_taps"]
        known = {
            "data_num_channels": sizes["num_channels"],
            "wavegan_latent_dim": sizes["latent_dim"],
            "wavegan_kernel_len": sizes["kernel_size"],
            "wavegan_dim": sizes["base_channels"],
            "wavegan_batchnorm": sizes["batch_norm"],
            "wavegan_genr_upsample": "nn" if sizes["upsampling"] == "nearest" else "zeros",
            "wavegan_genr_pp": taps > 0,
        } | ({"wavegan_genr_pp_len": taps} if taps else {})
        for name, value in known.items():
            entry = self.entries.get(name, str(value))
            if entry != str(value):
                raise InputError(f"{self.path}: {name}", entry, f"{value} by the checkpoint")


def _sizes(arrays: Mapping[str, np.ndarray], prefix: Path) -> dict[str, Any]:
    """Return what the networks are made of, but for the length of sounds."""
    project = _array(arrays, "G/z_project/dense/kernel", 2, prefix)
    num_layers = _num_layers(arrays, prefix)
    upsampling = "nearest" if "G/upconv_0/conv1d/kernel" in arrays else "transposed"
    last = f"G/upconv_{num_layers - 1}/{_CONVOLUTIONS[upsampling]}"
    kernel = _array(arrays, f"{last}/kernel", 3 if upsampling == "nearest" else 4, prefix)
    taps = 0
    if "G/pp_filt/conv1d/kernel" in arrays:
        taps = len(_array(arrays, "G/pp_filt/conv1d/kernel", 3, prefix))
    return {
        "latent_dim": project.shape[0],
        "base_channels": project.shape[1] // (FIRST_FRAMES * 2 ** (num_layers - 1)),
        "kernel_size": kernel.shape[-3],
        "num_channels": len(_array(arrays, f"{last}/bias", 1, prefix)),
        "batch_norm": "G/z_project/batch_normalization/gamma" in arrays,
        "upsampling": upsampling,
        "postfilter_taps": taps,
    }


def _num_layers(arrays: Mapping[str, np.ndarray], prefix: Path) -> int:
    """Return how many layers the generator has behind the first."""
    names = [name.split("/")[1] for name in arrays if name.startswith("G/upconv_")]
    number = sum(1 for _ in takewhile(lambda index: f"upconv_{index}" in names, count()))
    known = sorted({len(strides) for strides in PUBLISHED_STRIDES.values()})
    if number not in known:
        expected = f"{' or '.join(map(str, known))} variables G/upconv_0, G/upconv_1, ..."
        raise InputError(prefix, f"{number} layers of a generator", expected)
    return number


def _slice_samples(hint: int | None, options: _Options, num_layers: int, prefix: Path) -> int:
    """Return the length of sounds, by the hint, the options or the number of layers."""
    possible = [
        length for length, strides in PUBLISHED_STRIDES.items() if len(strides) == num_layers
    ]
    choice = " or ".join(map(str, possible))
    entry = f"{options.path}: data_slice_len"
    told = {"slice_samples": hint, entry: options.number("data_slice_len", None)}
    for name, length in told.items():
        if length is not None and length not in possible:
            raise InputError(name, length, f"{choice} by the checkpoint's {num_layers} layers")
    lengths = {length for length in told.values() if length is not None}
    if len(lengths) == 2:
        raise InputError("slice_samples", hint, f"{told[entry]} as in {options.path}")
    if not lengths and len(possible) > 1:
        expected = f"slice_samples, {choice}, or an args.txt beside it"
        raise InputError(prefix, f"{num_layers} layers and no length of slices", expected)
    return lengths.pop() if lengths else possible[0]


def _array(arrays: Mapping[str, np.ndarray], name: str, num_axes: int, prefix: Path) -> np.ndarray:
    """Return a variable that there has to be."""
    if name not in arrays:
        raise InputError(prefix, f"no variable {name}", "WaveGAN's networks")
    if arrays[name].ndim != num_axes:
        seen = f"shape {list(arrays[name].shape)}"
        raise InputError(f"{prefix}: {name}", seen, f"{num_axes} axes")
    return arrays[name]


def _kernel_and_bias(layer: keras.layers.Layer, name: str, shape: tuple[int, ...] = ()) -> Places:
    """Places of a dense or convolutional layer."""
    return {
        f"{name}/kernel": reshaped(layer.kernel, *shape),
        f"{name}/bias": reshaped(layer.bias),
    }


def _gamma_and_beta(layer: keras.layers.Layer, name: str) -> Places:
    """Places of what a normalisation learns."""
    return {f"{name}/gamma": reshaped(layer.gamma), f"{name}/beta": reshaped(layer.beta)}
