"""Read speech against a recording of the same text, along the path of dynamic time warping.

WORLD analyses both signals every 5 ms, as in `voice_metrics`. Letters in shapes: T samples,
F, G frames, D coefficients.
"""

import numpy as np

from tfgan_audio.evaluation.signals import checked
from tfgan_audio.evaluation.speech_metrics import require_packages
from tfgan_audio.evaluation.voice_metrics import WORLD_PACKAGES, cepstra, pitch

_SEMITONES = 12.0
_DB = 10.0 * np.sqrt(2.0) / np.log(10.0)
_QUIET_DB = 40.0


def warped_scores(reference: np.ndarray, estimate: np.ndarray) -> dict[str, float]:
    """Compare two readings of one text that need not be of one pace.

    Silence before and behind the speech is left out.

    Args:
        reference: Recorded reading at 16 kHz.
        estimate: Made reading at 16 kHz.

    Shape:
        [T], [T'] -> scalars.

    Returns:
        `mcd_dtw`: mel-cepstral distortion in dB as `mcd` has it, without the level, mean over the
        path that makes it least; `f0_error_semitones`: root mean square over frames of the path
        that are voiced in both; `f0_shift_semitones`: mean pitch of the estimate above that of the
        reference; `f0_spread_ratio`: standard deviation of the estimate's pitch over the
        reference's; `length_ratio`: length of the estimate over that of the reference. NaN where
        nothing is voiced.

    Raises:
        InputError: If a signal is silent or empty, or the package is missing.
    """
    names = ("reference", "estimate")
    pair = [
        checked("mcd_dtw", name, signal)
        for name, signal in zip(names, (reference, estimate), strict=True)
    ]
    require_packages("mcd_dtw", WORLD_PACKAGES)
    (envelopes, others), pitches = zip(*map(_analysed, pair), strict=True)
    path = warping_path(envelopes, others)
    distances = np.sqrt(np.square(envelopes[path[:, 0]] - others[path[:, 1]]).sum(-1))
    tones = [_SEMITONES * np.log2(values[values > 0]) for values in pitches]
    along = pitches[0][path[:, 0]], pitches[1][path[:, 1]]
    voiced = (along[0] > 0) & (along[1] > 0)
    error = _SEMITONES * np.log2(along[1][voiced] / along[0][voiced])
    has_voice = all(map(len, tones)) and bool(voiced.any())
    nan = float("nan")
    return {
        "mcd_dtw": float(_DB * distances.mean()),
        "f0_error_semitones": float(np.sqrt(np.mean(error**2))) if has_voice else nan,
        "f0_shift_semitones": float(tones[1].mean() - tones[0].mean()) if has_voice else nan,
        "f0_spread_ratio": float(tones[1].std() / tones[0].std()) if has_voice else nan,
        "length_ratio": len(others) / len(envelopes),
    }


def warping_path(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the path through two sequences on which their distances sum to least.

    A step goes on by one in the first, in the second, or in both.

    Args:
        first: A sequence.
        second: Another.

    Shape:
        [F, D], [G, D] -> int [P, 2], from (0, 0) to (F - 1, G - 1).

    Reference:
        Sakoe and Chiba 1978, IEEE TASSP 26(1), without slope constraint.
    """
    squares = np.square(first).sum(-1)[:, None] + np.square(second).sum(-1)
    costs = np.sqrt(np.maximum(squares - 2.0 * first @ second.T, 0.0))
    num_rows, num_columns = costs.shape
    total = np.full((num_rows + 1, num_columns + 1), np.inf)
    total[0, 0] = 0.0
    # Cells of one anti-diagonal do not depend on each other.
    for diagonal in range(num_rows + num_columns - 1):
        rows = np.arange(max(0, diagonal - num_columns + 1), min(num_rows, diagonal + 1))
        columns = diagonal - rows
        before = [total[rows, columns], total[rows, columns + 1], total[rows + 1, columns]]
        total[rows + 1, columns + 1] = costs[rows, columns] + np.minimum.reduce(before)
    row, column = num_rows, num_columns
    path = [(row - 1, column - 1)]
    while (row, column) != (1, 1):
        steps = ((row - 1, column - 1), (row - 1, column), (row, column - 1))
        row, column = min(steps, key=lambda cell: total[cell])
        path.append((row - 1, column - 1))
    return np.array(path[::-1])


def _analysed(waveform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mel-cepstra without level [F, D] and pitch [F] of the part from first to last sound."""
    envelopes = np.concatenate(list(cepstra(waveform)))
    hertz, times_s = pitch(waveform)
    window = 400
    padded = np.pad(waveform, window // 2)
    starts = np.minimum((times_s * 16_000).astype(int), len(padded) - window)
    sums = np.concatenate([[0.0], np.cumsum(np.square(padded, dtype=np.float64))])
    powers = sums[starts + window] - sums[starts]
    loud = np.flatnonzero(powers > powers.max() * 10 ** (-_QUIET_DB / 10))
    kept = slice(loud[0], loud[-1] + 1)
    return envelopes[kept], hertz[kept]
