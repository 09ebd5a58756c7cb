"""Reverberation by impulse responses, aligned to the direct path (numpy, pure).

Shape letters: T samples of speech, R samples of a response.
"""

import numpy as np

from tfgan_audio.errors import InputError

_TAPER_MS = 5.0
_PEAK_MS = 1.0


def direct_path(response: np.ndarray, sample_rate_hz: int) -> int:
    """Return where the direct sound of an impulse response arrives.

    That is its first strong pulse: the largest magnitude within 1 ms after half of the overall
    maximum is first reached. The maximum itself may be a focused reflection.

    Args:
        response: Impulse response that is not silent.
        sample_rate_hz: Its rate.

    Shape:
        response: [R]

    Returns:
        A position in [0, R).
    """
    magnitude = np.abs(response)
    first = int(np.argmax(magnitude >= 0.5 * magnitude.max()))
    width = 1 + round(_PEAK_MS / 1000 * sample_rate_hz)
    return first + int(np.argmax(magnitude[first : first + width]))


def reverberate(
    speech: np.ndarray, response: np.ndarray, early_ms: float | None, sample_rate_hz: int
) -> tuple[np.ndarray, np.ndarray]:
    """Put speech into a room, and make the target that an enhancer shall find.

    The direct sound stays at its time and has gain 1, so the results are aligned with the speech.
    The reverberation that would follow the last sample is cut off; a response may therefore be
    longer than the speech.

    Args:
        speech: Dry speech.
        response: Impulse response that is not silent.
        early_ms: What the target keeps of the room: 0 nothing, which is the speech itself; a number
            the reflections up to so long after the direct sound, faded out within 5 ms more; None
            all of it.
        sample_rate_hz: Rate of both.

    Shape:
        speech: [T]; response: [R]; both results: [T]

    Returns:
        Reverberant speech and the target, float32.

    Raises:
        InputError: A response without sound, or a negative time.

    Example:
        >>> click, room = np.array([1.0, 0, 0, 0]), np.array([0.0, 0.8, 0.4])
        >>> reverberant, target = reverberate(click, room, 0, 16_000)
        >>> reverberant.round(3).tolist(), target.tolist()
        ([1.0, 0.5, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0])
    """
    if not np.any(response):
        raise InputError("response", "digital silence", "an impulse response")
    if early_ms is not None and not early_ms >= 0.0:
        raise InputError("early_ms", early_ms, "0 or more, or None")
    speech = speech.astype(np.float32, copy=False)
    direct = direct_path(response, sample_rate_hz)
    response = response[: direct + len(speech)].astype(np.float32)
    response /= response[direct]
    if early_ms == 0.0:
        return _convolved(speech, [response], direct)[0], speech
    if early_ms is None:
        (reverberant,) = _convolved(speech, [response], direct)
        return reverberant, reverberant
    early = response * _early_window(len(response), direct, early_ms, sample_rate_hz)
    reverberant, target = _convolved(speech, [response, early], direct)
    return reverberant, target


def _early_window(
    num_samples: int, direct: int, early_ms: float, sample_rate_hz: int
) -> np.ndarray:
    """Weights that are 1 up to the end of the early reflections and then fall to 0."""
    ms_after = (np.arange(num_samples, dtype=np.float32) - direct) * (1000.0 / sample_rate_hz)
    fallen = np.clip((ms_after - early_ms) / _TAPER_MS, 0.0, 1.0)
    return 0.5 * (1.0 + np.cos(np.pi * fallen))


def _convolved(speech: np.ndarray, responses: list[np.ndarray], direct: int) -> list[np.ndarray]:
    """Convolve speech with responses and take off the delay of the direct sound."""
    from scipy.fft import irfft, next_fast_len, rfft

    num_samples = next_fast_len(len(speech) + len(responses[0]) - 1, real=True)
    spectrum = rfft(speech, num_samples)
    return [
        irfft(spectrum * rfft(response, num_samples), num_samples)[direct : direct + len(speech)]
        for response in responses
    ]
