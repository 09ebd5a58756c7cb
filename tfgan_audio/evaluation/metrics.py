"""Every metric by its name: the functions, the registry, and the choice of what to compute.

All take float arrays at 16 kHz in [-1, 1], aligned and of one length.
"""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.signal_metrics import lsd, si_sdr, snr
from tfgan_audio.evaluation.speech_metrics import (
    DNSMOS_PACKAGES,
    PESQ_PACKAGES,
    STOI_PACKAGES,
    dnsmos,
    estoi,
    pesq_wb,
    require_packages,
    stoi,
)


@dataclass(frozen=True)
class Metric:
    """One column of a score table.

    Args:
        label: Name for readers.
        function: Takes the reference, where needed, and the estimate; gives a float, or a mapping
            that holds this metric among others.
        unit: Unit of the value, empty for a score without one.
        decimals: Digits shown after the point.
        needs_reference: Whether the function takes a reference.
        packages: Optional packages the function imports.
    """

    label: str
    function: Callable[..., float | dict[str, float]]
    unit: str = ""
    decimals: int = 2
    needs_reference: bool = True
    packages: tuple[str, ...] = ()


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "si_sdr": Metric("SI-SDR", si_sdr, unit="dB"),
        "snr": Metric("SNR", snr, unit="dB"),
        "pesq_wb": Metric("PESQ-WB", pesq_wb, packages=PESQ_PACKAGES),
        "stoi": Metric("STOI", stoi, decimals=3, packages=STOI_PACKAGES),
        "estoi": Metric("ESTOI", estoi, decimals=3, packages=STOI_PACKAGES),
        "lsd": Metric("LSD", lsd),
        "dnsmos_ovrl": Metric("DNSMOS overall", dnsmos, "", 2, False, DNSMOS_PACKAGES),
        "dnsmos_sig": Metric("DNSMOS speech", dnsmos, "", 2, False, DNSMOS_PACKAGES),
        "dnsmos_bak": Metric("DNSMOS background", dnsmos, "", 2, False, DNSMOS_PACKAGES),
        "dnsmos_p808": Metric("DNSMOS P.808", dnsmos, "", 2, False, DNSMOS_PACKAGES),
    }
)

AUTO_METRICS = tuple(name for name in METRICS if name not in ("snr", "lsd"))


def select_metrics(
    metrics: str | Sequence[str] = "auto", has_reference: bool = True
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Turn a selection into metric names.

    Args:
        metrics: `"auto"` for `AUTO_METRICS` as far as their packages are installed, or names as a
            sequence or separated by commas; `"dnsmos"` stands for all four of its scores.
        has_reference: Whether there is a reference; without one, `"auto"` leaves out what needs it.

    Returns:
        The names, and for `"auto"` the ones left out -> why.

    Raises:
        InputError: If a name is unknown, one asked for by name cannot be computed, or none can.
    """
    if metrics == "auto":
        obstacles = {name: _obstacle(name, has_reference) for name in AUTO_METRICS}
        left_out = {name: obstacle for name, obstacle in obstacles.items() if obstacle}
        if len(left_out) == len(obstacles):
            raise list(left_out.values())[-1]
        names = tuple(name for name in AUTO_METRICS if name not in left_out)
        return names, {name: str(obstacle) for name, obstacle in left_out.items()}
    asked = metrics.split(",") if isinstance(metrics, str) else metrics
    names = tuple(dict.fromkeys(name for item in asked for name in _expand(item.strip())))
    for name in names:
        if obstacle := _obstacle(name, has_reference):
            raise obstacle
    return names, {}


def _expand(name: str) -> list[str]:
    """Metric names that one word of a selection stands for."""
    if name in METRICS:
        return [name]
    if name == "dnsmos":
        return [metric for metric in METRICS if metric.startswith("dnsmos_")]
    close = difflib.get_close_matches(name, METRICS, 1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    raise InputError("metrics", name or "an empty name", f"one of {', '.join(METRICS)}{hint}")


def _obstacle(name: str, has_reference: bool) -> InputError | None:
    """Why a metric cannot be computed here, or None."""
    metric = METRICS[name]
    if metric.needs_reference and not has_reference:
        return InputError(name, "no reference", "the clean signal to compare with")
    try:
        require_packages(name, metric.packages)
    except InputError as error:
        return error
    return None
