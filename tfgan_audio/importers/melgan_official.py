"""Checkpoints of MelGAN, PyTorch code of its authors, and the file `args.yml` beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.importers.melgan_places import (
    BlockNames,
    State,
    assign,
    discriminator_places,
    generator_places,
    read_state,
    sequence_names,
)
from tfgan_audio.importers.options import Options
from tfgan_audio.importers.torch_archive import read_torch_archive
from tfgan_audio.models.melgan import MelGAN

OPTIONS = "args.yml"
_FILES = ("best_netG.pt", "netG.pt")
_BLOCK = BlockNames("block.2", "block.4", "shortcut")
_LAYER = "model.disc_{scale}.model.layer_{layer}"
_GENERATOR = "the weights of the official MelGAN's generator"
_DISCRIMINATOR = "the weights of the official MelGAN's discriminators"
_BASIS = "the other weights"


def import_model(
    path: Path, features: str | Mapping[str, Any] | MelFeatures | None = None
) -> MelGAN:
    """Import a checkpoint, which tells what its networks are made of by its weights.

    The optimizers start anew, with the paper's settings.

    Args:
        path: Checkpoint of the generator, or folder, of which `best_netG.pt` is taken, else
            `netG.pt`. The discriminators are in the file of the same name with D for G, the weight
            of feature matching in `args.yml`; neither has to be there.
        features: The mels it was trained on, a preset's name or all fields; None takes the
            preset "melgan_official" with as many mels and as long a hop as the weights tell.

    Returns:
        A compiled model. Its discriminators' weights are drawn ones where there is no file of them.

    Raises:
        InputError: No such checkpoint, another network's, a damaged one, or options or features
            that contradict it.
    """
    file = _generator_file(path)
    state = read_state(read_torch_archive(file), file, _GENERATOR)
    sizes, num_mels = _generator_sizes(state, file)
    options = _options(file)
    judge = file.with_name(file.name.replace("netG", "netD"))
    judged = judge != file and judge.is_file()
    judge_state = read_state(read_torch_archive(judge), judge, _DISCRIMINATOR) if judged else {}
    sizes |= _discriminator_sizes(judge_state, judge) if judged else {}
    _check_options(options, sizes, num_mels, file)
    if features is None:
        features = _features(sizes, num_mels, file)
    try:
        model = MelGAN(features, **sizes)
    except InputError as error:
        raise InputError(f"{file}: {error.name}", error.seen, error.expected) from None
    names = sequence_names(model.sizes, "model", _BLOCK)
    assign(state, generator_places(model, names), file, _BASIS)
    if judged:
        assign(judge_state, discriminator_places(model, _LAYER), judge, _BASIS)
    num_maps = len(model.sizes.discriminator_strides) + 2
    # Theirs adds the maps up and divides by a number of its own, ours takes the mean.
    weight = options.number("lambda_feat", 10.0) * num_maps * 4.0 / (num_maps - 1)
    model.compile(feature_matching_weight=weight)
    return model


def recipe(path: Path, hints: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `args.yml` says of the batches; all else is as our configurations have it.

    Args:
        path: As for `import_model`.
        hints: Its other arguments.

    Raises:
        InputError: Entries that are no such numbers.
    """
    options, entries = _options(_generator_file(path)), {}
    if "batch_size" in options.entries:
        entries["train.batch_size"] = options.whole("batch_size")
    if "seq_len" in options.entries:
        entries["data.segment_samples"] = options.whole("seq_len")
    return entries


def _generator_file(path: Path) -> Path:
    """Return the generator's checkpoint."""
    if "netD" in path.name and path.is_file():
        raise InputError(path, "a discriminator's checkpoint", "the generator's, or the folder")
    if not path.is_dir():
        return path
    found = [path / name for name in _FILES if (path / name).is_file()]
    if not found:
        raise InputError(path, "no generator's checkpoint in it", " or ".join(_FILES))
    return found[0]


def _features(sizes: dict[str, Any], num_mels: int, file: Path) -> MelFeatures:
    """Return the mels of the official code, with the hop and the number that the weights tell."""
    hop_samples = math.prod(sizes["upsample_factors"])
    try:
        return MelFeatures.preset("melgan_official", num_mels=num_mels, hop_samples=hop_samples)
    except InputError as error:
        expected = f"{error.expected}; or the hint features"
        raise InputError(f"{file}: {error.name}", error.seen, expected) from None


def _options(file: Path) -> Options:
    """Return the options beside a checkpoint, none where there is no file of them."""
    path = file.with_name(OPTIONS)
    return Options.given(path) if path.is_file() else Options(str(path), {})


def _check_options(options: Options, sizes: dict[str, Any], num_mels: int, file: Path) -> None:
    """Refuse options that differ from what the weights tell."""
    known = {
        "n_mel_channels": num_mels,
        "ngf": sizes["base_channels"] // 2 ** len(sizes["upsample_factors"]),
        "n_residual_layers": sizes["residual_layers"],
    }
    if "num_scales" in sizes:
        known |= {"num_D": sizes["num_scales"], "ndf": sizes["discriminator_channels"]}
        known["n_layers_D"] = len(sizes["discriminator_strides"])
    for name, value in known.items():
        if options.whole(name, value) != value:
            seen = f"{options.entries[name]}"
            raise InputError(f"{options.basis}: {name}", seen, f"{value} by {file}")


def _generator_sizes(state: State, file: Path) -> tuple[dict[str, Any], int]:
    """Return what the generator is made of, and its number of mels."""
    convs = _indices(state, r"model\.(\d+)\.weight_v")
    blocks = _indices(state, r"model\.(\d+)\.block\.2\.weight_v")
    if len(convs) < 3 or not blocks:
        raise InputError(file, _some_names(state), _GENERATOR)
    first, *ups, _ = (_kernel(state, f"model.{index}", file) for index in convs)
    dilated = _kernel(state, f"model.{blocks[0]}.block.2", file)
    sizes = {
        "base_channels": first.shape[0],
        "upsample_factors": tuple(up.shape[2] // 2 for up in ups),
        "residual_layers": len(blocks) // len(ups),
        "kernel_size": first.shape[2],
        "residual_kernel_size": dilated.shape[2],
    }
    return sizes, first.shape[1]


def _discriminator_sizes(state: State, file: Path) -> dict[str, Any]:
    """Return what the discriminators are made of."""
    scales = _indices(state, r"model\.disc_(\d+)\.model\.layer_0\.1\.weight_v")
    layers = _indices(state, r"model\.disc_0\.model\.layer_(\d+)\..*weight_v")
    if not scales or len(layers) < 4:
        raise InputError(file, _some_names(state), _DISCRIMINATOR)
    name, last = "model.disc_0.model.layer_", len(layers) - 1
    first, score = _kernel(state, f"{name}0.1", file), _kernel(state, f"{name}{last}", file)
    *strided, dense = (_kernel(state, f"{name}{index}.0", file) for index in range(1, last))
    return {
        "num_scales": len(scales),
        "discriminator_channels": first.shape[0],
        "discriminator_max_channels": max(len(kernel) for kernel in (first, *strided, dense)),
        "discriminator_strides": tuple(kernel.shape[2] // 10 for kernel in strided),
        "discriminator_kernel_sizes": (dense.shape[2], score.shape[2]),
    }


def _indices(state: State, pattern: str) -> list[int]:
    """Return the numbers at a place in names, in their order."""
    matches = (re.fullmatch(pattern, name) for name in state)
    return sorted({int(match[1]) for match in matches if match})


def _kernel(state: State, name: str, file: Path) -> np.ndarray:
    """Return the direction of a kernel that there has to be."""
    kernel = state.get(f"{name}.weight_v")
    if kernel is None or kernel.ndim != 3:
        seen = "no such kernel" if kernel is None else f"shape {list(kernel.shape)}"
        raise InputError(f"{file}: {name}.weight_v", seen, "a kernel of 3 axes")
    return kernel


def _some_names(state: State) -> str:
    """Return what there is instead."""
    first = next(iter(state), "nothing")
    return f"weights such as {first}"
