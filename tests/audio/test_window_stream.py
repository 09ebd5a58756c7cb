"""Windows that overlap, faded over to each other without a seam."""

import numpy as np
import pytest

from tfgan_audio.audio.filters import de_emphasis, pre_emphasis
from tfgan_audio.audio.window_stream import WindowStream
from tfgan_audio.errors import InputError

N = 32


def run(stream: WindowStream, signal: np.ndarray, sizes: list[int]) -> np.ndarray:
    """A signal in chunks of such sizes, again and again."""
    parts, position, index = [], 0, 0
    while position < len(signal):
        size = sizes[index % len(sizes)]
        parts.append(stream.process(signal[position : position + size]))
        position, index = position + size, index + 1
    return np.concatenate([*parts, stream.flush()])


def gain_of_window(window: np.ndarray, index: int) -> np.ndarray:
    """Something else for each window."""
    return window * (index + 1)


@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("num_samples", [1, 15, 16, 31, 32, 33, 48, 49, 200])
def test_windows_that_are_left_alone_give_the_signal_back(rng, overlap, num_samples) -> None:
    signal = rng.uniform(-1, 1, num_samples).astype(np.float32)
    stream = WindowStream(lambda window, index: window, N, overlap, 0.95)
    np.testing.assert_allclose(run(stream, signal, [7]), signal, atol=2e-6)


@pytest.mark.parametrize("overlap", [0.0, 0.3, 0.5])
def test_chunks_make_no_difference_to_any_bit(rng, overlap: float) -> None:
    signal = rng.uniform(-1, 1, 333).astype(np.float32)
    stream = WindowStream(gain_of_window, N, overlap, 0.9)
    whole = run(stream, signal, [333])
    for sizes in ([1], [N], [5, 0, 64, 2], [100, 1]):
        np.testing.assert_array_equal(run(stream, signal, sizes), whole)


def test_fades_follow_their_definition(rng) -> None:
    """Whole windows, raised cosines where they overlap, nothing faded at the ends."""
    signal = rng.uniform(-1, 1, 80).astype(np.float32)
    found = run(WindowStream(gain_of_window, N, 0.25, 0.0), signal, [80])
    rise = np.sin(np.pi / 2 * (np.arange(8) + 0.5) / 8) ** 2
    gain = np.concatenate([np.ones(24), 1 + rise, np.full(16, 2.0), 2 + rise, np.full(24, 3.0)])
    np.testing.assert_allclose(found, gain * signal, rtol=1e-5)


def test_without_overlap_it_is_the_published_way(rng) -> None:
    """The whole signal pre-emphasised, windows side by side, the last one filled with zeros."""
    signal, seen = rng.uniform(-1, 1, 70).astype(np.float32), []

    def reverse(window: np.ndarray, index: int) -> np.ndarray:
        seen.append(window)
        return window[::-1]

    found = run(WindowStream(reverse, N, 0.0, 0.95), signal, [9])
    padded = np.pad(pre_emphasis(signal, 0.95), (0, 26))
    np.testing.assert_allclose(np.concatenate(seen), padded, atol=1e-6)
    turned = padded.reshape(3, N)[:, ::-1].ravel()[:70]
    np.testing.assert_allclose(found, de_emphasis(turned, 0.95), atol=1e-5)


def test_it_can_start_again_and_refuses_bad_chunks(rng) -> None:
    signal = rng.uniform(-1, 1, 100).astype(np.float32)
    stream = WindowStream(gain_of_window, N, 0.5, 0.95)
    expected = run(stream, signal, [100])
    stream.process(signal[50:])
    stream.reset()
    start = stream.process(signal[:10])
    with pytest.raises(InputError, match="finite samples"):
        stream.process(np.array([np.nan]))
    rest = run(stream, signal[10:], [100])
    np.testing.assert_array_equal(np.concatenate([start, rest]), expected)


@pytest.mark.parametrize("overlap", [-0.1, 0.6, float("nan")])
def test_overlaps_out_of_range(overlap: float) -> None:
    with pytest.raises(InputError, match="^overlap: got"):
        WindowStream(gain_of_window, N, overlap, 0.95)
