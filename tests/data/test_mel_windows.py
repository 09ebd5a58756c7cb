"""Frames of a part of a recording are those that the whole recording has there."""

import numpy as np
import pytest

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.data.mel_windows import log_mel_of_windows, mel_window

SMALL = {
    "sample_rate_hz": 8000, "fft_samples": 256, "hop_samples": 64, "window_samples": 200,
    "num_mels": 20, "fmax_hz": 4000.0,
}  # fmt: skip
CONVENTIONS = {
    "half_hop": MelFeatures.preset("hifigan", **SMALL),
    "centre": MelFeatures.preset("parallel_wavegan", **SMALL),
    "centre, zeros": MelFeatures.preset("tacotron2", padding="zeros", **SMALL),
    "none": MelFeatures.preset("melgan_official", centring="none", **SMALL),
}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_every_part_equals_that_of_the_whole(noise_clips, convention: str) -> None:
    features = CONVENTIONS[convention]
    clips = noise_clips(1301)
    whole = log_mel(clips.read(0)[None], features)[0].numpy()
    # Any 5 frames, those at both ends too.
    for first in range(len(whole) - 4):
        window = mel_window(clips, 0, first * 64, 5, features)
        part = log_mel_of_windows(window[None], 5, features)[0]
        np.testing.assert_allclose(part, whole[first : first + 5], atol=2e-5)
        stands_for = window[features.pad_samples : features.pad_samples + 5 * 64]
        own = clips.read(0)[first * 64 : (first + 5) * 64, 0]
        np.testing.assert_array_equal(stands_for[: len(own)], own)


def test_between_frames_a_part_is_that_of_the_recording_begun_there(noise_clips) -> None:
    features, clips = CONVENTIONS["half_hop"], noise_clips(1600)
    begun = log_mel(clips.read(0, 37)[None], features)[0].numpy()
    window = mel_window(clips, 0, 37 + 5 * 64, 7, features)
    part = log_mel_of_windows(window[None], 7, features)[0]
    np.testing.assert_allclose(part, begun[5:12], atol=2e-5)


@pytest.mark.parametrize("convention", ["half_hop", "centre", "centre, zeros"])
@pytest.mark.parametrize("num_samples", [1, 100, 300])
def test_a_short_clip_is_followed_by_zeros(noise_clips, convention: str, num_samples: int) -> None:
    features, clips = CONVENTIONS[convention], noise_clips(num_samples)
    padded = np.pad(clips.read(0), ((0, 512 - num_samples), (0, 0)))
    window = mel_window(clips, 0, 0, 8, features, least_samples=512)
    part = log_mel_of_windows(window[None], 8, features)[0]
    np.testing.assert_allclose(part, log_mel(padded[None], features)[0, :8], atol=2e-5)
