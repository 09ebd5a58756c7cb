"""Active speech level: the level of speech while somebody speaks (ITU-T P.56, method B).

Shape letters: T samples.
"""

import math

import numpy as np

_SMOOTHING_SECONDS = 0.03
_HANGOVER_SECONDS = 0.2
_MARGIN_DB = 15.9
_THRESHOLDS = 2.0 ** np.arange(-15, 0)  # of full scale, rising
_THRESHOLDS_DB = 20.0 * np.log10(_THRESHOLDS)


class SpeechLevel:
    """The active level of a waveform, at any gain.

    The envelope is found once. As the thresholds are fractions of full scale and the margin is
    interpolated between them, the level at a gain is not exactly the level plus the gain: 0.04 dB
    is usual, 0.9 dB was seen. Who needs an exact ratio asks for the level at the final gain.

    Args:
        waveform: Speech.
        sample_rate_hz: Its rate.

    Shape:
        waveform: [T] or [T, 1]
    """

    def __init__(self, waveform: np.ndarray, sample_rate_hz: int) -> None:
        waveform = np.ravel(waveform).astype(np.float64)
        self._energy = float(np.sum(np.square(waveform)))  # without the threads of np.dot
        self._reached = _envelope(waveform, sample_rate_hz)

    def dbfs(self, gain: float = 1.0) -> float:
        """Return the level of the waveform times a gain, in dB of full scale.

        Args:
            gain: Factor above 0.

        Returns:
            Level in dB, 0 for a constant 1; minus infinity for silence.
        """
        thresholds = _THRESHOLDS / gain
        activity = np.array([np.count_nonzero(self._reached >= each) for each in thresholds])
        activity = activity[activity > 0]
        if not len(activity):
            return -math.inf
        levels_db = 10.0 * np.log10(self._energy * gain**2 / activity)
        excess_db = levels_db - _THRESHOLDS_DB[: len(activity)] - _MARGIN_DB
        below = np.flatnonzero(excess_db <= 0.0)
        if not len(below) or below[0] == 0:
            return float(levels_db[below[0] if len(below) else -1])
        around = [below[0], below[0] - 1]
        return float(np.interp(0.0, excess_db[around], levels_db[around]))


def active_level_dbfs(waveform: np.ndarray, sample_rate_hz: int) -> float:
    """Return the level of speech without its pauses, in dB of full scale.

    Speech is active while its smoothed envelope is above a threshold, and for 0.2 s after. Of the
    thresholds 2^-15 to 2^-1, that one counts which lies 15.9 dB below the level it leads to. So the
    level of a steady sound is its RMS level, and pauses in speech do not lower it.

    Args:
        waveform: Speech. What stays below -90 dB of full scale is silence.
        sample_rate_hz: Its rate.

    Shape:
        [T] or [T, 1]

    Returns:
        Level in dB, 0 for a constant 1; minus infinity for silence.

    Reference:
        ITU-T P.56 (12/2011), method B.

    Example:
        >>> tone = np.sin(np.arange(48_000))
        >>> round(active_level_dbfs(tone, 16_000), 1)
        -3.0
        >>> round(active_level_dbfs(np.concatenate([tone, np.zeros(480_000)]), 16_000), 1)
        -3.4
    """
    return SpeechLevel(waveform, sample_rate_hz).dbfs()


def _envelope(waveform: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return the largest smoothed magnitude within the hangover before each sample.

    Where it is at least a threshold the sample is active, so one envelope serves all thresholds.
    """
    from scipy.ndimage import maximum_filter1d
    from scipy.signal import lfilter

    pole = math.exp(-1.0 / (_SMOOTHING_SECONDS * sample_rate_hz))
    smoothed = lfilter([(1.0 - pole) ** 2], [1.0, -2.0 * pole, pole**2], np.abs(waveform))
    num_before = math.ceil(_HANGOVER_SECONDS * sample_rate_hz)
    return maximum_filter1d(
        smoothed, num_before + 1, mode="constant", cval=0.0, origin=num_before // 2
    )
