"""Opening whatever the package has written, and refusing everything else in one line."""

import shutil
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import tfgan_audio as tga
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.reading.recognition import heard_words, num_word_errors
from tfgan_audio.latents import draw_latents
from tfgan_audio.loading import load, load_trained
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.models.wavegan import WaveGAN
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


def sound_model(family: str, **options) -> WaveGAN | SpecGAN:
    """A small model that makes sounds."""
    keras.utils.set_random_seed(3)
    sizes = {"latent_dim": 4, "base_channels": 4, "sample_rate_hz": 8000, **options}
    if family == "specgan":
        return SpecGAN(**sizes)
    return WaveGAN(slice_samples=256, strides=(4, 4), num_channels=2, **sizes)


@pytest.mark.parametrize("family", ["wavegan", "specgan"])
def test_what_makes_sounds_opens_and_makes_the_same(tmp_path, family: str) -> None:
    model = sound_model(family, num_classes=2, label_names=("a", "b"))
    vectors = model.generator.get_layer("label_vector").kernel
    vectors.assign(keras.random.uniform(vectors.shape, -0.5, 0.5, seed=4))
    model.compile()
    (tmp_path / "run").mkdir()
    model.save(tmp_path / "run" / "model.keras")
    for path in (tmp_path / "run", tmp_path / "run" / "model.keras"):
        generator = tga.load(path)
        assert (generator.sample_rate_hz, generator.label_names) == (8000, ("a", "b"))
        assert generator.slice_samples == model.slice_samples
        assert generator.num_channels == model.num_channels
        latents = np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4)
        expected = model.render(latents, [1, 0])
        found = generator.generate(latents=latents, labels=["b", "a"])
        np.testing.assert_array_equal(found, expected)
    assert isinstance(load_trained(tmp_path / "run"), type(model))


@pytest.mark.parametrize(("num_classes", "names"), [(0, ()), (3, ("0", "1", "2"))])
def test_classes_without_names_are_numbered(tmp_path, num_classes: int, names: tuple) -> None:
    sound_model("wavegan", num_classes=num_classes).save(tmp_path / "a.keras")
    assert load(tmp_path / "a.keras").label_names == names


@pytest.mark.parametrize("family", ["wavegan", "specgan"])
def test_sounds_of_a_model_trained_in_bfloat16_are_made_in_float32(tmp_path, family: str) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        rough = sound_model(family)
        rough.save(tmp_path / "a.keras")
        found = load(tmp_path / "a.keras").generate(1)
    finally:
        keras.config.set_dtype_policy("float32")
    exact = sound_model(family)
    exact.set_weights(rough.get_weights())
    latents = draw_latents(1, 4, seed=0)
    np.testing.assert_array_equal(found, exact.render(latents))
    assert np.abs(rough.render(latents) - found).max() > 1e-6


def test_another_family_than_the_verb_needs_is_refused(written, tmp_path) -> None:
    sound_model("wavegan").save(tmp_path / "a.keras")
    for name in KINDS:
        expected = "got a model that cannot generate, expected a WaveGAN or SpecGAN"
        with pytest.raises(InputError, match=f"^{written / name}: {expected}$"):
            load(written / name, "generate")
    with pytest.raises(InputError, match="a.keras: got a model that cannot enhance, expected a SE"):
        load(tmp_path / "a.keras", "enhance")
    assert load(tmp_path / "a.keras", "generate").latent_dim == 4
    assert load(written / "run", "enhance").family == "segan"


def test_the_weights_that_come_along_take_noise_away(rng, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    enhancer = tga.load("default")
    noise = (0.05 * rng.standard_normal(32000)).astype(np.float32)
    left = enhancer.enhance(noise, 16000)[16000:]
    assert np.sqrt(np.mean(left**2)) < 0.05 * np.sqrt(np.mean(noise[16000:] ** 2))
    assert (Path(tga.__file__).parent / "weights" / "default.keras").stat().st_size < 5e6


def test_the_weights_that_come_along_speak(tmp_path, monkeypatch) -> None:
    """A recogniser of another project hears the words, and hears them again in a copy."""
    monkeypatch.chdir(tmp_path)
    words = "the weather will change tomorrow".split()
    speaker = tga.load("default", verb="speak")
    waveform = speaker.speak("The weather will change tomorrow.")
    assert 1.0 < len(waveform) / speaker.sample_rate_hz < 4.0
    vocoder = tga.load("default", verb="vocode")
    copy = np.concatenate(list(vocoder.copy_chunks([waveform[:, None]], speaker.sample_rate_hz)))
    for spoken in (waveform, copy):
        assert num_word_errors(words, heard_words(spoken)) <= 1
    folder = Path(tga.__file__).parent / "weights" / "speaker"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 15e6


def test_a_file_of_ones_own_goes_before_the_weights_of_that_name(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "default").mkdir()
    with pytest.raises(InputError, match="^default: got an empty folder"):
        tga.load("default")
