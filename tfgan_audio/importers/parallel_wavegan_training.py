"""How ParallelWaveGAN trains MelGAN: losses, their weights and optimizers, out of its files."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras

from tfgan_audio.errors import InputError
from tfgan_audio.importers.options import Options
from tfgan_audio.losses.spectral import FULL_BAND_RESOLUTIONS, SUB_BAND_RESOLUTIONS
from tfgan_audio.models.melgan import MelGAN

_OBJECTIVES = {"mse": "lsgan", "hinge": "hinge"}
_NETWORKS = ("generator", "discriminator")
# Entries that ask for nothing where they have this value or are not there.
_IDLE = {"trim_silence": False, "global_gain_scale": 1.0}
_IDLE_OF_ADAM = {"eps": 1e-8, "weight_decay": 0.0, "amsgrad": False}
_RESOLUTIONS = {
    "stft_loss_params": FULL_BAND_RESOLUTIONS,
    "subband_stft_loss_params": SUB_BAND_RESOLUTIONS,
}

log = logging.getLogger(__name__)


def compile_as_trained(
    model: MelGAN, content: Mapping[str, Any], options: Options, file: Path
) -> None:
    """Set the losses of a configuration, and optimizers that stand where a checkpoint's stood.

    Args:
        model: The model.
        content: What the checkpoint holds.
        options: The configuration.
        file: The checkpoint, for messages.

    Raises:
        InputError: Entries that are no such numbers, or ask for losses that are not known here.
    """
    model.compile(
        _optimizer(content, options, "generator", file),
        _optimizer(content, options, "discriminator", file),
        **_game(options, model),
        adversarial_start_step=_steps_before_the_game(content, options, file),
    )


def entries_of(options: Options) -> dict[str, Any]:
    """Return what a configuration says of batches and of the recordings' level.

    Args:
        options: The configuration. What it asks for and no key here can say is warned of.

    Returns:
        Value by dotted key of our configurations.

    Raises:
        InputError: Entries that are no such numbers.
    """
    entries: dict[str, Any] = {"data.normalize": "none", "data.gain": [1.0, 1.0]}
    if "batch_max_steps" in options.entries:
        hop_samples = options.whole("hop_size")
        num_frames = max(1, options.whole("batch_max_steps") // hop_samples)
        entries["data.segment_samples"] = num_frames * hop_samples
    if "batch_size" in options.entries:
        entries["train.batch_size"] = options.whole("batch_size")
    if lost := list(_lost(options)):
        log.warning(
            "%s: without a key here, so a run does without: %s", options.basis, ", ".join(lost)
        )
    return entries


def _lost(options: Options) -> Iterator[str]:
    """Name what a configuration asks for and no key here can say."""
    for network in _NETWORKS:
        kind = options.entries.get(f"{network}_optimizer_type", "RAdam")
        if kind != "Adam":
            yield f"{network}_optimizer_type {kind}"
        params = options.part(f"{network}_optimizer_params")
        yield from _set_otherwise(params, _IDLE_OF_ADAM, f"{network}_optimizer_params.")
        if options.number(f"{network}_grad_norm", -1.0) > 0.0:
            yield f"{network}_grad_norm {options.entries[f'{network}_grad_norm']}"
        yield from _set_otherwise(options, {f"{network}_scheduler_type": None})
    yield from _set_otherwise(options, _IDLE)
    for name, resolutions in _RESOLUTIONS.items():
        lists = zip(
            *((one.fft_samples, one.hop_samples, one.window_samples) for one in resolutions)
        )
        usual = dict(zip(("fft_sizes", "hop_sizes", "win_lengths"), map(list, lists)))
        yield from _set_otherwise(options.part(name), usual, f"{name}.")


def _set_otherwise(options: Options, idle: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Name entries that are there and have another value."""
    for name, value in idle.items():
        if (seen := options.entries.get(name, value)) != value:
            yield f"{prefix}{name} {seen}"


def _game(options: Options, model: MelGAN) -> dict[str, Any]:
    """Return the objective and the weights of the generator's terms."""
    adversarial = options.part("generator_adv_loss_params")
    loss = adversarial.entries.get("loss_type", "mse")
    if loss not in _OBJECTIVES:
        raise InputError(f"{adversarial.basis}: loss_type", loss, " or ".join(_OBJECTIVES))
    matching = options.part("feat_match_loss_params")
    matching.check(include_final_outputs=False)
    num_scales, num_maps = model.sizes.num_scales, len(model.sizes.discriminator_strides) + 2
    auxiliary, weight = options.number("lambda_aux", 1.0), options.number("lambda_adv", 1.0)
    # Ours adds up over scales, theirs takes the mean unless told otherwise; of maps ours is a mean.
    is_mean = adversarial.flag("average_by_discriminators", True)
    weights = {"adversarial": weight / num_scales if is_mean else weight, "feature_matching": 0.0}
    if options.flag("use_feat_match_loss", False):
        weight *= options.number("lambda_feat_match", 1.0)
        weight *= 1 if matching.flag("average_by_layers", True) else num_maps
        weight *= 1 if matching.flag("average_by_discriminators", True) else num_scales
        weights["feature_matching"] = weight
    is_split = options.flag("use_subband_stft_loss", False)
    if options.flag("use_stft_loss", True):
        weights["multi_resolution_stft"] = auxiliary * (0.5 if is_split else 1.0)
    if is_split:
        weights["sub_band_stft"] = auxiliary * 0.5
    if options.flag("use_mel_loss", False):
        weights["mel_l1"] = auxiliary
    named = {f"{name}_weight": weight for name, weight in weights.items()}
    return {"objective": _OBJECTIVES[loss], **named}


def _optimizer(
    content: Mapping[str, Any], options: Options, network: str, file: Path
) -> keras.optimizers.Optimizer:
    """Return Adam as a network's optimizer stood, or as the configuration starts it."""
    state = Options(str(file), content).part("optimizer").part(network)
    groups = state.entries.get("param_groups")
    if isinstance(groups, list) and groups and isinstance(groups[0], dict):
        state = Options(state.basis, groups[0])
    else:
        state = options.part(f"{network}_optimizer_params")
    betas = state.entries.get("betas", (0.9, 0.999))
    if not isinstance(betas, list | tuple) or len(betas) != 2:
        raise InputError(f"{state.basis}: betas", betas, "two numbers")
    first, second = (Options(f"{state.basis}: betas", {"": beta}).number("") for beta in betas)
    norm = options.number(f"{network}_grad_norm", -1.0)
    return keras.optimizers.Adam(
        state.number("lr", 1e-4),
        first,
        second,
        state.number("eps", 1e-8),
        amsgrad=state.flag("amsgrad", False),
        global_clipnorm=norm if norm > 0.0 else None,
    )


def _steps_before_the_game(content: Mapping[str, Any], options: Options, file: Path) -> int:
    """Return how many steps the generator was still to learn without discriminators."""
    done = Options(str(file), content).whole("steps", 0)
    return max(0, options.whole("discriminator_train_start_steps", 0) - done)
