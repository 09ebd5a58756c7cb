"""FrameStream with networks whose whole result is known."""

import tracemalloc

import numpy as np
import pytest

from tfgan_audio.audio.frame_stream import FrameStream
from tfgan_audio.errors import InputError

BINS, HOP = 3, 4


def blur(signal: np.ndarray, before: int, after: int) -> np.ndarray:
    """Add up neighbours under weights of their own, the signal reflected at its ends."""
    weights = 1.0 + np.arange(before + after + 1)
    padded = np.pad(signal, (before, after), "reflect")
    return np.convolve(padded, weights[::-1] / weights.sum(), "valid")


def network(before: int, after: int):
    """A network of two layers: of frames, then of samples, none of it linear.

    Each sample depends on so many frames before and after its own; half of the reach, reflections
    included, is in either layer.
    """
    inner = before // 2 * HOP, after // 2 * HOP

    def render(frames: np.ndarray) -> np.ndarray:
        assert frames.shape[1] == BINS and frames.dtype == np.float32
        mixed = np.tanh(blur(frames @ [1.0, -2.0, 0.5], before - before // 2, after - after // 2))
        return np.sin(3.0 * blur(mixed.repeat(HOP), *inner)).astype(np.float32)

    return render


def in_chunks(stream: FrameStream, frames: np.ndarray, sizes) -> np.ndarray:
    """Whatever a stream returns for frames cut into chunks of such sizes, in turns."""
    sizes, position, parts = list(sizes), 0, []
    while position < len(frames):
        size = sizes[len(parts) % len(sizes)]
        parts.append(stream.process(frames[position : position + size]))
        position += size
    return np.concatenate([*parts, stream.flush()])


@pytest.mark.parametrize("reach", [(0, 0), (5, 5), (6, 2), (4, 0)])
@pytest.mark.parametrize("num_frames", [0, 1, 2, 4, 6, 7, 11, 60])
@pytest.mark.parametrize("chunk_frames", [1, 7, 100])
def test_chunks_of_any_size_give_the_whole(rng, reach, num_frames: int, chunk_frames: int) -> None:
    frames = rng.standard_normal([num_frames, BINS]).astype(np.float32)
    found = in_chunks(FrameStream(network(*reach), BINS, HOP, *reach), frames, [chunk_frames])
    expected = network(*reach)(frames) if num_frames else np.zeros(0)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("block_frames", [1, 4, 1000])
def test_drawn_chunks_empty_ones_among_them(rng, block_frames: int) -> None:
    reach, frames = (5, 3), rng.standard_normal([1500, BINS]).astype(np.float32)
    expected = network(*reach)(frames)
    for most in (3, 40, 1500):
        stream = FrameStream(network(*reach), BINS, HOP, *reach, block_frames)
        sizes = [1, *rng.integers(0, most, 50)]
        np.testing.assert_allclose(in_chunks(stream, frames, sizes), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("forgotten", [(1, 0), (0, 1)])
def test_a_reach_that_is_too_short_would_be_noticed(rng, forgotten) -> None:
    """The network of these tests does depend on the outermost frames it is said to."""
    reach, frames = (5, 3), rng.standard_normal([60, BINS]).astype(np.float32)
    stated = np.subtract(reach, forgotten)
    found = in_chunks(FrameStream(network(*reach), BINS, HOP, *stated), frames, [1])
    assert np.abs(found - network(*reach)(frames)).max() > 1e-3


@pytest.mark.parametrize(("reach", "block_frames"), [((5, 5), 1), ((6, 2), 1), ((2, 6), 4)])
def test_samples_come_as_late_as_stated(reach, block_frames: int) -> None:
    stream = FrameStream(network(*reach), BINS, HOP, *reach, block_frames)
    assert stream.latency_samples == HOP * stream.latency_frames
    assert stream.latency_frames == reach[1] + block_frames - 1
    frame = np.zeros([1, BINS], np.float32)
    counts = np.cumsum([len(stream.process(frame)) for _ in range(40)])
    complete = (np.arange(1, 41) - reach[1]) // block_frames * block_frames * HOP
    started = np.arange(1, 41) > reach[0]
    np.testing.assert_array_equal(counts, np.where(started, np.maximum(0, complete), 0))
    assert np.all(counts >= np.where(started, HOP * (np.arange(1, 41) - stream.latency_frames), 0))


@pytest.mark.parametrize("end", ["flush", "reset"])
def test_a_new_signal_starts_from_nothing(rng, end: str) -> None:
    frames = rng.standard_normal([50, BINS]).astype(np.float32)
    stream = FrameStream(network(4, 4), BINS, HOP, 4, 4)
    first = in_chunks(stream, frames, [7])
    stream.process(frames[:13])
    getattr(stream, end)()
    np.testing.assert_array_equal(in_chunks(stream, frames, [7]), first)


def test_a_chunk_may_be_written_over_afterwards(rng) -> None:
    frames = rng.standard_normal([30, BINS]).astype(np.float32)
    stream, chunk, parts = FrameStream(network(4, 4), BINS, HOP, 4, 4), np.empty([1, BINS]), []
    for frame in frames:
        chunk[:] = frame
        parts.append(stream.process(chunk))
    found = np.concatenate([*parts, stream.flush()])
    np.testing.assert_allclose(found, network(4, 4)(frames), atol=1e-6)


def test_windows_and_memory_are_bounded() -> None:
    """However long the stream and its chunks are, what is rendered at once and kept is not."""
    longest = 0

    def render(frames: np.ndarray) -> np.ndarray:
        nonlocal longest
        longest = max(longest, len(frames))
        return np.zeros(len(frames) * HOP, np.float32)

    stream = FrameStream(render, BINS, HOP, 9, 9)
    stream.process(np.zeros([5000, BINS], np.float32))
    assert longest <= 128 + 18
    chunk = np.zeros([7, BINS], np.float32)
    stream.process(chunk)
    tracemalloc.start()
    for _ in range(20_000):
        stream.process(chunk)
    kept_bytes, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept_bytes < 10_000 and most_bytes < 50_000


@pytest.mark.parametrize(
    ("chunk", "seen"),
    [
        (np.zeros([4, BINS + 1]), r"shape \[4, 4\], expected \[frames, 3\]"),
        (np.zeros([BINS, 5]), r"shape \[3, 5\], the axes exchanged, expected \[frames, 3\]"),
        (np.zeros(BINS), r"shape \[3\], expected"),
        (np.zeros([1, 5, BINS]), r"shape \[1, 5, 3\], expected"),
        (np.zeros([2, BINS], int), "int64 values, expected floating point values"),
        (np.zeros([2, BINS], complex), "complex128 values, expected floating point values"),
        (np.array([[0.0] * BINS, [0.0, np.nan, 0.0]]), "NaN or infinity in frame 7, expected"),
        (np.full([1, BINS], -np.inf), "NaN or infinity in frame 6, expected"),
    ],
)
def test_a_refused_chunk_leaves_the_stream_as_it_was(rng, chunk: np.ndarray, seen: str) -> None:
    frames = rng.standard_normal([20, BINS]).astype(np.float32)
    stream = FrameStream(network(4, 4), BINS, HOP, 4, 4)
    begin = stream.process(frames[:6])
    with pytest.raises(InputError, match=f"^chunk: got {seen}"):
        stream.process(chunk)
    found = np.concatenate([begin, stream.process(frames[6:]), stream.flush()])
    np.testing.assert_allclose(found, network(4, 4)(frames), atol=1e-6)


def test_a_block_of_no_frames_is_refused() -> None:
    with pytest.raises(InputError, match="^block_frames: got 0, expected a whole number above 0$"):
        FrameStream(network(0, 0), BINS, HOP, 0, 0, 0)
