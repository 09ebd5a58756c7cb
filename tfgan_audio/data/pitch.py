"""The pitch of each frame of a mel spectrogram, as the acoustic model learns it.

Shape letters: T samples, F frames.
"""

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError

REFERENCE_HZ = 200.0
"""The pitch that counts as 0 octaves."""


def frame_pitch(
    waveform: np.ndarray, features: MelFeatures, pitch_hz: tuple[float, float] = (60.0, 500.0)
) -> np.ndarray:
    """Return the pitch at the middle of every frame, through unvoiced ones in a straight line.

    Args:
        waveform: Speech.
        features: Definition of the frames.
        pitch_hz: Range in which the pitch is looked for.

    Shape:
        [T] -> float32 [F]

    Returns:
        log2(F0 / 200 Hz); before the first voiced frame and behind the last what these have, and 0
        everywhere where nothing is voiced.

    Raises:
        InputError: The package pyworld-prebuilt is missing.

    Reference:
        Morise et al. 2009, DIO, and Morise et al. 2010, StoneMask, as WORLD has them.
    """
    try:
        import pyworld
    except ImportError as error:
        expected = "the package pyworld-prebuilt, of the extra [speech]"
        raise InputError("pitch", "no package pyworld", expected) from error
    hop_s = features.hop_samples / features.sample_rate_hz
    num_frames = features.num_frames(len(waveform))
    first_s = {"centre": 0.0, "half_hop": 0.5 * hop_s}.get(
        features.centring, 0.5 * features.fft_samples / features.sample_rate_hz
    )
    samples = np.ascontiguousarray(waveform, np.float64)
    rate, (low, high) = features.sample_rate_hz, pitch_hz
    found, times = pyworld.dio(samples, rate, f0_floor=low, f0_ceil=high, frame_period=5.0)
    hertz = pyworld.stonemask(samples, found, times, rate)
    voiced = hertz > 0
    if not voiced.any():
        return np.zeros(num_frames, np.float32)
    frame_s = first_s + hop_s * np.arange(num_frames)
    octaves = np.log2(hertz[voiced] / REFERENCE_HZ)
    return np.interp(frame_s, times[voiced], octaves).astype(np.float32)
