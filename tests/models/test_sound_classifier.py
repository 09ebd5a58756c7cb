import keras
import librosa
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.models.sound_classifier import SoundClassifier, load_classifier

SMALL = {"label_names": ("high", "low", "noise"), "slice_samples": 2560, "channels": 4}


@pytest.fixture
def clips(rng) -> np.ndarray:
    return rng.uniform(-0.4, 0.4, (5, 2560)).astype(np.float32)


@pytest.fixture
def small() -> SoundClassifier:
    keras.utils.set_random_seed(3)
    return SoundClassifier(**SMALL)


def test_front_end_is_that_of_librosa_at_a_peak_of_one(small, clips):
    loud = clips / np.abs(clips).max(axis=1, keepdims=True)
    padded = np.pad(loud, [(0, 0), (0, 1024 - 128)])
    mel = librosa.feature.melspectrogram(
        y=padded, sr=16000, n_fft=1024, hop_length=128, center=False, power=1.0,
        n_mels=128, fmin=40, fmax=7800, htk=True, norm=None,
    )  # fmt: skip
    expected = np.log(np.maximum(mel, 1e-4)).transpose(0, 2, 1)
    found = small.spectrograms(clips)
    assert found.shape == (5, 20, 128)
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_level_and_channel_axis_do_not_matter(small, clips):
    np.testing.assert_allclose(small(0.01 * clips), small(clips), atol=1e-4)
    np.testing.assert_array_equal(small(clips[..., None]), small(clips))
    assert np.isfinite(small(0 * clips)).all()


def test_original_has_the_size_it_is_described_with():
    """Four 5x5 convolutions of 128 maps, normalisations, 8 x 8 x 128 inputs to ten outputs."""
    convolutions = 25 * 128 + 128 + 3 * (25 * 128 * 128 + 128)
    normalisations = 4 * (128 + 3 * 128 + 8192)
    model = SoundClassifier([f"digit {digit}" for digit in range(10)])
    assert model.count_params() == convolutions + normalisations + 8192 * 10 + 10


def test_judgement_is_the_softmax_and_the_mean_of_the_last_maps(small, clips):
    logs, features = small.judge(clips)
    np.testing.assert_allclose(np.exp(logs), tf.nn.softmax(small(clips)), rtol=1e-5)
    last = keras.Model(small.network.inputs, small.network.get_layer("pool_3").output)
    maps = last(small.spectrograms(clips)).numpy()
    np.testing.assert_allclose(features, maps.mean(axis=(1, 2)), rtol=1e-5)
    assert features.shape == (5, 4)


def test_any_length_and_rate_are_judged(small, clips):
    whole, _ = small.judge(clips)
    longer = np.concatenate([clips, clips], axis=1)
    np.testing.assert_array_equal(small.judge(longer)[0], whole)
    half = np.pad(clips[:, :1280], [(0, 0), (0, 1280)])
    np.testing.assert_array_equal(small.judge(clips[:, :1280])[0], small.judge(half)[0])
    time_s = np.arange(7680) / 48000
    tones = np.sin(2 * np.pi * np.array([[500], [3000]]) * time_s).astype(np.float32)
    slow = small.judge(tones[:, ::3], 16000)[0]
    np.testing.assert_allclose(small.judge(tones, 48000)[0], slow, atol=0.05)


def test_saved_and_loaded_it_is_the_same(small, clips, tmp_path):
    small.held_out_accuracy = 0.875
    small.network.get_layer("norm_mel").moving_mean.assign(np.linspace(-3, 3, 128))
    small.save(tmp_path / "small.keras")
    loaded = load_classifier(tmp_path / "small.keras")
    for found, expected in zip(loaded.judge(clips), small.judge(clips), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert loaded.label_names == ("high", "low", "noise") and loaded.held_out_accuracy == 0.875
    assert (loaded.slice_samples, loaded.sample_rate_hz, loaded.channels) == (2560, 16000, 4)


def test_it_computes_in_float32_whatever_the_policy(small, clips):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = SoundClassifier(**SMALL)
    model.set_weights(small.get_weights())
    for found, expected in zip(model.judge(clips), small.judge(clips), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_other_rates_keep_the_share_of_the_band(clips):
    model = SoundClassifier(("a", "b"), 2560, 8000, 4)
    assert model.features.top_hz == 3900 and np.isfinite(model(clips)).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"label_names": ["a"]}, "two or more different names"),
        ({"label_names": ["a", "a"]}, "two or more different names"),
        ({"slice_samples": 2047}, "slice_samples: got 2047, expected at least 2048"),
    ],
)
def test_bad_arguments_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        SoundClassifier(**(SMALL | changes))


def test_what_is_no_classifier_is_refused(tmp_path):
    with pytest.raises(InputError, match="no file, expected a .keras file made by"):
        load_classifier(tmp_path / "none.keras")
    (tmp_path / "text.keras").write_text("no model")
    with pytest.raises(InputError, match="no Keras archive"):
        load_classifier(tmp_path / "text.keras")
    inputs = keras.Input((2,))
    keras.Model(inputs, keras.layers.Dense(1)(inputs)).save(tmp_path / "other.keras")
    with pytest.raises(InputError, match="a Functional, expected"):
        load_classifier(tmp_path / "other.keras")
