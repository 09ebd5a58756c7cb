"""Exports of WaveGANs and SpecGANs: every runtime, also by way of a server, makes their sounds."""

from pathlib import Path

import keras
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

import tfgan_audio as tga
from tfgan_audio.cli import main
from tfgan_audio.errors import InputError
from tfgan_audio.loading import load
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.models.wavegan import WaveGAN
from tfgan_audio.serving.backends import open_interpreter
from tfgan_audio.serving.parity import signal_to_noise_db
from tfgan_audio.serving.saved_model import export_saved_model, run_in_session
from tfgan_audio.serving.server.embedded import Server, ServerOptions
from tfgan_audio.serving.server.model_configs import models_in
from tfgan_audio.serving.tflite import LEAST_SNR_DB, export_tflite

SMALL = {"slice_samples": 256, "strides": (4, 4), "base_channels": 4, "latent_dim": 5}
NAMES = ("kick", "open hat", "snare")
KINDS = {
    "plain": lambda: WaveGAN(**SMALL),
    "labels": lambda: WaveGAN(
        **SMALL, num_classes=3, label_names=NAMES, num_channels=2, upsampling="nearest",
        batch_norm=True, postfilter_taps=9, sample_rate_hz=8000,
    ),
    "spectra": lambda: SpecGAN(base_channels=2, latent_dim=5, num_classes=2),
}  # fmt: skip


def make_model(kind: str):
    """A small model whose sounds and labels differ clearly."""
    keras.utils.set_random_seed(4)
    model, draws = KINDS[kind](), np.random.default_rng(4)
    for weight in model.generator.trainable_weights:
        weight.assign_add(0.1 * draws.standard_normal(weight.shape))
    if kind == "spectra":
        model.spectrum.mean.assign(draws.uniform(-4.0, -2.0, model.spectrum.mean.shape))
    return model


@pytest.fixture(scope="module")
def models() -> dict:
    """One of each kind."""
    return {kind: make_model(kind) for kind in KINDS}


@pytest.fixture(scope="module")
def folder(models, tmp_path_factory) -> Path:
    """Their SavedModels, each the first version of a model of its own."""
    folder = tmp_path_factory.mktemp("sounds")
    for kind, model in models.items():
        figures = export_saved_model(model, folder / kind / "1")
        assert 0 <= figures["max_difference"] <= 1e-5
    return folder


@pytest.fixture(scope="module")
def server(folder):
    """A server of them."""
    with Server(models_in(folder), ServerOptions(grpc_port=0, rest_port=0)) as server:
        yield server


@pytest.mark.parametrize("signature", ["serving_default", "generate"])
@pytest.mark.parametrize("kind", KINDS)
def test_batches_in_the_servers_loader(models, folder, rng, kind: str, signature: str) -> None:
    model = models[kind]
    latents = rng.uniform(-1.0, 1.0, [3, 5]).astype(np.float32)
    labels = {"labels": np.array([1, 0, 1], np.int32)} if model.num_classes else {}
    outputs = run_in_session(folder / kind / "1", signature, {"latents": latents, **labels})
    assert set(outputs) == {"waveform"} and outputs["waveform"].dtype == np.float32
    expected = model.render(latents, labels.get("labels"))
    assert np.abs(expected[0] - expected[1]).max() > 1e-3
    np.testing.assert_allclose(outputs["waveform"], expected, atol=1e-5)


def sounds_of(opened, model) -> list[np.ndarray]:
    """Sounds by seed and, where there are labels, by label and on the way between labels."""
    if not model.num_classes:
        return [opened.generate(3, seed=7), opened.interpolate(1, 2, 3)]
    labels = opened.label_names[::-1][:2]
    return [opened.generate(2, 7, labels), opened.interpolate(1, 2, 3, labels=labels)]


@pytest.mark.parametrize("runtime", ["saved_model", "float32", "grpc", "http"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_export_opens_as_the_generator_it_was(
    models, folder, server, tmp_path, kind: str, runtime: str
) -> None:
    path = folder / kind
    if runtime == "grpc":
        path = f"grpc://{server.grpc_address}/{kind}"
    elif runtime == "http":
        path = f"{server.rest_address}/v1/models/{kind}/versions/1"
    elif runtime == "float32":
        path = tmp_path / "a.tflite"
        export_tflite(models[kind], path)
    models[kind].save(tmp_path / "model.keras")
    local, opened = load(tmp_path / "model.keras"), load(path)
    for name in ("latent_dim", "slice_samples", "sample_rate_hz", "num_channels", "label_names"):
        assert getattr(opened, name) == getattr(local, name)
    expected = sounds_of(local, models[kind])
    for found, wanted in zip(sounds_of(opened, models[kind]), expected, strict=True):
        assert found.dtype == np.float32 and np.abs(wanted[0] - wanted[1]).max() > 1e-3
        if (kind, runtime) == ("spectra", "float32"):  # the search for phases enlarges roundings
            assert signal_to_noise_db(wanted, found) > 40.0
        else:
            np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("weights", [one for one in LEAST_SNR_DB if one != "int8-full"])
def test_the_loop_over_phases_keeps_its_graph(models, tmp_path, weights: str) -> None:
    """Rounding goes for the layers of the main graph, and leaves the body of the loop alone."""
    figures = export_tflite(models["spectra"], tmp_path / "a.tflite", weights)
    assert figures["snr_db"] > LEAST_SNR_DB[weights] or weights.startswith("float")
    found = load(tmp_path / "a.tflite").generate(3, seed=2, labels=[0, 1, 0])
    expected = models["spectra"].render(tga.latents.draw_latents(3, 5, 2), [0, 1, 0])
    assert signal_to_noise_db(expected, found) > 10.0


@pytest.mark.parametrize("weights", ["float16", "int8-weights", "int8"])
def test_what_is_heard_directly_keeps_its_weights(models, tmp_path, weights: str) -> None:
    figures = export_tflite(models["plain"], tmp_path / "a.tflite", weights)
    assert LEAST_SNR_DB[weights] < figures["snr_db"] < LEAST_SNR_DB["float32"]
    last = models["plain"].generator.get_layer("up_1").kernel.numpy().squeeze()
    interpreter = open_interpreter(tmp_path / "a.tflite")
    kinds, exact = set(), []
    for detail in interpreter.get_tensor_details():
        try:
            value = interpreter.get_tensor(detail["index"])
        except ValueError:  # no constant
            continue
        kinds.add(value.dtype.name)
        exact += [value.squeeze()] if value.dtype == np.float32 and value.size == last.size else []
    assert weights.split("-")[0] in kinds
    assert any(np.sort(value, axis=None).tolist() == np.sort(last, axis=None).tolist()
               for value in exact)  # fmt: skip


def test_signatures_and_weights(models, folder) -> None:
    import tensorflow as tf

    expected = {"plain": {"generate"}, "labels": {"generate", "generate_mixed"}}
    for kind, names in expected.items():
        path = str(folder / kind / "1")
        assert set(tf.saved_model.load(path).signatures) == {"serving_default", *names}
        shapes = tf.train.load_checkpoint(path + "/variables/variables")
        sizes = shapes.get_variable_to_shape_map().items()
        num_saved = sum(int(np.prod(shape)) for name, shape in sizes if "OBJECT" not in name)
        assert num_saved == models[kind].generator.count_params()


def test_a_model_trained_in_bfloat16_becomes_float32(tmp_path) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        trained = make_model("spectra")
        export_saved_model(trained, tmp_path / "1")
    finally:
        keras.config.set_dtype_policy("float32")
    exact = make_model("spectra")
    exact.set_weights(trained.get_weights())
    found = load(tmp_path / "1").generate(2, seed=1, labels=1)
    latents = tga.latents.draw_latents(2, 5, 1)
    np.testing.assert_allclose(found, exact.render(latents, [1, 1]), atol=1e-5)
    assert np.abs(found - trained.render(latents, [1, 1])).max() > 1e-4


@pytest.mark.parametrize("place", ["saved_model", "server"])
def test_the_verb_takes_exports_and_servers(folder, server, tmp_path, place: str) -> None:
    path = (
        str(folder / "labels") if place == "saved_model" else f"grpc://{server.grpc_address}/labels"
    )
    arguments = ["--num", "2", "--label", "snare", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, ["generate", path, *arguments])
    assert done.exit_code == 0, done.output
    sound, rate = soundfile.read(tmp_path / "out" / "001-snare.wav")
    expected = load(folder / "labels").generate(2, labels="snare")[1]
    assert rate == 8000
    np.testing.assert_allclose(sound, np.clip(expected, -1.0, 1.0), atol=2 / 32768)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("{grpc}/nobody", "{grpc}/nobody: got NOT_FOUND: Servable not found for request: Latest("),
        ("{rest}/v1/models/plain/versions/9", "{rest}/v1/models/plain/versions/9: got NOT_FOUND: "),
        ("{grpc}/plain/labels/old", "{grpc}/plain/labels/old: got INVALID_ARGUMENT: Unrecognized"),
        ("{grpc}/", "address: got {grpc}/, expected grpc://HOST:PORT/NAME or http://HOST:PORT/v1/m"),
        ("ftp://a/b", "address: got ftp://a/b, expected grpc://HOST:PORT/NAME or http://HOST:PORT"),
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere(server, address: str, message: str) -> None:
    places = {"grpc": f"grpc://{server.grpc_address}", "rest": server.rest_address}
    with pytest.raises(InputError) as error:
        load(address.format(**places))
    assert str(error.value).startswith(message.format(**places))


def test_a_served_generator_does_nothing_else(server) -> None:
    address = f"grpc://{server.grpc_address}/plain"
    with pytest.raises(InputError, match="got a model that cannot enhance, expected a SEGAN$"):
        load(address, "enhance")
