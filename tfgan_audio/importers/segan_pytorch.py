"""Checkpoints of SEGAN+, PyTorch code of its authors, and the options file beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.importers.segan_pytorch_places import discriminator_places, generator_places
from tfgan_audio.importers.torch_archive import read_torch_archive
from tfgan_audio.importers.transfer import transfer
from tfgan_audio.models.rmsprop import TorchRMSprop
from tfgan_audio.models.segan import SEGAN

OPTIONS = "train.opts"
# What no weights follow from without; all others have the defaults of the training script.
_REQUIRED = ("gkwidth", "genc_fmaps", "genc_poolings")
_DEFAULTS = {
    "gdec_fmaps": None,
    "gdec_kwidth": None,
    "gdec_poolings": None,
    "z_dim": 1024,
    "no_z": False,
    "no_skip": False,
    "bias": True,
    "skip_type": "alpha",
    "skip_merge": "concat",
    "skip_kwidth": 11,
    "slice_size": 16384,
    "preemph": 0.95,
    "denc_fmaps": [64, 128, 256, 512, 1024],
    "denc_poolings": [4, 4, 4, 4, 4],
    "dkwidth": None,
    "dpool_type": "none",
    "dnorm_type": "bnorm",
    "phase_shift": 5,
    "sinc_conv": False,
    "g_lr": 5e-5,
    "d_lr": 5e-5,
    "l1_weight": 100.0,
    "reg_loss": "l1_loss",
}
_SKIPS = {"alpha": "scale", "constant": "constant", "conv": "conv"}
_NORMS = {"bnorm": "batch", "snorm": "spectral", None: "none"}
_HEADS = {"none": "dense", "conv": "conv", "gmax": "max", "gavg": "mean", "mlp": "mlp"}
_REGRESSIONS = {"l1_loss": "waveform_l1", "mse_loss": "waveform_l2"}


def import_model(
    path: Path, sample_rate_hz: int = 16000, options: str | Mapping[str, Any] | None = None
) -> SEGAN:
    """Import a checkpoint and what its options file says about it.

    Args:
        path: Checkpoint of the generator, or folder; of a folder's, the last one saved.
        sample_rate_hz: Rate of the recordings it was trained on.
        options: Options file, or its entries; None takes `train.opts` beside the checkpoint.

    Returns:
        A compiled model of variant "segan_plus" with the learning rates and the weight of the
        options. Its discriminator's weights are drawn ones where there is no file of them.

    Raises:
        InputError: No checkpoint or no options, options that contradict the checkpoint or ask for
            what "segan_plus" does not know, or a damaged file.
    """
    file = _generator_file(path)
    chosen, basis = _read_options(file, options)
    sizes = _sizes(chosen, basis)
    try:
        model = SEGAN("segan_plus", sample_rate_hz, **sizes)
    except InputError as error:
        raise InputError(f"{basis}: {error.name}", error.seen, error.expected) from None
    state = _read_state(file)
    transfer(state, generator_places(model.generator), file, basis)
    judge = file.with_name(
        file.name.replace("EOE_G-", "EOE_D-").replace("Generator", "Discriminator")
    )
    if judge != file and judge.is_file():
        places = discriminator_places(model.discriminator)
        transfer(_read_state(judge), places, judge, basis)
    term = _word(chosen, "reg_loss", _REGRESSIONS, basis)
    weights = {"waveform_l1_weight": 0.0, f"{term}_weight": float(chosen["l1_weight"])}
    model.compile(TorchRMSprop(chosen["g_lr"]), TorchRMSprop(chosen["d_lr"]), **weights)
    return model


def _generator_file(path: Path) -> Path:
    """Return the generator's checkpoint."""
    if path.is_dir():
        return _newest(path)
    if "Discriminator" in path.name:
        raise InputError(path, "a discriminator's checkpoint", "the generator's, or the folder")
    return path


def _newest(folder: Path) -> Path:
    """Return the checkpoint that a folder's index names, or the one of the highest step."""
    for index in (folder / "EOE_G-checkpoints", folder / "Generator-checkpoints"):
        if index.is_file():
            current = _read_json(index).get("current")
            file = folder / f"weights_{current}"
            if not file.is_file():
                raise InputError(index, f"{file.name}, which is not there", "a file beside it")
            return file
    files = list(folder.glob("weights_*Generator*.ckpt"))
    if not files:
        expected = "a file such as weights_EOE_G-Generator-100.ckpt"
        raise InputError(folder, "no generator's checkpoint in it", expected)
    return max(files, key=_step)


def _step(file: Path) -> tuple[int, str]:
    """Order checkpoints by the number that their names end with."""
    number = re.search(r"-(\d+)\.ckpt$", file.name)
    return int(number[1]) if number else -1, file.name


def _read_options(
    file: Path, options: str | Mapping[str, Any] | None
) -> tuple[dict[str, Any], str]:
    """Return all options, and where they are from."""
    if isinstance(options, Mapping):
        read, basis = dict(options), "the options given"
    else:
        source = file.with_name(OPTIONS) if options is None else Path(options)
        if not source.is_file():
            expected = "the options of the training, there or by the hint options"
            raise InputError(source, "no such file", expected)
        read, basis = _read_json(source), str(source)
    for name in _REQUIRED:
        if name not in read:
            raise InputError(basis, f"no entry {name}", "the options of segan_pytorch's train.py")
    return {**_DEFAULTS, **read}, basis


def _read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file of entries by name."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise InputError(path, "another file or a damaged one", "JSON with entries by name")
    return content


def _read_state(path: Path) -> dict[str, np.ndarray]:
    """Return the weights of a checkpoint by their present names."""
    content = read_torch_archive(path)
    state = content.get("state_dict", content) if isinstance(content, dict) else None
    if not isinstance(state, dict) or not state:
        raise InputError(path, "no weights", "a checkpoint of segan_pytorch")
    for name, value in state.items():
        if not isinstance(value, np.ndarray):
            raise InputError(path, f"{name}, which is no tensor", "weights by name")
    return {
        _present_name(name): array
        for name, array in state.items()
        if not name.endswith("num_batches_tracked")
    }


def _present_name(name: str) -> str:
    """Return the name that a weight has since encoder and decoder are lists of blocks."""
    name = name.replace("gen_enc.", "enc_blocks.")
    return re.sub(r"^gen_dec\.(\d+)\.(de)?conv\.", r"dec_blocks.\1.deconv.", name).replace(
        "gen_dec.", "dec_blocks."
    )


def _sizes(options: Mapping[str, Any], basis: str) -> dict[str, Any]:
    """Return the keywords of "segan_plus" that options mean."""
    if options["sinc_conv"]:
        raise InputError(f"{basis}: sinc_conv", True, "false: there is no such layer here")
    strides = _counts(options, "genc_poolings", basis)
    skip = "none" if options["no_skip"] else _word(options, "skip_type", _SKIPS, basis)
    channels = _counts(options, "genc_fmaps", basis)
    latent_channels = channels[-1] if options["z_dim"] is None else options["z_dim"]
    return {
        "slice_samples": options["slice_size"],
        "encoder_channels": channels,
        "strides": strides,
        "kernel_size": options["gkwidth"],
        "latent_channels": 0 if options["no_z"] else latent_channels,
        "pre_emphasis": options["preemph"],
        "decoder_channels": _counts(options, "gdec_fmaps", basis),
        # Theirs are not turned round, whatever the help of the option says.
        "decoder_strides": _counts(options, "gdec_poolings", basis) or strides,
        "decoder_kernel_size": options["gdec_kwidth"],
        "use_bias": bool(options["bias"]),
        "skip": skip,
        "skip_merge": options["skip_merge"],
        "skip_kernel_size": options["skip_kwidth"],
        "discriminator_channels": _counts(options, "denc_fmaps", basis),
        "discriminator_strides": _counts(options, "denc_poolings", basis),
        "discriminator_kernel_size": options["dkwidth"],
        "discriminator_norm": _word(options, "dnorm_type", _NORMS, basis),
        "discriminator_head": _word(options, "dpool_type", _HEADS, basis),
        "max_shift_samples": options["phase_shift"] or 0,
    }


def _counts(options: Mapping[str, Any], name: str, basis: str) -> list[int] | None:
    """Return a list of whole numbers, or None where the option is null and may be."""
    value = options[name]
    if value is None and _DEFAULTS.get(name, ()) is None:
        return None
    if not isinstance(value, list) or not all(type(number) is int for number in value):
        raise InputError(f"{basis}: {name}", value, "a list of whole numbers")
    return value


def _word(options: Mapping[str, Any], name: str, words: Mapping[Any, str], basis: str) -> str:
    """Return our word for theirs."""
    value = options[name]
    if value not in words:
        known = ", ".join(str(word) for word in words)
        raise InputError(f"{basis}: {name}", value, f"one of {known}")
    return words[value]
