"""The choice of what to compute, from names and from what is there to compute it."""

import difflib
from collections.abc import Sequence

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.metrics import METRICS
from tfgan_audio.evaluation.speech_metrics import require_packages

AUTO_METRICS = tuple(name for name, metric in METRICS.items() if metric.is_auto)

VOCODER_METRICS = (
    "multi_resolution_stft",
    "mcd",
    "f0_rmse_hz",
    "vuv_error",
    "periodicity_rmse",
    "pesq_wb",
    "stoi",
    "visqol",
    "dnsmos_ovrl",
    "dnsmos_sig",
    "dnsmos_bak",
    "dnsmos_p808",
)
"""Of speech made from its mel spectrogram, whose phases are free: nothing compares samples."""

AS_INSTALLED = {"auto": AUTO_METRICS, "vocoder": VOCODER_METRICS, "all": tuple(METRICS)}

GROUPS = {
    "dnsmos": ("dnsmos_ovrl", "dnsmos_sig", "dnsmos_bak", "dnsmos_p808"),
    "composite": ("csig", "cbak", "covl"),
}


def select_metrics(
    metrics: str | Sequence[str] = "auto", has_reference: bool = True
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Turn a selection into metric names.

    Args:
        metrics: `"auto"` for the usual ones of enhanced speech, `"vocoder"` for those of vocoders,
            or `"all"`, each as far as packages are installed; or names as a sequence or separated
            by commas. `"dnsmos"` stands for its four scores, `"composite"` for CSIG, CBAK and COVL.
        has_reference: Whether there is a reference; without one, `"auto"`, `"vocoder"` and `"all"`
            leave out what needs it.

    Returns:
        The names, and for `"auto"`, `"vocoder"` and `"all"` the ones left out -> why.

    Raises:
        InputError: If a name is unknown, one asked for by name cannot be computed, or none can.
    """
    if isinstance(metrics, str) and metrics in AS_INSTALLED:
        wanted = AS_INSTALLED[metrics]
        obstacles = {name: _obstacle(name, has_reference) for name in wanted}
        left_out = {name: obstacle for name, obstacle in obstacles.items() if obstacle}
        if len(left_out) == len(obstacles):
            raise obstacles["dnsmos_ovrl"]  # the one that needs least
        names = tuple(name for name in wanted if name not in left_out)
        return names, {name: str(obstacle) for name, obstacle in left_out.items()}
    asked = metrics.split(",") if isinstance(metrics, str) else metrics
    names = tuple(dict.fromkeys(name for item in asked for name in _expand(item.strip())))
    for name in names:
        if obstacle := _obstacle(name, has_reference):
            raise obstacle
    return names, {}


def _expand(name: str) -> tuple[str, ...]:
    """Metric names that one word of a selection stands for."""
    if name in METRICS:
        return (name,)
    if name in GROUPS:
        return GROUPS[name]
    known = [*METRICS, *GROUPS]
    close = difflib.get_close_matches(name, known, 1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    raise InputError("metrics", name or "an empty name", f"one of {', '.join(known)}{hint}")


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
