"""Enhancer around steps whose result is known, so that lengths and times can be checked."""

import numpy as np
import pytest

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.audio.resampling import resample
from tfgan_audio.errors import InputError
from tfgan_audio.serving.enhancer import Enhancer

RATES = [8000, 11025, 16000, 22050, 44100, 48000, 96000]
LENGTHS = [1, 2, 255, 256, 16001]
HOP, LATENCY = 256, 256


def identity(num_streams: list | None = None) -> Enhancer:
    """An enhancer that changes nothing; its step is one block late, as a real one is."""

    def step(blocks, histories):
        late = np.concatenate([histories[0], blocks], axis=1)
        return late[:, : blocks.shape[1]], [late[:, blocks.shape[1] :]]

    def open_stream() -> BlockStream:
        if num_streams is not None:
            num_streams.append(1)
        return BlockStream(step, [np.zeros([1, 1, HOP], np.float32)], HOP, LATENCY)

    return Enhancer(open_stream, 16000)


def band_limited(rng, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Noise below 3 kHz that fades in and out, so that a change of rate loses nothing of it."""
    spectrum = np.fft.rfft(rng.standard_normal(num_samples))
    spectrum[np.fft.rfftfreq(num_samples, 1 / sample_rate_hz) > 3000] = 0.0
    waveform = np.fft.irfft(spectrum, num_samples) * np.hanning(num_samples)
    return (0.5 * waveform / np.abs(waveform).max()).astype(np.float32)


@pytest.mark.parametrize("num_samples", LENGTHS)
@pytest.mark.parametrize("sample_rate_hz", RATES)
def test_as_many_samples_come_out_as_went_in(rng, sample_rate_hz: int, num_samples: int) -> None:
    waveform = rng.uniform(-1, 1, num_samples)
    enhanced = identity().enhance(waveform, sample_rate_hz)
    assert enhanced.shape == (num_samples,) and enhanced.dtype == np.float32
    assert np.isfinite(enhanced).all()


@pytest.mark.parametrize("sample_rate_hz", RATES)
def test_a_recording_stays_in_its_place(rng, sample_rate_hz: int) -> None:
    waveform = band_limited(rng, sample_rate_hz, sample_rate_hz)
    enhanced = identity().enhance(waveform, sample_rate_hz)
    correlation = np.correlate(enhanced[1000:-1000], waveform[1050:-1050], "valid")
    assert np.argmax(correlation) == 50
    np.testing.assert_allclose(enhanced, waveform, atol=1e-4)


@pytest.mark.parametrize("sample_rate_hz", [8000, 44100, 48000])
def test_the_end_is_not_lost(sample_rate_hz: int) -> None:
    """A tone that ends abruptly: the last samples are those of one resampling there and back."""
    tone = np.sin(2 * np.pi * 440 * np.arange(5003) / sample_rate_hz).astype(np.float32)
    enhanced = identity().enhance(tone, sample_rate_hz)
    silence = np.zeros(2000, np.float32)
    there = resample(np.concatenate([tone, silence]), sample_rate_hz, 16000)
    back = resample(there, 16000, sample_rate_hz)
    np.testing.assert_allclose(enhanced[-200:], back[: len(tone)][-200:], atol=1e-3)
    assert np.abs(enhanced[-200:]).max() > 0.5


@pytest.mark.parametrize("sample_rate_hz", [8000, 11025, 16000, 48000])
@pytest.mark.parametrize("sizes", [[1], [7, 0, 300], [4000]])
def test_chunks_change_nothing(rng, sample_rate_hz: int, sizes: list[int]) -> None:
    waveform = rng.uniform(-1, 1, [1500 if sizes == [1] else 9001, 2]).astype(np.float32)
    borders = np.cumsum(sizes * (len(waveform) // sum(sizes)))[:-1]
    enhancer, num_in, parts = identity(), 0, []

    def chunks():
        nonlocal num_in
        for chunk in np.split(waveform, borders):
            num_in += len(chunk)
            yield chunk

    for part in enhancer.enhance_chunks(chunks(), sample_rate_hz):
        parts.append(part)
        assert sum(map(len, parts)) <= num_in
    joined = np.concatenate(parts)
    assert joined.shape == waveform.shape and joined.dtype == np.float32
    np.testing.assert_allclose(joined, enhancer.enhance(waveform, sample_rate_hz), atol=1e-6)


@pytest.mark.parametrize("sample_rate_hz", [16000, 48000])
def test_results_come_while_the_recording_goes_on(sample_rate_hz: int) -> None:
    """At the network's rate one block late; at another not later than two changes of rate."""
    enhancer = identity()
    chunk = np.full([sample_rate_hz // 100, 1], 0.25)
    pulled = 0

    def endless():
        nonlocal pulled
        while True:
            pulled += 1
            yield chunk

    num_out, chunks = 0, enhancer.enhance_chunks(endless(), sample_rate_hz)
    while num_out < sample_rate_hz:
        num_out += len(next(chunks))
    delay_seconds = pulled / 100 - num_out / sample_rate_hz
    assert 0 <= delay_seconds <= (0.032 if sample_rate_hz == 16000 else 0.3)


def test_each_channel_has_a_stream_of_its_own(rng) -> None:
    streams = []
    waveform = rng.uniform(-1, 1, [3000, 3]).astype(np.float32)
    enhanced = identity(streams).enhance(waveform, 44100)
    assert len(streams) == 3
    alone = [identity().enhance(channel, 44100) for channel in waveform.T]
    np.testing.assert_allclose(enhanced, np.stack(alone, axis=1), atol=1e-6)


def test_one_channel_keeps_its_axis(rng) -> None:
    waveform = rng.uniform(-1, 1, [700, 1])
    assert identity().enhance(waveform, 16000).shape == (700, 1)


def test_nothing_in_gives_nothing_out() -> None:
    assert list(identity().enhance_chunks(iter([]), 44100)) == []
    empty = list(identity().enhance_chunks(iter([np.zeros([0, 2], np.float32)]), 44100))
    assert {part.shape for part in empty} == {(0, 2)}


@pytest.mark.parametrize(
    ("waveform", "rate", "name"),
    [
        (np.zeros(0), 16000, "waveform: got shape"),
        (np.zeros([2, 2, 2]), 16000, "waveform: got shape"),
        (np.float32(0.5), 16000, "waveform: got shape"),
        (np.zeros([2, 5000]), 16000, "waveform: got shape"),
        (np.zeros(5, np.int16), 44100, "waveform: got int16 samples"),
        (np.array([0.0, np.nan]), 44100, "waveform: got NaN or infinity at sample 1,"),
        (np.r_[np.zeros(70_000), np.inf], 16000, "waveform: got NaN or infinity at sample 70000,"),
        (np.zeros(5), 0, "sample_rate_hz: got 0,"),
        (np.zeros(5), -1, "sample_rate_hz: got -1,"),
        (np.zeros(5), 44100.5, "sample_rate_hz: got 44100.5,"),
        (np.zeros(5), float("nan"), "sample_rate_hz: got nan,"),
    ],
)
def test_what_is_no_recording_is_refused(waveform, rate, name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}"):
        identity().enhance(waveform, rate)


def test_chunks_of_another_recording_are_refused() -> None:
    chunks = [np.zeros([300, 2]), np.zeros([300, 1])]
    for rate in (16000, 44100):
        with pytest.raises(InputError, match="got 1 channels after 2, expected chunks of one"):
            list(identity().enhance_chunks(iter(chunks), rate))


def test_a_whole_rate_may_be_a_float(rng) -> None:
    waveform = rng.uniform(-1, 1, 400)
    np.testing.assert_array_equal(
        identity().enhance(waveform, 44100.0), identity().enhance(waveform, 44100)
    )


def silencer() -> Enhancer:
    """An enhancer that leaves nothing."""
    silence = lambda blocks, histories: (np.zeros_like(blocks), histories)  # noqa: E731
    return Enhancer(lambda: BlockStream(silence, [], HOP, LATENCY), 16000)


@pytest.mark.parametrize(("limit_db", "factor"), [(0, 1.0), (6.0206, 0.5), (20, 0.1), (np.inf, 0)])
def test_a_limit_is_the_level_of_what_an_enhancer_would_silence(rng, limit_db, factor) -> None:
    waveform = rng.uniform(-1, 1, [4001, 2]).astype(np.float32)
    limited = silencer().limited(limit_db).enhance(waveform, 16000)
    np.testing.assert_allclose(limited, factor * waveform, atol=1e-6)


@pytest.mark.parametrize("sample_rate_hz", [16000, 44100])
def test_a_limit_mixes_in_time_and_leaves_alone_what_is_kept(rng, sample_rate_hz: int) -> None:
    waveform = band_limited(rng, sample_rate_hz, sample_rate_hz)
    limited = identity().limited(3.0).enhance(waveform, sample_rate_hz)
    np.testing.assert_allclose(limited, waveform, atol=1e-4)


@pytest.mark.parametrize("size", [1, 7, 256, 3000])
def test_a_limited_stream_does_not_depend_on_its_chunks(rng, size: int) -> None:
    waveform = rng.uniform(-1, 1, 3000).astype(np.float32)
    stream = identity().limited(6.0).stream()
    for _ in range(2):  # a stream that was flushed starts anew
        parts = [stream.process(waveform[at : at + size]) for at in range(0, 3000, size)]
        np.testing.assert_allclose(np.concatenate([*parts, stream.flush()]), waveform, atol=1e-6)


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(InputError, match="^attenuation_limit_db: got -1, expected 0 or more$"):
        identity().limited(-1)
