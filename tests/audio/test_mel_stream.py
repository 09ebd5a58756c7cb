"""MelStream against the mel spectrogram of the whole recording."""

from dataclasses import replace

import numpy as np
import pytest

from tfgan_audio.audio.features import PRESETS, MelFeatures
from tfgan_audio.audio.mel_stream import MelStream
from tfgan_audio.audio.spectral import log_mel

FEATURES = {
    **PRESETS,
    "normalised": replace(PRESETS["parallel_wavegan"], mean=(-3.0,) * 80, scale=(0.7,) * 80),
    "unpadded": MelFeatures(centring="none"),
    "zeros": MelFeatures(centring="centre", padding="zeros", fft_samples=512, window_samples=512),
}


def in_chunks(stream: MelStream, waveform: np.ndarray, sizes) -> np.ndarray:
    """The mel of a recording cut into chunks of such sizes, in turns."""
    position, parts = 0, []
    while position < len(waveform):
        size = sizes[len(parts) % len(sizes)]
        parts.append(stream.process(waveform[position : position + size]))
        position += size
    return np.concatenate([*parts, stream.flush()])


@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("num_samples", [1024, 4097, 20_000])
def test_chunks_give_the_frames_of_the_whole(rng, name: str, num_samples: int) -> None:
    waveform = (0.1 * rng.standard_normal(num_samples)).astype(np.float32)
    expected = log_mel(waveform[None], FEATURES[name]).numpy()[0]
    stream = MelStream(FEATURES[name])
    for sizes in ([num_samples], [100, 1, 0, 700], [333]):
        found = in_chunks(stream, waveform, sizes)
        assert len(found) == FEATURES[name].num_frames(num_samples)
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("num_samples", [1, 2, 100, 255])
def test_the_shortest_recordings_have_a_frame(rng, name: str, num_samples: int) -> None:
    """As they would have with silence behind them, up to one frame."""
    waveform = (0.1 * rng.standard_normal(num_samples)).astype(np.float32)
    found = in_chunks(MelStream(FEATURES[name]), waveform, [1])
    assert found.shape == (1, 80) and np.isfinite(found).all()
    features = FEATURES[name]
    silence = np.zeros(max(0, features.fft_samples - 2 * features.pad_samples - num_samples))
    waveform, pad = np.concatenate([waveform, silence]), features.pad_samples
    padded = np.pad(waveform, pad, "reflect" if features.padding == "reflect" else "constant")
    expected = log_mel(padded[None].astype(np.float32), replace(features, centring="none"))
    np.testing.assert_allclose(found, expected.numpy()[0], atol=1e-5)


def test_nothing_has_no_frames() -> None:
    stream = MelStream(MelFeatures())
    assert stream.flush().shape == stream.process(np.zeros(0, np.float32)).shape == (0, 80)
