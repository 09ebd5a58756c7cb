"""Pictures of how two sets of clips differ, and of what a classifier confuses."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tfgan_audio.evaluation.generation.bins import Bins
from tfgan_audio.evaluation.plots import COLOURS, DPI, png_bytes

_FLOOR = 1e-10


def mean_spectra(reference: np.ndarray, estimate: np.ndarray, sample_rate_hz: int) -> bytes:
    """Draw the mean power spectra of real and generated clips.

    Args:
        reference: Power spectra of real clips, see `power_spectra`.
        estimate: Power spectra of generated clips.
        sample_rate_hz: Rate of the clips.

    Shape:
        `[N, K]`, `[M, K]`.

    Returns:
        A PNG file.
    """
    figure, axis = _figure(6.4, 3.0)
    frequencies_khz = np.linspace(0, sample_rate_hz / 2000, reference.shape[1])
    for spectra, label, colour in _sides(reference, estimate):
        levels_db = 10 * np.log10(np.maximum(spectra.mean(axis=0), _FLOOR))
        axis.plot(frequencies_khz, levels_db, label=label, color=colour, linewidth=1.2)
    axis.set_xlabel("Frequency (kHz)", fontsize=9)
    axis.set_ylabel("Level (dB)", fontsize=9)
    axis.set_xlim(0, frequencies_khz[-1])
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
    return png_bytes(figure)


def bin_shares(bins: Bins) -> bytes:
    """Draw the share of both sets in every bin; a star marks those that differ.

    Args:
        bins: Shares, in the order of the real ones.

    Returns:
        A PNG file.
    """
    order = np.argsort(-bins.reference_shares, kind="stable")
    figure, axis = _figure(6.4, 2.6)
    places = np.arange(len(order))
    for shares, label, colour in _sides(bins.reference_shares, bins.estimate_shares):
        offset = -0.2 if label == "real" else 0.2
        axis.bar(places + offset, 100 * shares[order], 0.4, label=label, color=colour)
    tops = 100 * np.maximum(bins.reference_shares, bins.estimate_shares)[order]
    for place in places[bins.is_different[order]]:
        axis.annotate("*", (place, tops[place]), ha="center", fontsize=9)
    axis.set_xlabel("Bin of the real clips", fontsize=9)
    axis.set_ylabel("Share (%)", fontsize=9)
    axis.set_xlim(-1, len(order))
    axis.legend(fontsize=8)
    return png_bytes(figure)


def confusion_matrix(counts: np.ndarray, label_names: Sequence[str]) -> bytes:
    """Draw which classes are taken for which.

    Args:
        counts: Clips of the class of the row that were taken for that of the column.
        label_names: Names of the classes.

    Shape:
        `[L, L]`.

    Returns:
        A PNG file.
    """
    size_in = 1.8 + 0.42 * len(label_names)
    figure, axis = _figure(size_in + 0.4, size_in)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(counts.shape):
        colour = "white" if shares[row, column] > 0.5 else "black"
        text = str(counts[row, column])
        axis.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
    places = range(len(label_names))
    axis.set_xticks(places, label_names, rotation=45, ha="right", fontsize=8)
    axis.set_yticks(places, label_names, fontsize=8)
    axis.set_xlabel("Taken for", fontsize=9)
    axis.set_ylabel("Is", fontsize=9)
    return png_bytes(figure)


def _sides(real: np.ndarray, generated: np.ndarray) -> list[tuple[np.ndarray, str, str]]:
    """Both sets with their names and colours."""
    return [(real, "real", COLOURS[0]), (generated, "generated", COLOURS[1])]


def _figure(width_in: float, height_in: float) -> tuple[Figure, Axes]:
    """A figure with one pair of axes."""
    figure = Figure(figsize=(width_in, height_in), dpi=DPI, layout="constrained")
    axis = figure.subplots()
    axis.tick_params(labelsize=8)
    return figure, axis
