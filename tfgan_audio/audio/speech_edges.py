"""Where speech begins and ends in a recording.

Shape letters: T samples.
"""

import numpy as np

DEPTH_DB = 45.0
"""What is this far below the loudest part of a recording is no speech, mostly."""

_WINDOW_S = 0.01
_KEPT_BEFORE_S, _KEPT_BEHIND_S = 0.03, 0.1


def speech_edges(waveform: np.ndarray, sample_rate_hz: int, depth_db: float) -> tuple[int, int]:
    """Return the first sample of the speech in a recording, and that behind its last.

    Args:
        waveform: A recording that is not silent.
        sample_rate_hz: Its rate.
        depth_db: What is this far below the loudest hundredth of a second is no speech.

    Shape:
        [T]

    Returns:
        Samples that leave 30 ms before the speech and 100 ms behind it, where there are so many.
    """
    window = max(1, round(_WINDOW_S * sample_rate_hz))
    padded = np.pad(np.square(waveform, dtype=np.float64), (0, -len(waveform) % window))
    powers = padded.reshape(-1, window).mean(axis=1)
    loud = np.flatnonzero(powers > powers.max() * 10 ** (-depth_db / 10))
    first = int(loud[0]) * window - round(_KEPT_BEFORE_S * sample_rate_hz)
    last = (int(loud[-1]) + 1) * window + round(_KEPT_BEHIND_S * sample_rate_hz)
    return max(0, first), min(len(waveform), last)
