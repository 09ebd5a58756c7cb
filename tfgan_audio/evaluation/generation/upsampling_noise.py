"""How much of the tones that upsampling leaves behind is in a clip.

A generator that upsamples by 4 five times leaves spectral lines at multiples of a quarter of the
sample rate, of a sixteenth, and so on. How strong each may become is seen in what such a generator
gives before any training. Letters: N clips, T samples, C channels.
"""

import functools
import math

import numpy as np
from scipy.ndimage import uniform_filter1d

from tfgan_audio.errors import InputError

STRIDES = (4, 4, 4, 4, 4)
_START_SAMPLES = 16
_KERNEL_SAMPLES = 25
_LATENT_DIM = 100
_LAST_CHANNELS = 2  # the envelope does not depend on it
_NUM_NETWORKS, _NUM_LATENTS = 24, 16
_NEIGHBOUR_BINS = 32


def upsampling_noise_db(waveforms: np.ndarray, strides: tuple[int, ...] = STRIDES) -> np.ndarray:
    """Measure how far the lines of upsampling stand out of the spectrum around them.

    The power at each line over the mean power of the 65 bins around it, averaged with the weights
    of `line_weights`. Level and spectral tilt do not matter. Music in tune with the lines raises
    it too, so compare with real clips.

    Args:
        waveforms: Clips at the rate they were generated at.
        strides: Upsampling factors of the generator, first to last.

    Shape:
        `[N, T]` -> `[N]`.

    Returns:
        dB: about 0 where there are no lines, at most 18; NaN of digital silence.

    Raises:
        InputError: Clips too short to tell the lines apart.

    Reference:
        Donahue et al. 2019, arXiv:1802.04208, who average magnitudes with such weights.
        Differs: relative to the surroundings, so that it is free of level and timbre.
    """
    factor = math.prod(strides)
    num_samples = waveforms.shape[1] // factor * factor  # lines fall on bins
    if num_samples < 4 * factor:
        expected = f"at least {4 * factor}"
        raise InputError("upsampling noise", f"{waveforms.shape[1]} samples", expected)
    power = np.square(np.abs(np.fft.rfft(waveforms[:, :num_samples].astype(np.float64))))
    around = uniform_filter1d(power, 2 * _NEIGHBOUR_BINS + 1, axis=1, mode="reflect")
    weights = line_weights(strides)
    lines = (1 + np.arange(len(weights))) * (num_samples // factor)
    relative = power[:, lines] / np.where(around[:, lines] > 0, around[:, lines], np.nan)
    return 10 * np.log10(np.maximum(relative @ weights, 1e-12))


@functools.lru_cache(maxsize=4)
def line_weights(strides: tuple[int, ...] = STRIDES) -> np.ndarray:
    """Return the relative magnitudes of the lines in what untrained generators give.

    Lines stand at multiples of `1 / prod(strides)` of the sample rate, without 0 and half of it.
    The weight of one is its magnitude above the flat spectrum between the lines.

    Args:
        strides: Upsampling factors, first to last.

    Returns:
        Weights that sum to 1, `[prod(strides) / 2 - 1]`, read-only.
    """
    rng = np.random.default_rng(0)
    magnitude = np.mean(
        [
            np.abs(np.fft.rfft(_untrained_response(rng, strides))).mean(axis=0)
            for _ in range(_NUM_NETWORKS)
        ],
        axis=0,
    )
    lines = (magnitude / np.median(magnitude))[_START_SAMPLES:-1:_START_SAMPLES]
    weights = np.maximum(lines - 1.0, 0.0)
    weights /= weights.sum()
    weights.flags.writeable = False
    return weights


def _untrained_response(rng: np.random.Generator, strides: tuple[int, ...]) -> np.ndarray:
    """Clips of a narrow WaveGAN generator with weights as drawn, before its tanh, `[N, T]`."""
    channels = _LAST_CHANNELS * 2 ** (len(strides) - 1)
    latents = rng.uniform(-1, 1, (_NUM_LATENTS, _LATENT_DIM))
    signal = latents @ _glorot(rng, 1, _LATENT_DIM, _START_SAMPLES * channels)[0]
    signal = signal.reshape(_NUM_LATENTS, _START_SAMPLES, channels)
    for index, stride in enumerate(strides):
        channels = 1 if index == len(strides) - 1 else channels // 2
        kernel = _glorot(rng, _KERNEL_SAMPLES, signal.shape[2], channels)
        signal = _upsampled(np.maximum(signal, 0.0), kernel, stride)
    return signal[:, :, 0]


def _glorot(rng: np.random.Generator, num_taps: int, num_in: int, num_out: int) -> np.ndarray:
    """Weights `[taps, in, out]` as Keras draws them by default."""
    limit = math.sqrt(6 / (num_taps * (num_in + num_out)))
    return rng.uniform(-limit, limit, (num_taps, num_in, num_out))


def _upsampled(signal: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Transposed convolution with padding "same", `[N, T, C] -> [N, T * stride, C']`."""
    num_clips, num_samples, _ = signal.shape
    num_taps, _, num_out = kernel.shape
    whole = np.zeros((num_clips, num_samples * stride + num_taps, num_out))
    for tap in range(num_taps):
        whole[:, tap : tap + num_samples * stride : stride] += signal @ kernel[tap]
    before = (num_taps - stride) // 2
    return whole[:, before : before + num_samples * stride]
