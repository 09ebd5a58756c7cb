"""PNG pictures of results: spectrograms, training curves, scores.

Drawn with matplotlib's object interface, so that no global state is read or left behind, in colours
that colour-blind readers can tell apart.
"""

import io
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy import signal

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.metrics import METRICS
from tfgan_audio.evaluation.results import Scores, pair_scores

DPI = 110
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES = ("-", "--", "-.", ":")
_DYNAMIC_RANGE_DB = 70.0
_WINDOW_S = 0.032
_HOP_S = 0.008


def spectrograms(
    waveforms: Mapping[str, np.ndarray],
    sample_rate_hz: int,
    limits_db: tuple[float, float] | None = None,
) -> bytes:
    """Draw spectrograms one below the other, with one time axis and one colour scale.

    Args:
        waveforms: Title -> waveform; of several channels the mean is drawn.
        sample_rate_hz: Rate of all, in hertz.
        limits_db: Levels of the darkest and the brightest colour; default: `level_limits`.

    Shape:
        each waveform `[T]` or `[T, C]`; lengths may differ.

    Returns:
        A PNG file.

    Raises:
        InputError: If there is no waveform or one is empty.
    """
    low_db, high_db = limits_db or level_limits(waveforms, sample_rate_hz)
    num_rows = len(waveforms)
    width_in, row_in = (5.6, 1.85) if num_rows > 1 else (4.2, 2.0)
    figure, axes = figure_of_rows(width_in, 0.45 + row_in * num_rows, num_rows)
    for axis, (title, waveform) in zip(axes, waveforms.items(), strict=True):
        levels_db, extent = _levels(waveform, sample_rate_hz)
        image = axis.imshow(
            levels_db, origin="lower", aspect="auto", extent=extent, cmap="magma",
            vmin=low_db, vmax=high_db, interpolation="antialiased",
        )  # fmt: skip
        axis.set_title(title, loc="left", fontsize=10)
        axis.set_ylabel("Frequency (kHz)")
    axes[-1].set_xlabel("Time (s)")
    axes[-1].set_xlim(0, max(len(waveform) for waveform in waveforms.values()) / sample_rate_hz)
    axes[-1].set_ylim(0, sample_rate_hz / 2000)
    bar = figure.colorbar(image, ax=axes, pad=0.02, fraction=0.05)
    bar.set_label("Level (dB)", size=8)
    bar.ax.tick_params(labelsize=8)
    return png_bytes(figure)


def level_limits(waveforms: Mapping[str, np.ndarray], sample_rate_hz: int) -> tuple[float, float]:
    """Find the colour scale that fits several spectrograms: their peak and 70 dB below.

    Args:
        waveforms: Title -> waveform `[T]` or `[T, C]`.
        sample_rate_hz: Rate of all, in hertz.

    Returns:
        Lowest and highest level in dB, multiples of 5.

    Raises:
        InputError: If there is no waveform or one is empty.
    """
    if not waveforms:
        raise InputError("waveforms", "none", "at least one to draw")
    peak_db = max(_levels(waveform, sample_rate_hz)[0].max() for waveform in waveforms.values())
    high_db = 5 * float(np.ceil(peak_db / 5))
    return high_db - _DYNAMIC_RANGE_DB, high_db


def curves(
    rows: Sequence[Mapping[str, float | str | None]],
    panels: Mapping[str, Sequence[str]],
    x_key: str = "step",
) -> bytes:
    """Draw training curves, a panel for each group of columns.

    Args:
        rows: Rows of a history, numbers or their text; empty or missing cells are skipped.
        panels: Title of a panel (with the unit) -> columns drawn in it.
        x_key: Column of the horizontal axis.

    Returns:
        A PNG file.

    Raises:
        InputError: If there is no panel, or a column has no number in any row.
    """
    if not panels:
        raise InputError("panels", "none", "at least one to draw")
    figure, axes = figure_of_rows(6.4, 0.5 + 2.0 * len(panels), len(panels))
    for axis, (title, columns) in zip(axes, panels.items(), strict=True):
        for index, column in enumerate(columns):
            points = [(row.get(x_key), row.get(column)) for row in rows]
            points = np.array([point for point in points if not {None, ""} & set(point)], float)
            if len(points) == 0:
                raise InputError(f"history column {column}", "no number", "at least one row of it")
            style = {"color": COLOURS[index % 7], "linestyle": _DASHES[index % 4]}
            marker = "o" if len(points) < 30 else None
            axis.plot(*points.T, label=column, marker=marker, markersize=3.5, **style)
        axis.set_title(title, loc="left", fontsize=10)
        axis.grid(alpha=0.3)
        if len(columns) > 1:
            axis.legend(fontsize=8, framealpha=0.8)
    axes[-1].set_xlabel(x_key.replace("_", " ").capitalize())
    axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    return png_bytes(figure)


def score_bars(results: Mapping[str, Scores]) -> bytes:
    """Draw mean scores side by side, a panel per metric, with their 95 % intervals.

    Args:
        results: One entry, label -> scores; or two, before and after, drawn for what they have in
            common, see `pair_scores`.

    Returns:
        A PNG file.

    Raises:
        InputError: If there is no metric to draw.
    """
    if len(results) == 2:
        results = dict(zip(results, pair_scores(*results.values()), strict=True))
    metrics = next(iter(results.values())).metrics if results else ()
    if not metrics:
        raise InputError("results", "no metric in common", "at least one to draw")
    num_columns = min(4, len(metrics))
    num_rows = -(-len(metrics) // num_columns)
    figure = Figure(figsize=(2.0 * num_columns, 2.3 * num_rows), dpi=DPI, layout="constrained")
    for index, metric in enumerate(metrics):
        axis = figure.add_subplot(num_rows, num_columns, index + 1)
        _draw_bars(axis, metric, results)
    return png_bytes(figure)


def _draw_bars(axis: Axes, metric: str, results: Mapping[str, Scores]) -> None:
    """One metric's bars with intervals and values."""
    entry = METRICS[metric]
    means = np.array([scores.mean(metric) for scores in results.values()])
    ends = np.array([scores.interval(metric) for scores in results.values()])
    reach = np.nan_to_num(np.abs(ends - means[:, None]).T).tolist()
    colours = [COLOURS[index % 7] for index in range(len(results))]
    error_style = {"ecolor": "#333333", "elinewidth": 1, "capsize": 3}
    bars = axis.bar(list(results), means, 0.62, color=colours, yerr=reach, error_kw=error_style)
    axis.bar_label(bars, [f"{mean:.{entry.decimals}f}" for mean in means], padding=2, fontsize=8)
    axis.set_title(entry.label + (f" ({entry.unit})" if entry.unit else ""), fontsize=9)
    axis.margins(y=0.18)
    axis.axhline(0, color="#333333", linewidth=0.8)
    axis.tick_params(labelsize=8)
    axis.spines[["top", "right"]].set_visible(False)


def _levels(
    waveform: np.ndarray, sample_rate_hz: int
) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """Level in dB per frequency and frame (a full-scale sine: 0 dB), and its edges in s and kHz."""
    waveform = np.asarray(waveform, np.float64)
    waveform = waveform.mean(axis=1) if waveform.ndim == 2 else waveform
    if waveform.size == 0:
        raise InputError("waveform", "no samples", "something to draw")
    window_samples, hop_samples = round(_WINDOW_S * sample_rate_hz), round(_HOP_S * sample_rate_hz)
    window = signal.get_window("hann", window_samples)
    transform = signal.ShortTimeFFT(window, hop_samples, sample_rate_hz)
    waveform = np.pad(waveform, (0, max(0, window_samples - len(waveform))))
    amplitude = np.abs(transform.stft(waveform)) * 2 / window.sum()
    left, right, bottom, top = transform.extent(len(waveform), center_bins=True)
    return 20 * np.log10(np.maximum(amplitude, 1e-7)), (left, right, bottom / 1000, top / 1000)


def figure_of_rows(width_in: float, height_in: float, num_rows: int) -> tuple[Figure, list[Axes]]:
    """A figure with a column of axes that share the horizontal one."""
    figure = Figure(figsize=(width_in, height_in), dpi=DPI, layout="constrained")
    axes = figure.subplots(num_rows, 1, sharex=True, squeeze=False)[:, 0]
    for axis in axes:
        axis.tick_params(labelsize=8)
        axis.yaxis.label.set_size(8)
        axis.xaxis.label.set_size(9)
    return figure, list(axes)


def png_bytes(figure: Figure) -> bytes:
    """Return a figure as a PNG file, without the date, so that equal figures are equal bytes.

    Args:
        figure: Figure made without pyplot.
    """
    FigureCanvasAgg(figure)
    content = io.BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()
