import librosa
import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.log_mel_features import coarse, log_mel_of


def test_spectrograms_are_those_of_librosa(rng):
    clips = rng.uniform(-0.5, 0.5, (2, 5000)).astype(np.float32)
    found = log_mel_of(clips)
    padded = np.pad(clips, [(0, 0), (0, 40 * 128 - 5000 + 1920)])
    mel = librosa.feature.melspectrogram(
        y=padded, sr=16000, n_fft=2048, hop_length=128, center=False, power=1.0,
        n_mels=128, fmin=40, fmax=7800, htk=True, norm=None,
    )  # fmt: skip
    expected = np.log(np.maximum(mel, 1e-2)).transpose(0, 2, 1)
    assert found.shape == (2, 40, 128)
    np.testing.assert_allclose(found, expected, atol=2e-4)


def test_level_is_an_offset_and_rounding_does_not_show(rng):
    clip = rng.uniform(-0.01, 0.01, (1, 4096)).astype(np.float32)
    loud, soft = log_mel_of(np.e * clip), log_mel_of(clip)
    np.testing.assert_allclose((loud - soft)[:, :16], 1, atol=1e-3)
    dither = rng.integers(-1, 2, (1, 4096)) / 32768 / 2
    np.testing.assert_array_equal(log_mel_of(dither.astype(np.float32)), np.float32(np.log(1e-2)))


def test_grid_averages_eight_mels_and_an_eighth_of_the_time():
    blocks = np.arange(128.0).reshape(1, 8, 16)
    spectrogram = blocks.repeat(5, axis=1).repeat(8, axis=2)
    np.testing.assert_array_equal(coarse(spectrogram), np.arange(128.0)[None])
    ripple = np.tile([-1.0, 1.0], 64)
    np.testing.assert_allclose(coarse(spectrogram + ripple), np.arange(128.0)[None])
    assert coarse(np.zeros((2, 43, 128))).shape == (2, 128)
    with pytest.raises(InputError, match="7 frames.* at least 1024 samples"):
        coarse(np.zeros((1, 7, 128)))
