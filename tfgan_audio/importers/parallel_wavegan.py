"""Checkpoints of MelGAN and multi-band MelGAN by ParallelWaveGAN, with the files beside them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
from tfgan_audio.importers.parallel_wavegan_training import compile_as_trained, entries_of
from tfgan_audio.importers.statistics import Statistics, find_statistics, read_statistics
from tfgan_audio.importers.torch_archive import read_torch_archive
from tfgan_audio.models.melgan import MelGAN

OPTIONS = "config.yml"
_BLOCK = BlockNames("stack.2", "stack.4", "skip_layer")
_CAUSAL_BLOCK = BlockNames("stack.1.conv", "stack.3", "skip_layer")
_LAYER = "discriminators.{scale}.layers.{layer}"
_DISCRIMINATORS = "MelGANMultiScaleDiscriminator"
# What both networks are made of, and only ever so here.
_FIXED = {
    "nonlinear_activation": "LeakyReLU",
    "nonlinear_activation_params": {"negative_slope": 0.2},
    "pad": "ReflectionPad1d",
    "pad_params": {},
}
_POOLING = {
    "downsample_pooling": "AvgPool1d",
    "downsample_pooling_params": {
        "kernel_size": 4,
        "stride": 2,
        "padding": 1,
        "count_include_pad": False,
    },
}
_OLD_CUTOFF, _LAST_OLD_VERSION = 0.15, (0, 4, 2)
_WHAT = "a checkpoint of ParallelWaveGAN's training"

log = logging.getLogger(__name__)


def import_model(
    path: Path,
    config: str | Mapping[str, Any] | None = None,
    stats: str | None = None,
) -> MelGAN:
    """Import a checkpoint, its configuration and the statistics of its mels.

    Losses and their weights are those of the configuration, with the published resolutions; the
    optimizers are Adam, started anew with the settings and the present learning rate of the
    checkpoint's (which RAdam's come down to after some hundred steps).

    Args:
        path: Checkpoint, or folder, of which the one of most steps is taken.
        config: Configuration file, or its entries; None takes `config.yml` beside the checkpoint.
        stats: File of the statistics; None takes `stats.h5` or `stats.npy` beside the checkpoint,
            else what the checkpoint holds. Without any, the model takes mels as they were
            normalised in its training, and says so.

    Returns:
        A compiled model. Discriminators of another kind than MelGAN's are left out, which is
        said, and their place is taken by drawn ones.

    Raises:
        InputError: No such checkpoint or configuration, a damaged one, or a configuration that
            contradicts the checkpoint or asks for what MelGAN does not know here.
    """
    file = _checkpoint_file(path)
    options = _options(file, config)
    content = read_torch_archive(file)
    networks = content.get("model") if isinstance(content, dict) else None
    if not isinstance(networks, dict):
        raise InputError(file, "no networks below model", _WHAT)
    state = read_state(networks.get("generator"), file, _WHAT)
    statistics = _statistics(state, file, stats)
    features = _features(options, statistics, file)
    sizes = _generator_sizes(options, features)
    is_judged = options.entries.get("discriminator_type") == _DISCRIMINATORS
    is_judged = is_judged and bool(networks.get("discriminator"))
    if is_judged:
        sizes |= _discriminator_sizes(options.part("discriminator_params"))
    else:
        log.warning("%s: no %s, so the discriminators are drawn ones", file, _DISCRIMINATORS)
    try:
        model = MelGAN(features, **sizes)
    except InputError as error:
        raise InputError(f"{options.basis}: {error.name}", error.seen, error.expected) from None
    block = _CAUSAL_BLOCK if model.sizes.causal else _BLOCK
    names = sequence_names(model.sizes, "melgan", block)
    assign(state, generator_places(model, names), file, options.basis)
    if is_judged:
        judge = read_state(networks["discriminator"], file, _WHAT)
        assign(judge, discriminator_places(model, _LAYER), file, options.basis)
    compile_as_trained(model, content, options, file)
    return model


def recipe(path: Path, hints: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the configuration says of the training, in one line also what is lost of it.

    Args:
        path: As for `import_model`.
        hints: Its other arguments.

    Raises:
        InputError: Entries that are no such numbers.
    """
    return entries_of(_options(_checkpoint_file(path), hints.get("config")))


def _options(file: Path, config: str | Mapping[str, Any] | None) -> Options:
    """Return the configuration that is given, or the one beside a checkpoint."""
    return Options.given(file.with_name(OPTIONS) if config is None else config)


def _checkpoint_file(path: Path) -> Path:
    """Return the checkpoint, of a folder's that of most steps."""
    if not path.is_dir():
        return path
    files = list(path.glob("checkpoint-*.pkl"))
    if not files:
        expected = "a file such as checkpoint-400000steps.pkl"
        raise InputError(path, "no checkpoint in it", expected)
    return max(files, key=_num_steps)


def _num_steps(file: Path) -> tuple[int, str]:
    """Order checkpoints by the number in their names."""
    number = re.search(r"-(\d+)steps", file.name)
    return int(number[1]) if number else -1, file.name


def _statistics(state: State, file: Path, stats: str | None) -> Statistics | None:
    """Return mean and scale from a file or, taken out of it, from the state."""
    inside = [state.pop(name, None) for name in ("mean", "scale")]
    source = find_statistics(file.parent) if stats is None else Path(stats)
    if source is not None:
        return read_statistics(source)
    if all(values is not None for values in inside):
        return tuple(tuple(values.reshape(-1).tolist()) for values in inside)
    log.warning("%s: no stats.h5 or stats.npy, so mels have to come normalised", file)
    return None


def _features(options: Options, statistics: Statistics | None, file: Path) -> MelFeatures:
    """Return the mels of the configuration."""
    if options.entries.get("sampling_rate_for_feats") is not None:
        seen, expected = options.entries["sampling_rate_for_feats"], "mels of the waveform's rate"
        raise InputError(f"{options.basis}: sampling_rate_for_feats", seen, expected)
    options.check(window="hann")
    mean, scale = statistics or (None, None)
    fft_samples = options.whole("fft_size")
    is_there = {name: options.entries.get(name) is not None for name in ("fmin", "fmax")}
    try:
        return MelFeatures.preset(
            "parallel_wavegan",
            sample_rate_hz=options.whole("sampling_rate"),
            fft_samples=fft_samples,
            hop_samples=options.whole("hop_size"),
            window_samples=options.entries.get("win_length") or fft_samples,
            num_mels=options.whole("num_mels", 80),
            fmin_hz=options.number("fmin") if is_there["fmin"] else 0.0,
            fmax_hz=options.number("fmax") if is_there["fmax"] else None,
            mean=mean,
            scale=scale,
            normalised_elsewhere=statistics is None,
        )
    except InputError as error:
        basis = f"statistics beside {file}" if error.name in ("mean", "scale") else options.basis
        raise InputError(f"{basis}: {error.name}", error.seen, error.expected) from None


def _generator_sizes(options: Options, features: MelFeatures) -> dict[str, Any]:
    """Return what the generator is made of."""
    if options.entries.get("generator_type") != "MelGANGenerator":
        seen = options.entries.get("generator_type", "ParallelWaveGANGenerator")
        raise InputError(f"{options.basis}: generator_type", seen, "MelGANGenerator")
    params = options.part("generator_params")
    params.check_names(
        *("in_channels", "out_channels", "kernel_size", "channels", "bias", "upsample_scales"),
        *("stack_kernel_size", "stacks", "use_final_nonlinear_activation", "use_weight_norm"),
        *("use_causal_conv", *_FIXED),
    )
    params.check(**_FIXED, in_channels=features.num_mels)
    num_bands = params.whole("out_channels", 1)
    is_bounded = params.flag("use_final_nonlinear_activation", True)
    return {
        "base_channels": params.whole("channels", 512),
        "upsample_factors": params.counts("upsample_scales", (8, 8, 2, 2)),
        "residual_layers": params.whole("stacks", 3),
        "kernel_size": params.whole("kernel_size", 7),
        "residual_kernel_size": params.whole("stack_kernel_size", 3),
        "num_bands": num_bands,
        "causal": params.flag("use_causal_conv", False),
        "output_activation": "tanh" if is_bounded else "linear",
    } | ({"pqmf_cutoff": _pqmf_cutoff(options)} if num_bands > 1 else {})


def _pqmf_cutoff(options: Options) -> float:
    """Return the cutoff of the filter bank that their own loader would take."""
    if "pqmf_params" in options.entries:
        params = options.part("pqmf_params")
        params.check(taps=62, beta=9.0)
        return params.number("cutoff_ratio", 0.142)
    version = str(options.entries.get("version", "0.1.0"))
    numbers = tuple(int(part) for part in re.match(r"[\d.]*", version)[0].split(".") if part)
    is_later = numbers == _LAST_OLD_VERSION and re.search("[a-z]", version)
    if numbers > _LAST_OLD_VERSION or is_later:
        return 0.142
    log.warning(
        "%s: version %s, so the filter bank has the cutoff %g of its time, not 0.142",
        *(options.basis, options.entries.get("version", "unknown"), _OLD_CUTOFF),
    )
    return _OLD_CUTOFF


def _discriminator_sizes(params: Options) -> dict[str, Any]:
    """Return what the discriminators are made of."""
    params.check_names(
        *("in_channels", "out_channels", "scales", "kernel_sizes", "channels", "bias"),
        *("max_downsample_channels", "downsample_scales", "use_weight_norm"),
        *(*_POOLING, *_FIXED),
    )
    params.check(**_POOLING, **_FIXED, in_channels=1, out_channels=1)
    return {
        "num_scales": params.whole("scales", 3),
        "discriminator_channels": params.whole("channels", 16),
        "discriminator_max_channels": params.whole("max_downsample_channels", 1024),
        "discriminator_strides": params.counts("downsample_scales", (4, 4, 4, 4)),
        "discriminator_kernel_sizes": params.counts("kernel_sizes", (5, 3)),
    }
