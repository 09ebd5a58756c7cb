"""Opening whatever the package has written, and refusing everything else in one line."""

import shutil
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import tfgan_audio as tga
from tfgan_audio.errors import InputError
from tfgan_audio.loading import load, load_trained
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.tflite import export_tflite


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A folder with a run and both of its exports."""
    folder = tmp_path_factory.mktemp("written")
    keras.utils.set_random_seed(4)
    model = SEGAN(channels=8, dilations=(1, 2), discriminator_channels=4)
    (folder / "run" / "checkpoints").mkdir(parents=True)
    (folder / "run" / "config.yaml").write_text("family: segan\n")
    model.save(folder / "run" / "model.keras")
    shutil.copy(folder / "run" / "model.keras", folder / "run" / "checkpoints" / "best.keras")
    export_saved_model(model, folder / "segan" / "9")
    shutil.copytree(folder / "segan" / "9", folder / "segan" / "10")
    (folder / "segan" / "new").mkdir()
    (folder / "segan" / "11").write_text("no folder")
    export_tflite(model, folder / "segan.tflite")
    return folder


@pytest.fixture
def copied(written, tmp_path):
    """Return a function that copies a part of `written`, to be spoilt."""

    def copy(name: str) -> Path:
        source, target = written / name, tmp_path / name.replace("/", "-")
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        return target

    return copy


KINDS = ["run", "run/model.keras", "run/checkpoints/best.keras", "segan/9", "segan", "segan.tflite"]


@pytest.mark.parametrize("name", KINDS)
def test_everything_that_was_written_opens_and_enhances_alike(written, rng, name: str) -> None:
    waveform = rng.uniform(-0.5, 0.5, 3000).astype(np.float32)
    enhancer = tga.load(str(written / name))
    assert (enhancer.family, enhancer.sample_rate_hz) == ("segan", 16000)
    network = load_trained(written / "run").generator
    expected = network(waveform[None, :, None]).numpy()[0, :, 0]
    np.testing.assert_allclose(enhancer.enhance(waveform, 16000), expected, atol=1e-5)


def test_a_model_trained_in_bfloat16_computes_in_float32(tmp_path, rng) -> None:
    waveform = rng.uniform(-0.5, 0.5, 3000).astype(np.float32)
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        trained = SEGAN(channels=8, dilations=(1, 2), discriminator_channels=4)
        trained.save(tmp_path / "model.keras")
        enhanced = load(tmp_path / "model.keras").enhance(waveform, 16000)
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")
    exact = SEGAN(channels=8, dilations=(1, 2), discriminator_channels=4)
    exact.set_weights(trained.get_weights())
    expected = exact.generator(waveform[None, :, None]).numpy()[0, :, 0]
    np.testing.assert_allclose(enhanced, expected, atol=1e-6)
    rough = trained.generator(waveform[None, :, None]).numpy()[0, :, 0]
    assert np.abs(rough - expected).max() > 1e-5


def test_the_highest_version_is_taken(copied, rng) -> None:
    folder = copied("segan")
    shutil.rmtree(folder / "9")
    assert load(folder).enhance(rng.uniform(-1, 1, 100), 16000).shape == (100,)


def test_a_run_that_has_not_ended_points_to_its_checkpoint(copied) -> None:
    run = copied("run")
    (run / "model.keras").unlink()
    best = run / "checkpoints" / "best.keras"
    for opens in (load, load_trained):
        with pytest.raises(InputError) as error:
            opens(run)
        message = f"{run}: got a run that has not ended, expected a finished one, or {best}"
        assert str(error.value) == message
    assert load(best).family == "segan"
    best.unlink()
    with pytest.raises(InputError, match="has not ended, expected a finished one$"):
        load(run)


@pytest.mark.parametrize(
    ("name", "content", "seen"),
    [
        ("missing", None, "nothing there"),
        ("missing.keras", None, "nothing there"),
        ("missing.tflite", None, "nothing there"),
        ("notes.txt", b"text", "an unknown kind of file"),
        ("a.keras", b"text", "no Keras archive, or part of one"),
        ("a.keras", b"", "no Keras archive, or part of one"),
        ("a.tflite", b"text", "no description of the model"),
        ("a.tflite", b"", "no description of the model"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, name: str, content, seen: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}: got {seen}, expected ")


@pytest.mark.parametrize("name", ["", "notes.txt", "a.tflite", "0x1"])
def test_a_folder_of_another_kind_is_refused(tmp_path, name: str) -> None:
    seen = "an empty folder"
    if name:
        (tmp_path / name).mkdir()
        seen = "an unknown kind of folder"
    with pytest.raises(InputError, match=f"^{tmp_path}: got {seen}, expected a run folder, a .ker"):
        load(tmp_path)


def test_only_runs_and_keras_files_are_models_to_export(written) -> None:
    for name in ("segan", "segan/9", "segan.tflite", "missing"):
        with pytest.raises(
            InputError, match=f"^{written / name}: got .*, expected a run folder or"
        ):
            load_trained(written / name)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
@pytest.mark.parametrize("name", ["run/model.keras", "segan.tflite"])
def test_a_file_that_is_cut_off_is_refused(copied, name: str, share: float) -> None:
    path = copied(name)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=f"^{path}: got .*, expected .* that is whole$"):
        load(path)


def test_a_keras_file_with_a_flipped_bit_is_refused(copied) -> None:
    path = copied("run/model.keras")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"^{path}: got .*, expected a model of this package$"):
        load(path)


@pytest.mark.parametrize(
    "part",
    ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"],
)
@pytest.mark.parametrize("gone", [False, True])
def test_a_saved_model_with_a_damaged_part_is_refused(copied, part: str, gone: bool) -> None:
    folder = copied("segan/9")
    content = (folder / part).read_bytes()
    (folder / part).unlink() if gone else (folder / part).write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=f"^{folder}: got .*, expected a"):
        load(folder)


def test_a_saved_model_of_others_is_refused(copied) -> None:
    folder = copied("segan/9")
    (folder / "assets.extra" / "tfgan_audio.json").unlink()
    with pytest.raises(InputError, match="got no description of the model, expected an export of"):
        load(folder)


def test_a_tflite_file_of_others_is_refused(written, tmp_path) -> None:
    content = (written / "segan.tflite").read_bytes()
    path = tmp_path / "a.tflite"
    path.write_bytes(content[: content.rindex(b"PK\x03\x04")])
    with pytest.raises(InputError, match="got no description of the model, expected an export of"):
        load(path)


@keras.saving.register_keras_serializable(package="others")
class Other(keras.Model):
    """A family of somebody else."""

    def call(self, inputs):
        return inputs


def test_a_model_of_another_family_is_refused(tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.keras"
    other = Other()
    other(np.zeros([1, 2]))
    other.save(path)
    for opens in (load, load_trained):
        with pytest.raises(InputError, match=f"^{path}: got a Other, expected a SEGAN"):
            opens(path)
    monkeypatch.delitem(keras.saving.get_custom_objects(), "others>Other")
    with pytest.raises(InputError, match=f"^{path}: got Could not locate class 'Other'"):
        load(path)


def test_a_keras_file_that_would_run_code_is_refused(tmp_path) -> None:
    path = tmp_path / "a.keras"
    layers = [keras.Input([4]), keras.layers.Lambda(lambda x: x + 1)]
    keras.Sequential(layers).save(path)
    with pytest.raises(InputError, match=f"^{path}: got .*Lambda"):
        load(path)


@pytest.mark.parametrize("names", [[], ["other.txt"], ["config.json", "metadata.json"]])
def test_another_archive_is_refused(tmp_path, names: list[str]) -> None:
    path = tmp_path / "a.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "{")
    with pytest.raises(InputError, match=f"^{path}: got .*, expected a model of this package"):
        load(path)
