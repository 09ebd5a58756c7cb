"""BlockStream with steps whose whole result is known."""

import numpy as np
import pytest

from tfgan_audio.audio.block_stream import BlockStream, Histories
from tfgan_audio.errors import InputError

HOP = 4
CHUNK_SIZES = [1, 3, 4, 7, 100]


def running_sum_stream(latency_samples: int) -> BlockStream:
    """A step that adds up all samples so far and returns the sums some blocks late."""

    def step(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        total, late = histories
        assert blocks.shape[0] == 1 and blocks.shape[2] == HOP
        sums = np.cumsum(blocks.reshape(-1)) + total
        delayed = np.concatenate([late, sums.astype(np.float32)])
        keep = len(delayed) - latency_samples
        return delayed[:keep].reshape(blocks.shape), [sums[-1], delayed[keep:]]

    start = [np.float32(0.0), np.full(latency_samples, np.nan, np.float32)]
    return BlockStream(step, start, HOP, latency_samples)


def in_chunks(stream: BlockStream, signal: np.ndarray, sizes) -> np.ndarray:
    """Whatever a stream returns for a signal cut into chunks of such sizes, in turns."""
    sizes, position, parts = list(sizes), 0, []
    while position < len(signal):
        size = sizes[len(parts) % len(sizes)]
        parts.append(stream.process(signal[position : position + size]))
        position += size
    return np.concatenate([*parts, stream.flush()])


@pytest.mark.parametrize("latency_samples", [0, HOP, 3 * HOP])
@pytest.mark.parametrize("num_samples", [0, 1, 3, 4, 5, 16, 41])
@pytest.mark.parametrize("chunk_samples", CHUNK_SIZES)
def test_chunks_of_any_size_give_the_whole_in_place(
    rng, latency_samples: int, num_samples: int, chunk_samples: int
) -> None:
    signal = rng.uniform(-1, 1, num_samples).astype(np.float32)
    enhanced = in_chunks(running_sum_stream(latency_samples), signal, [chunk_samples])
    assert enhanced.dtype == np.float32
    np.testing.assert_allclose(enhanced, np.cumsum(signal), atol=1e-5)


def test_drawn_chunks_empty_ones_among_them(rng) -> None:
    signal = rng.uniform(-1, 1, 300).astype(np.float32)
    for _ in range(20):
        sizes = [1, *rng.integers(0, 30, 40)]
        enhanced = in_chunks(running_sum_stream(2 * HOP), signal, sizes)
        np.testing.assert_allclose(enhanced, np.cumsum(signal), atol=1e-4)


def test_output_comes_as_soon_as_its_block_is_complete() -> None:
    stream = running_sum_stream(2 * HOP)
    counts = np.cumsum([len(stream.process(np.ones(1, np.float32))) for _ in range(30)])
    complete = np.arange(1, 31) // HOP * HOP
    np.testing.assert_array_equal(counts, np.maximum(0, complete - 2 * HOP))


@pytest.mark.parametrize("end", ["flush", "reset"])
def test_a_new_signal_starts_from_nothing(rng, end: str) -> None:
    signal = rng.uniform(-1, 1, 50).astype(np.float32)
    stream = running_sum_stream(HOP)
    first = in_chunks(stream, signal, [7])
    stream.process(signal[:13])
    getattr(stream, end)()
    np.testing.assert_array_equal(in_chunks(stream, signal, [7]), first)


def test_streams_do_not_share_anything(rng) -> None:
    one, two = rng.uniform(-1, 1, [2, 30]).astype(np.float32)
    streams = running_sum_stream(HOP), running_sum_stream(HOP)
    parts = [[], []]
    for start in range(0, 30, 5):
        for stream, signal, found in zip(streams, (one, two), parts, strict=True):
            found.append(stream.process(signal[start : start + 5]))
    for stream, signal, found in zip(streams, (one, two), parts, strict=True):
        np.testing.assert_allclose(
            np.concatenate([*found, stream.flush()]), np.cumsum(signal), atol=1e-5
        )


@pytest.mark.parametrize(
    ("chunk", "seen"),
    [
        (np.array([0.0, np.nan]), "NaN or infinity"),
        (np.array([np.inf]), "NaN or infinity"),
        (np.zeros([3, 1]), r"shape \(3, 1\)"),
        (np.zeros([3, 2], np.float32), r"shape \(3, 2\)"),
        (np.array([100, -3], np.int16), "int16 samples"),
    ],
)
def test_a_refused_chunk_leaves_the_stream_as_it_was(rng, chunk: np.ndarray, seen: str) -> None:
    signal = rng.uniform(-1, 1, 20).astype(np.float32)
    stream = running_sum_stream(HOP)
    begin = stream.process(signal[:6])
    with pytest.raises(InputError, match=f"^chunk: got {seen}, expected "):
        stream.process(chunk)
    enhanced = np.concatenate([begin, stream.process(signal[6:]), stream.flush()])
    np.testing.assert_allclose(enhanced, np.cumsum(signal), atol=1e-5)


def test_other_float_types_are_taken() -> None:
    for dtype in (np.float16, np.float64):
        stream = running_sum_stream(0)
        np.testing.assert_array_equal(stream.process(np.ones(4, dtype)), [1, 2, 3, 4])
        assert len(stream.process([])) == 0
