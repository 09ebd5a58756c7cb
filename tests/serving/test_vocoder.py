"""Vocoder with a network whose sound is known."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from made_vocoder import CLICK, FEATURES, REACH, draw_mel, loudness, make_vocoder, render

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.io import resample
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.errors import InputError
from tfgan_audio.serving.vocoder import Vocoder

HOP = FEATURES.hop_samples


@pytest.mark.parametrize("num_frames", [1, 2, 5, 700])
def test_offline_is_the_network_itself_ends_included(rng, num_frames: int) -> None:
    mel = draw_mel(rng, num_frames)
    waveform = make_vocoder().vocode(mel)
    assert waveform.dtype == np.float32
    # However many windows it takes, only the ends of the signal click.
    expected = render(mel[None])[0, :, 0]
    assert expected[0] == expected[-1] == np.float32(CLICK)
    np.testing.assert_allclose(waveform, expected, atol=1e-6)


def test_a_batch_is_its_rows(rng) -> None:
    mels = np.stack([draw_mel(rng, 9) for _ in range(3)])
    waveforms = make_vocoder().vocode(mels)
    assert waveforms.shape == (3, 9 * HOP, 1)
    for mel, waveform in zip(mels, waveforms, strict=True):
        np.testing.assert_array_equal(waveform[:, 0], make_vocoder().vocode(mel))


def smooth_vocoder() -> Vocoder:
    """The same network without the clicks, which only a window's ends make."""

    def no_clicks(mels: np.ndarray) -> np.ndarray:
        samples = render(mels)
        samples[0, [0, -1], 0] = np.array([1.0, -1.0]) * loudness(mels[0])[[0, -1]]
        return samples

    return Vocoder(no_clicks, FEATURES, REACH, REACH)


@pytest.mark.parametrize("chunk_frames", [1, 7, 64])
@pytest.mark.parametrize("block_frames", [1, 5])
def test_a_stream_gives_what_offline_gives(rng, chunk_frames: int, block_frames: int) -> None:
    mel, vocoder = draw_mel(rng, 100), smooth_vocoder()
    stream = vocoder.stream(block_frames)
    assert stream.latency_samples == (REACH + block_frames - 1) * HOP
    parts = [stream.process(mel[n : n + chunk_frames]) for n in range(0, len(mel), chunk_frames)]
    found = np.concatenate([*parts, stream.flush()])
    np.testing.assert_allclose(found, vocoder.vocode(mel), atol=1e-6)


@pytest.mark.parametrize("num_frames", [1, 2, 40])
def test_quiet_ends_do_not_click_and_fade(rng, num_frames: int) -> None:
    """A mel that is cut off in a loud sound, by a network that clicks wherever it ends."""
    mel = draw_mel(rng, num_frames)
    mel[:, 3] = 0.5
    plain = make_vocoder().vocode(mel)
    quiet = make_vocoder().vocode(mel, quiet_ends=True)
    assert len(quiet) == len(plain) == num_frames * HOP
    assert abs(plain[0]) == abs(plain[-1]) == np.float32(CLICK)
    # The last frame is one of the four loud ones at most that its samples look at; the other
    # three of its seven neighbours are quiet.
    least, most = min(num_frames, REACH + 1) / (2 * REACH + 1) * 10**0.5 / 10, 0.01
    for end in (0, -1):
        assert abs(abs(quiet[end]) - least) < most
    assert np.abs(quiet).max() <= np.abs(plain[1:-1]).max() + 1e-6
    middle = slice(REACH * HOP, (num_frames - REACH) * HOP)
    np.testing.assert_allclose(quiet[middle], plain[middle], atol=1e-6)


def test_chunks_have_quiet_ends_too(rng) -> None:
    mel = draw_mel(rng, 600)
    parts = list(make_vocoder().vocode_chunks(mel[n : n + 50] for n in range(0, 600, 50)))
    found = np.concatenate(parts)
    np.testing.assert_allclose(found, make_vocoder().vocode(mel, quiet_ends=True), atol=1e-6)
    assert len(found) == 600 * HOP and len(parts[0]) == 0


@pytest.mark.parametrize("centring", ["half_hop", "centre", "none"])
@pytest.mark.parametrize("rate", [8000, 11025])
@pytest.mark.parametrize("num_samples", [1, 63, 64, 300, 9999])
def test_a_copy_has_the_length_of_the_recording(
    rng, centring: str, rate: int, num_samples: int
) -> None:
    vocoder = make_vocoder(replace(FEATURES, centring=centring))
    recording = (0.1 * rng.standard_normal([num_samples, 1])).astype(np.float32)
    chunks = (recording[n : n + 1000] for n in range(0, num_samples, 1000))
    copy = np.concatenate(list(vocoder.copy_chunks(chunks, rate)))
    assert len(copy) == round(num_samples * 8000 / rate)
    waveform = resample(recording[:, 0], rate, 8000)
    if vocoder.features.num_frames(len(waveform)) > 2 * REACH and len(waveform) > 256:
        expected = vocoder.vocode(log_mel(waveform[None], vocoder.features).numpy()[0], True)
        sure = slice(0, min(len(copy), len(expected)) - REACH * HOP)
        np.testing.assert_allclose(copy[sure], expected[sure], atol=1e-5)


@pytest.mark.parametrize(
    ("mel", "seen"),
    [
        (np.zeros([5, 19]), r"shape \[5, 19\], expected \[frames, 20\]"),
        (np.zeros([20, 5]), r"shape \[20, 5\], the axes exchanged, expected \[frames, 20\]"),
        (np.zeros([20]), r"shape \[20\], expected"),
        (np.zeros([2, 20, 5]), r"shape \[20, 5\], the axes exchanged"),
        (np.zeros([0, 20]), "no frames, expected at least one"),
        (np.zeros([0, 5, 20]), r"shape \[0, 5, 20\], expected"),
        (np.zeros([5, 20], np.int16), "int16 values, expected floating"),
        (np.full([5, 20], np.nan), "NaN or infinity in frame 0"),
    ],
)
def test_what_is_no_mel_is_refused(mel: np.ndarray, seen: str) -> None:
    with pytest.raises(InputError, match=f"^mel: got {seen}"):
        make_vocoder().vocode(mel)


def test_a_linear_mel_is_warned_of_where_it_was_given(rng) -> None:
    with pytest.warns(UserWarning, match="^mel: got values from .* before the logarithm") as caught:
        make_vocoder().vocode(10.0 ** draw_mel(rng, 5))
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make_vocoder().vocode(draw_mel(rng, 5))


def test_the_definition_is_there_for_who_makes_mels() -> None:
    vocoder = make_vocoder()
    assert isinstance(vocoder.features, MelFeatures) and vocoder.family == "melgan"
    assert (vocoder.sample_rate_hz, vocoder.hop_samples) == (8000, 64)
