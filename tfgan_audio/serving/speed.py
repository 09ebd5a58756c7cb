"""How fast a model does its work, whatever runs it."""

from __future__ import annotations

import time

import numpy as np

from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.parity import probe_signal
from tfgan_audio.serving.speech_inputs import probe_inputs
from tfgan_audio.serving.verbs import Opened

_MEASURED_SECONDS = 1.0
_PROBE_SYMBOLS = 16  # about a second


def measured_speed(opened: Opened) -> dict[str, float]:
    """Measure the first call of a model and later ones; the load of others moves both.

    Args:
        opened: A model that has not been used yet; it gets about a second of sound to make.

    Returns:
        `first_call_ms`, `steady_call_ms` (the median of a second of calls), and
        `real_time_factor`, the steady time for each second of sound.
    """
    spans, start = [], time.perf_counter()
    while len(spans) < 4 or time.perf_counter() - start < _MEASURED_SECONDS:
        begin = time.perf_counter()
        seconds_of_sound = _work(opened)
        spans.append(time.perf_counter() - begin)
    steady = float(np.median(spans[1:]))
    return {
        "first_call_ms": 1000.0 * spans[0],
        "steady_call_ms": 1000.0 * steady,
        "real_time_factor": steady / seconds_of_sound,
    }


def _work(opened: Opened) -> float:
    """Let a model do what it is for, and return how many seconds of sound that is."""
    rate = opened.sample_rate_hz
    if hasattr(opened, "enhance"):
        sound = opened.enhance(probe_signal(rate, rate), rate)
    elif hasattr(opened, "vocode"):
        quiet = quiet_frame(opened.features)
        sound = opened.vocode(np.tile(quiet, [rate // opened.hop_samples, 1]), quiet_ends=True)
    elif hasattr(opened, "speak"):
        mel, _ = opened.read(probe_inputs(opened.description, _PROBE_SYMBOLS))
        return len(mel) * opened.features.hop_samples / rate
    else:
        sound = opened.generate(1)[0]
    return len(sound) / rate
