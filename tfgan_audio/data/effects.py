"""What a channel does to speech, and what makes a small corpus seem larger (numpy, pure).

Shape letters: T samples. Every function returns float32.
"""

import numpy as np

_EDGE = 0.1  # width of the edge of a band limit, as a share of its frequency
_PADDING_SAMPLES = 2048  # longer than the band limit rings, so that the ends do not meet


def band_limited(waveform: np.ndarray, cutoff_hz: float, sample_rate_hz: int) -> np.ndarray:
    """Remove what lies above a frequency, without delay.

    The gain falls along a cosine over a tenth of the frequency, up to which it is 1 before that.

    Args:
        waveform: Samples.
        cutoff_hz: Frequency from which nothing is left.
        sample_rate_hz: Rate.

    Shape:
        [T], kept.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    num_samples = next_fast_len(len(waveform) + _PADDING_SAMPLES, real=True)
    spectrum = rfft(waveform.astype(np.float32, copy=False), num_samples)
    hz_per_bin = sample_rate_hz / num_samples
    first = max(0, int((1.0 - _EDGE) * cutoff_hz / hz_per_bin))
    last = min(len(spectrum), int(np.ceil(cutoff_hz / hz_per_bin)))
    position = (np.arange(first, last) * hz_per_bin / cutoff_hz - 1.0) / _EDGE + 1.0
    edge = 0.5 * (1.0 + np.cos(np.pi * np.clip(position, 0.0, 1.0)))
    spectrum[first:last] *= edge.astype(np.float32)
    spectrum[last:] = 0.0
    return irfft(spectrum, num_samples)[: len(waveform)]


def clipped(waveform: np.ndarray, depth_db: float) -> np.ndarray:
    """Cut off the peaks, as an overdriven input does.

    Args:
        waveform: Samples.
        depth_db: How far below the largest magnitude they are cut, at least 0.

    Shape:
        [T], kept.

    Example:
        >>> clipped(np.array([0.5, -1.0, 0.7]), 20 * np.log10(2)).round(3).tolist()
        [0.5, -0.5, 0.5]
    """
    limit = np.float32(np.max(np.abs(waveform), initial=0.0) * 10.0 ** (-depth_db / 20.0))
    return np.clip(waveform.astype(np.float32, copy=False), -limit, limit)


def coloured_by(waveform: np.ndarray, coefficients: tuple[float, ...]) -> np.ndarray:
    """Change the colour of a sound as another microphone would, keeping its RMS level.

    The filter is (1 + a z^-1 + b z^-2) / (1 + c z^-1 + d z^-2).

    Args:
        waveform: Samples.
        coefficients: a, b, c and d, each within 3/8 of 0, where the filter is always stable.

    Shape:
        [T], kept.

    Reference:
        Valin 2018, "A Hybrid DSP/Deep Learning Approach to Real-Time Full-Band Speech Enhancement",
        arXiv:1709.08243, section V.
    """
    from scipy.signal import lfilter

    above, below = coefficients[:2], coefficients[2:]
    waveform = waveform.astype(np.float32, copy=False)
    numerator, denominator = np.array([[1.0, *above], [1.0, *below]], np.float32)
    filtered = lfilter(numerator, denominator, waveform)
    before, after = np.sum(np.square(waveform)), np.sum(np.square(filtered))
    return filtered * np.sqrt(before / after) if after > 0.0 else waveform


def at_speed(waveform: np.ndarray, speed: float, num_samples: int) -> np.ndarray:
    """Play a sound faster or slower, which moves its pitch too.

    Args:
        waveform: Samples; about `num_samples` times the speed.
        speed: Factor above 0; 1 leaves the sound as it is.
        num_samples: Length of the result; what may be missing at the end is zero.

    Shape:
        [T] -> [num_samples]
    """
    import soxr

    if speed != 1.0:
        waveform = soxr.resample(np.ascontiguousarray(waveform, np.float32), speed, 1.0)
    waveform = waveform[:num_samples].astype(np.float32, copy=False)
    return np.pad(waveform, (0, num_samples - len(waveform)))
