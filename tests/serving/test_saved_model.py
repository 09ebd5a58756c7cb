"""SavedModel exports: replayed as the server does, and published whole or not at all."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from small_segan import change_step, make_model

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.errors import InputError
from tfgan_audio.serving import saved_model
from tfgan_audio.serving.saved_model import export_saved_model, run_in_session
from tfgan_audio.serving.server import servable

ROOT = Path(__file__).resolve().parents[2]


def names_in(folder: Path) -> list[str]:
    """Everything in a folder, hidden or not."""
    return sorted(os.listdir(folder))


def test_figures_tell_difference_and_size(exported) -> None:
    figures = exported.saved_model_figures
    assert 0 <= figures["max_difference"] <= 1e-5
    sizes = [path.stat().st_size for path in exported.saved_model.rglob("*") if path.is_file()]
    assert figures["size_bytes"] == sum(sizes)


@pytest.mark.parametrize("signature", ["serving_default", "enhance"])
@pytest.mark.parametrize(("batch", "num_samples"), [(1, 1), (3, 700), (2, 16001)])
def test_whole_recordings_in_the_servers_loader(
    exported, rng, signature: str, batch: int, num_samples: int
) -> None:
    noisy = rng.uniform(-0.5, 0.5, [batch, num_samples, 1]).astype(np.float32)
    outputs = run_in_session(exported.saved_model, signature, {"noisy": noisy})
    assert set(outputs) == {"enhanced"} and outputs["enhanced"].dtype == np.float32
    expected = exported.model.generator(noisy)
    np.testing.assert_allclose(outputs["enhanced"], expected, atol=1e-5)


def test_steps_in_the_servers_loader_carry_their_state(exported, speechlike) -> None:
    def step(blocks, histories):
        named = {f"history_{index}": history for index, history in enumerate(histories)}
        outputs = run_in_session(exported.saved_model, "step", {"blocks": blocks, **named})
        return outputs["enhanced"], [outputs[name] for name in named]

    frames = [1, *(2 * dilation for dilation in exported.model.sizes.dilations), 1]
    widths = [256, *[16] * (len(frames) - 2), 512]
    histories = [np.zeros([1, *shape], np.float32) for shape in zip(frames, widths)]
    stream, waveform = BlockStream(step, histories, 256, 256), speechlike[:8000]
    parts = [stream.process(chunk) for chunk in np.split(waveform, [256, 2000])]
    streamed = np.concatenate([*parts, stream.flush()])
    np.testing.assert_allclose(streamed, exported.offline(waveform), atol=1e-5)


def test_each_signature_is_warmed_up_by_the_server(exported, monkeypatch) -> None:
    """What a server answers as it loads is one small request to each signature."""
    asked = {}
    run = servable.predict

    def noted(version, request, *options):
        response = run(version, request, *options)
        asked[request.model_spec.signature_name] = tensors(response.outputs)
        inputs = tensors(request.inputs)
        assert all(len(array) == 1 for array in inputs.values())
        expected = run_in_session(exported.saved_model, request.model_spec.signature_name, inputs)
        for name, array in asked[request.model_spec.signature_name].items():
            np.testing.assert_allclose(array, expected[name], atol=1e-6)
        return response

    monkeypatch.setattr(servable, "predict", noted)
    servable.Servable("segan", 1, exported.saved_model).close()
    assert list(asked) == ["serving_default", "enhance", "step"]


def tensors(messages) -> dict[str, np.ndarray]:
    """The arrays of messages by name."""
    return {name: tf.make_ndarray(message) for name, message in messages.items()}


def test_signatures_have_the_documented_names(exported) -> None:
    signatures = tf.saved_model.load(str(exported.saved_model)).signatures
    assert set(signatures) == {"serving_default", "enhance", "step"}
    assert list(signatures["enhance"].structured_input_signature[1]) == ["noisy"]
    names = {f"history_{index}" for index in range(len(exported.model.sizes.dilations) + 2)}
    assert set(signatures["step"].structured_input_signature[1]) == {"blocks", *names}
    assert set(signatures["step"].structured_outputs) == {"enhanced", *names}


def test_only_the_generator_is_exported(exported) -> None:
    reader = tf.train.load_checkpoint(str(exported.saved_model / "variables" / "variables"))
    shapes = reader.get_variable_to_shape_map()
    num_saved = sum(int(np.prod(shape)) for name, shape in shapes.items() if "OBJECT" not in name)
    assert num_saved == exported.model.generator.count_params()


def test_nothing_but_the_version_is_left(exported) -> None:
    assert names_in(exported.saved_model.parent) == ["1"]
    umask = os.umask(0)
    os.umask(umask)
    assert exported.saved_model.stat().st_mode & 0o777 == 0o777 & ~umask


def test_a_version_that_is_there_is_kept(exported, tmp_path) -> None:
    (tmp_path / "1").mkdir()
    with pytest.raises(InputError, match="1: got something there already, expected a folder that"):
        export_saved_model(exported.model, tmp_path / "1")
    assert names_in(tmp_path) == ["1"] and names_in(tmp_path / "1") == []


def test_a_step_that_differs_from_keras_leaves_nothing(tmp_path, monkeypatch) -> None:
    broken, out = make_model(), tmp_path / "models" / "segan" / "1"
    change_step(monkeypatch, broken, lambda enhanced, histories: (1.001 * enhanced, histories))
    with pytest.raises(InputError, match=f"^{out}: got .* away from Keras, expected at most 1e-05"):
        export_saved_model(broken, out)
    assert names_in(tmp_path) == []


def test_weights_that_are_not_finite_leave_nothing(tmp_path) -> None:
    model = make_model()
    model.generator.get_layer("enhancer").mask.bias.assign(np.full(514, np.nan))
    with pytest.raises(InputError, match="got NaN or infinity from the Keras model itself"):
        export_saved_model(model, tmp_path / "1")
    assert names_in(tmp_path) == []


@pytest.mark.slow
def test_weights_that_get_lost_are_found(exported, tmp_path, monkeypatch) -> None:
    """As after an export whose variables the server's loader cannot restore."""
    write = saved_model._write

    def write_and_lose(exportable, folder: Path) -> None:
        write(exportable, folder)
        generator = exported.model.generator
        kept = [variable.numpy() for variable in generator.variables]
        generator.set_weights([0 * weight for weight in kept])
        other = folder.parent / "other"
        write(exportable, other)
        generator.set_weights(kept)
        shutil.rmtree(folder / "variables")
        shutil.move(other / "variables", folder / "variables")
        shutil.rmtree(other)

    monkeypatch.setattr(saved_model, "_write", write_and_lose)
    with pytest.raises(InputError, match="away from Keras"):
        export_saved_model(exported.model, tmp_path / "1")
    assert names_in(tmp_path) == []


@pytest.mark.slow
def test_a_graph_that_the_servers_loader_cannot_run_leaves_nothing(
    exported, tmp_path, monkeypatch
) -> None:
    write = saved_model._write

    def write_in_part(model, folder: Path) -> None:
        write(model, folder)
        data = folder / "variables" / "variables.data-00000-of-00001"
        data.write_bytes(data.read_bytes()[:1000])

    monkeypatch.setattr(saved_model, "_write", write_in_part)
    with pytest.raises(InputError, match="1: got .*, expected an artefact that the session loader"):
        export_saved_model(exported.model, tmp_path / "1")
    assert names_in(tmp_path) == []


def test_a_step_compiled_by_xla_leaves_nothing(tmp_path, monkeypatch) -> None:
    model = make_model()
    enhancer = model.generator.get_layer("enhancer")
    monkeypatch.setattr(enhancer, "step", tf.function(enhancer.step, jit_compile=True))
    with pytest.raises(InputError, match="1: got a function that only XLA may run"):
        export_saved_model(model, tmp_path / "1")
    assert names_in(tmp_path) == []


def test_an_interrupt_leaves_nothing(exported, tmp_path, monkeypatch) -> None:
    def interrupted(*unused) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(saved_model, "check_servable", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_saved_model(exported.model, tmp_path / "new" / "1")
    assert names_in(tmp_path) == []


def test_a_place_that_cannot_be_written_is_one_line(exported, tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    out = tmp_path / "file" / "1"
    with pytest.raises(InputError, match=f"^{out}: got .*, expected a place that can be written"):
        export_saved_model(exported.model, out)
    assert names_in(tmp_path) == ["file"]


LIMITED = """
import resource, sys
from tfgan_audio.errors import InputError
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.tflite import export_tflite
model = SEGAN(channels=16, dilations=(1, 4), discriminator_channels=4)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for export, name in ((export_saved_model, "1"), (export_tflite, "a.tflite")):
    try:
        export(model, sys.argv[1] + "/" + name)
    except InputError as error:
        print(error)
"""


@pytest.mark.slow
def test_a_full_disk_leaves_nothing(tmp_path) -> None:
    """No file may become larger than 100 kB, which stops writers as a full disk does."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2 and all(": got " in line for line in lines), done.stdout
    assert names_in(tmp_path) == []
