"""MelGAN and multi-band MelGAN out of the `.tflite` files that TensorFlowTTS exports.

The weights, the sizes and the filter bank are all there; what the file quantises between them, such
as the sub-bands before they are joined, is computed in float again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.pqmf import pqmf_filters
from tfgan_audio.errors import InputError
from tfgan_audio.importers.melgan_places import State, assign, generator_places, split_norm
from tfgan_audio.importers.statistics import find_statistics, read_statistics
from tfgan_audio.importers.tflite_convolutions import (
    KINDS,
    Convolution,
    added_constant,
    read_convolution,
)
from tfgan_audio.importers.tflite_file import Operator, TFLiteGraph, read_tflite
from tfgan_audio.models.melgan import MelGAN

_WHAT = "a MelGAN or multi-band MelGAN that TensorFlowTTS has exported"
_SLOPE, _REFLECT = 0.2, 0
_TAPS, _CUTOFFS = 62, (0.142, 0.15)
_HALF = 2e-4  # what 16 bits leave of filters
# The recipes of TensorFlowTTS, by their hop.
_FEATURES = {
    256: MelFeatures.preset("parallel_wavegan"),
    300: MelFeatures.preset(
        "parallel_wavegan",
        sample_rate_hz=24000,
        fft_samples=2048,
        hop_samples=300,
        window_samples=1200,
    ),
}

log = logging.getLogger(__name__)


def import_model(
    path: Path,
    features: str | Mapping[str, Any] | MelFeatures | None = None,
    stats: str | None = None,
) -> MelGAN:
    """Import the generator of a file. Its discriminators are drawn ones.

    Args:
        path: The `.tflite` file.
        features: The mels it was trained on, a preset's name or all fields; None takes those of
            TensorFlowTTS' recipes with its hop, 22.05 kHz for 256 samples and 24 kHz for 300.
        stats: File of the mels' statistics; None takes `stats.npy` or `stats.h5` beside it. Without
            any, the model takes mels as they were normalised in its training, and says so.

    Returns:
        A compiled model.

    Raises:
        InputError: Another file, another network, or features that do not fit it.
    """
    if path.is_dir():
        raise InputError(path, "a folder", "a .tflite file")
    generator = _Generator.read(path)
    sizes = generator.sizes
    hop_samples = int(np.prod(sizes["upsample_factors"])) * sizes["num_bands"]
    mels = _features(features, hop_samples, generator.num_mels, path)
    mels = _with_statistics(mels, path, stats)
    try:
        model = MelGAN(mels, **sizes)
    except InputError as error:
        raise InputError(f"{path}: {error.name}", error.seen, error.expected) from None
    state: State = {}
    for name, one in generator.layers.items():
        state |= split_norm(f"{name}.weight", one.kernel) | {f"{name}.bias": one.bias}
    places = generator_places(model, {name: name for name in generator.layers})
    assign(state, places, path, "its operators")
    model.compile()
    return model


def recipe(path: Path, hints: Mapping[str, Any]) -> dict[str, Any]:
    """Return how TensorFlowTTS prepares waveforms: it leaves their level alone.

    Args:
        path: As for `import_model`.
        hints: Its other arguments.
    """
    return {"data.normalize": "none", "data.gain": [1.0, 1.0]}


def _features(
    features: str | Mapping[str, Any] | MelFeatures | None,
    hop_samples: int,
    num_mels: int,
    path: Path,
) -> MelFeatures:
    """Return the mels that are given, or those of the recipe with this hop."""
    if isinstance(features, str):
        features = MelFeatures.preset(features, hop_samples=hop_samples, num_mels=num_mels)
    if isinstance(features, Mapping):
        features = MelFeatures.preset("parallel_wavegan", **features)
    if features is not None:
        return features
    if hop_samples not in _FEATURES:
        expected = f"the hint features, as only {' and '.join(map(str, _FEATURES))} tell them"
        raise InputError(path, f"a hop of {hop_samples} samples", expected)
    return replace(_FEATURES[hop_samples], num_mels=num_mels)


def _with_statistics(features: MelFeatures, path: Path, stats: str | None) -> MelFeatures:
    """Return features that normalise, where it is known by what."""
    source = find_statistics(path.parent) if stats is None else Path(stats)
    if source is None:
        if features.mean is None:
            log.warning("%s: no stats.npy or stats.h5, so mels have to come normalised", path)
        return replace(features, normalised_elsewhere=features.mean is None)
    mean, scale = read_statistics(source)
    try:
        return replace(features, mean=mean, scale=scale, normalised_elsewhere=False)
    except InputError as error:
        raise InputError(f"{source}: {error.name}", error.seen, error.expected) from None


@dataclass(frozen=True)
class _Generator:
    """What a generator is made of, and its convolutions by this package's names of the layers."""

    sizes: dict[str, Any]
    num_mels: int
    layers: dict[str, Convolution]

    @classmethod
    def read(cls, path: Path) -> _Generator:
        """Read them out of a file."""
        graph = read_tflite(path)
        try:
            return cls._of(graph, path)
        except (IndexError, KeyError, StopIteration, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(path, "operators of another network", _WHAT) from None

    @classmethod
    def _of(cls, graph: TFLiteGraph, path: Path) -> _Generator:
        """Tell the roles of the convolutions by what they follow."""
        convolutions, bank = _parts(graph, path)
        first, *inner, last = convolutions
        upsamplings = [one for one in inner if one.operator.kind == "TRANSPOSE_CONV"]
        dilated = [one for one in inner if one.operator.kind == "CONV_2D" and one.taps > 1]
        num_layers, left = divmod(len(dilated), len(upsamplings)) if upsamplings else (0, 1)
        if not dilated or left or len(inner) != len(upsamplings) + 3 * len(dilated):
            raise InputError(path, f"{len(convolutions)} convolutions of other roles", _WHAT)
        layers = {"first": first, "last": last}
        layers |= {f"upsample_{i}": one for i, one in enumerate(upsamplings)}
        for index, one in enumerate(dilated):
            i, j = divmod(index, num_layers)
            if one.dilation != one.taps**j:
                raise InputError(path, f"a dilation of {one.dilation}", f"{one.taps**j} there")
            name = f"residual_{i}_{j}"
            layers[f"{name}_dilated"] = one
            layers[f"{name}_mix"] = _only(inner, one.operator, path)
            layers[f"{name}_shortcut"] = _only(inner, one.source, path)
        num_bands = last.kernel.shape[0]
        sizes = {
            "base_channels": first.kernel.shape[0],
            "upsample_factors": tuple(one.stride for one in upsamplings),
            "residual_layers": num_layers,
            "kernel_size": first.taps,
            "residual_kernel_size": dilated[0].taps,
            "num_bands": num_bands,
            "upsample_alignment": "tensorflow",
        } | ({"pqmf_cutoff": _cutoff(bank, num_bands, path)} if bank else {})
        return cls(sizes, first.kernel.shape[1], layers)


def _parts(graph: TFLiteGraph, path: Path) -> tuple[list[Convolution], list[Convolution]]:
    """Return the convolutions before and behind the one hyperbolic tangent."""
    ends = [i for i, operator in enumerate(graph.operators) if operator.kind == "TANH"]
    if len(ends) != 1:
        raise InputError(path, f"{len(ends)} operators TANH", _WHAT)
    parts: list[list[Convolution]] = [[], []]
    for index, operator in enumerate(graph.operators):
        if operator.kind in KINDS:
            parts[index > ends[0]].append(read_convolution(graph, operator, path))
        slope = operator.options.get("alpha", _SLOPE)
        if operator.kind == "LEAKY_RELU" and abs(slope - _SLOPE) > 1e-6:
            raise InputError(path, f"a slope of {slope:g} below zero", f"{_SLOPE}")
        if operator.kind == "MIRROR_PAD" and operator.options["mode"] != _REFLECT:
            raise InputError(path, "padding that repeats the last sample", "reflection")
    adders = [one.adder for one in parts[0]]
    for operator in graph.operators[: ends[0]]:
        if added_constant(graph, operator) is not None and operator not in adders:
            raise InputError(path, "an addition that is no bias", _WHAT)
    if len(parts[0]) < 3:
        raise InputError(path, f"{len(parts[0])} convolutions", _WHAT)
    return parts[0], parts[1]


def _only(convolutions: list[Convolution], source: Operator | None, path: Path) -> Convolution:
    """Return the one convolution of one tap that follows an operator."""
    found = [one for one in convolutions if one.taps == 1 and one.source is source]
    if len(found) != 1:
        raise InputError(path, f"{len(found)} convolutions of one tap in their place", _WHAT)
    return found[0]


def _cutoff(bank: list[Convolution], num_bands: int, path: Path) -> float:
    """Return the cutoff of the filters that join the bands, after all of them are compared."""
    expected = "the filter bank of multi-band MelGAN"
    kernels = {one.operator.kind: one.kernel for one in bank}
    if len(bank) != 2 or set(kernels) != set(KINDS):
        raise InputError(path, f"{len(bank)} convolutions behind TANH", expected)
    filters = kernels["CONV_2D"]
    if filters.shape[:2] != (1, num_bands):
        raise InputError(path, f"filters of shape {list(filters.shape)}", expected)
    stuffing = np.zeros([num_bands] * 3, np.float32)
    stuffing[:, :, 0] = num_bands * np.eye(num_bands)
    if np.array_equal(stuffing, kernels["TRANSPOSE_CONV"]) and filters.shape[2] == _TAPS + 1:
        # In the middle, the sine and its window are 1, and the phase is 45 degrees.
        told = round(float(np.max(filters[0, :, _TAPS // 2])) / 2.0**0.5, 5)
        for cutoff, tolerance in ((told, 1e-6), *((known, _HALF) for known in _CUTOFFS)):
            if 0.0 < cutoff < 1.0:
                _, designed = pqmf_filters(num_bands, _TAPS, cutoff)
                if np.allclose(filters[0], designed, rtol=0.0, atol=tolerance):
                    return cutoff
    raise InputError(path, "filters of another design behind TANH", expected)
