"""Pictures of mel spectrograms and of how symbols lie in them, as PNG."""

from collections.abc import Mapping, Sequence

import numpy as np

from tfgan_audio.evaluation.plots import figure_of_rows, png_bytes

_WIDTH_IN, _HEIGHT_IN = 9.0, 2.2


def mel_plot(mels: Mapping[str, np.ndarray]) -> bytes:
    """Draw mel spectrograms below each other, on one scale.

    Args:
        mels: Title -> log-mel frames [F, M].

    Returns:
        A PNG file.
    """
    figure, axes = figure_of_rows(_WIDTH_IN, _HEIGHT_IN * len(mels), len(mels))
    low = min(float(np.percentile(mel, 1)) for mel in mels.values())
    high = max(float(mel.max()) for mel in mels.values())
    longest = max(len(mel) for mel in mels.values())
    for axis, (title, mel) in zip(axes, mels.items(), strict=True):
        axis.imshow(mel.T, origin="lower", aspect="auto", vmin=low, vmax=high)
        axis.set(title=title, ylabel="mel", xlim=(0, longest))
    axes[-1].set_xlabel("frame")
    return png_bytes(figure)


def alignment_plot(symbols: Sequence[str], mel: np.ndarray, durations: np.ndarray) -> bytes:
    """Draw a mel spectrogram with the symbols where they are.

    Args:
        symbols: N symbols.
        mel: Log-mel frames [F, M].
        durations: Frames of each symbol, [N].

    Returns:
        A PNG file.
    """
    figure, (axis,) = figure_of_rows(_WIDTH_IN, _HEIGHT_IN, 1)
    axis.imshow(mel.T, origin="lower", aspect="auto")
    ends = np.cumsum(durations[: len(symbols)])
    for symbol, end, length in zip(symbols, ends, durations, strict=False):
        axis.axvline(end - 0.5, color="white", linewidth=0.6)
        shown = symbol.strip() or "·"
        axis.text(end - length / 2 - 0.5, mel.shape[1], shown, ha="center", va="bottom", fontsize=7)
    axis.set(xlabel="frame", ylabel="mel")
    return png_bytes(figure)
