"""A vocoder goes on training with the mels of an acoustic model, by the command line."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from kill_and_resume import differences

import tfgan_audio as tga
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.cli import main
from tfgan_audio.config.loading import dump_config, load_config
from tfgan_audio.data.prepare import open_prepared, prepare
from tfgan_audio.data.synthetic_reading import made_reading
from tfgan_audio.factory import build_model, held_out_speech, read_sentences
from tfgan_audio.loading import load_trained
from tfgan_audio.training.predicted_mels import prepare_data

SPEAKERS = {"speakers": ["synthetic-high", "synthetic-low"], "styles": ["neutral", "calm"]}
# Everything in it has a state of its own to lose.
STATES = ("train.ema_momentum=0.8", "train.num_steps=6", "train.validate_every_steps=3")


def invoke(*arguments: object) -> Result:
    """Run a verb in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with the run of an acoustic model, `reader`, and a vocoder, `voice.keras`.

    What the acoustic model has learned does not matter: nothing.
    """
    folder = tmp_path_factory.mktemp("tuned")
    made_reading(folder / "reading", 12, **SPEAKERS)
    places = [
        f"data.manifest={folder / 'reading' / 'manifest.csv'}",
        f"data.shards_dir={folder / 'shards_reading'}",
        "data.validation_fraction=0.25",
    ]
    config = load_config("smoke/acoustic", places)
    told = read_sentences(config, prepare(config.data), "train").told()
    (folder / "reader").mkdir()
    build_model(config, **told).save(folder / "reader" / "model.keras")
    (folder / "reader" / "config.yaml").write_text(dump_config(config))
    build_model(load_config("smoke/melgan")).save(folder / "voice.keras")
    return folder


def command(folder: Path, run: Path, *overrides: str, reader: str = "reader") -> list[str]:
    """Arguments of a training; started again, it goes on."""
    data = (
        f"{{kind: predicted, reader: {folder / reader}, shards_dir: {folder / 'shards'}, "
        "sample_rate_hz: 16000, segment_samples: 4096, num_validation_items: 2}"
    )
    start = f"train.start_from={folder / 'voice.keras'}"
    places = [f"data={data}", start, *STATES, *overrides]
    return ["train", "smoke/melgan", *places, "--run", str(run), "--resume"]


@pytest.fixture(scope="module")
def run(folder) -> Path:
    """A training of six steps."""
    done = invoke(*command(folder, folder / "run"))
    assert done.exit_code == 0, done.output
    return folder / "run"


def test_the_set_holds_what_the_model_makes_of_its_own_recordings(folder, run) -> None:
    reader = load_trained(folder / "reader")
    experiment = load_config(folder / "reader" / "config.yaml")
    prepared = prepare(experiment.data)
    speech = open_prepared(folder / "shards", "predicted")["speech"]
    mels = np.load(folder / "shards" / "mels.npy")
    ends = np.cumsum([entry.num_samples // 256 for entry in speech.entries])
    for part in ("train", "validation"):
        source, subset = read_sentences(experiment, prepared, part), speech.subset(part)
        assert subset.names == [reading.name for reading in source.readings]
        for index, name in enumerate(subset.names):
            batch = source.gather([index])
            inputs = {key: batch[key] for key in reader.generator.input if key in batch}
            inputs |= {key: np.eye(2, dtype=np.float32)[batch[key]] for key in ("speaker", "style")}
            expected = reader.generator(inputs)["mel"][0]
            end = ends[speech.names.index(name)]
            found = mels[end - len(expected) : end]
            np.testing.assert_allclose(found, expected, atol=1e-5)
            recorded, stored = source.clips.read(index), subset.read(index)
            num_samples = min(len(recorded), len(stored))
            assert len(stored) == 256 * len(expected)
            np.testing.assert_array_equal(stored[:num_samples], recorded[:num_samples])


def test_the_run_is_scored_by_predicted_mels_of_held_out_recordings(folder, run) -> None:
    with (run / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["3", "6"]
    report = json.loads((run / "report.json").read_text())
    config, vocoder = load_config(run / "config.yaml"), load_trained(run)
    prepared = open_prepared(folder / "shards", "predicted")
    utterances = held_out_speech(config, prepared)
    assert {each.name for each in utterances} < {*prepared["speech"].subset("validation").names}
    distances = []
    for utterance in utterances:
        made = vocoder.vocode(utterance.mel[None])[..., 0]
        mels = (log_mel(wave, vocoder.features) for wave in (utterance.waveform.T, made))
        distances.append(float(np.abs(np.subtract(*mels)).mean()))
    assert report["distances"]["mel_l1"] == pytest.approx(np.mean(distances), rel=1e-3)
    best = min(float(row["val_mel_l1"]) for row in rows)
    assert report["distances"]["mel_l1"] == pytest.approx(best, rel=1e-3)
    assert "by mels of an acoustic model" in (run / "report.html").read_text()


def test_training_begins_with_the_weights_of_the_vocoder(folder, run) -> None:
    """Six small steps leave the weights where they were, which drawn ones would not be."""
    tuned, voice = load_trained(run), load_trained(folder / "voice.keras")
    pairs = zip(tuned.generator.trainable_weights, voice.generator.trainable_weights, strict=True)
    moved = [np.abs(one.numpy() - other.numpy()).max() for one, other in pairs]
    assert 0 < max(moved) < 0.02


@pytest.mark.slow
def test_a_training_that_is_cut_off_ends_with_the_weights_of_one_that_is_not(folder) -> None:
    cut, whole = folder / "cut", folder / "whole"
    assert invoke(*command(folder, cut, "train.num_steps=3")).exit_code == 0
    for target in (cut, whole):
        done = invoke(*command(folder, target))
        assert done.exit_code == 0, done.output
    assert differences(whole, cut) == []


@pytest.mark.parametrize(
    ("reader", "overrides", "words"),
    [
        ("nowhere", [], "nowhere/config.yaml, expected the run of an acoustic model"),
        ("voice.keras", [], "config.yaml, expected the run of an acoustic model"),
        ("run", [], "run: got a run of melgan, expected one of an acoustic model"),
        ("unfinished", [], "unfinished: got no model.keras, expected the folder of a finished"),
        (
            "reader",
            ["data.features.fmin_hz=50"],
            "reader: got mels of fmin_hz 0.0 (fingerprint .*, "
            "expected those of data.features, which the vocoder takes: fmin_hz 50.0",
        ),
    ],
)
def test_what_is_wrong_is_one_line_and_leaves_nothing(
    folder, run, tmp_path, reader: str, overrides: list[str], words: str
) -> None:
    (folder / "unfinished").mkdir(exist_ok=True)
    config = (folder / "reader" / "config.yaml").read_bytes()
    (folder / "unfinished" / "config.yaml").write_bytes(config)
    overrides = [*overrides, f"data.shards_dir={tmp_path / 'shards'}"]
    done = invoke(*command(folder, tmp_path / "run", *overrides, reader=reader))
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    *parts, last = words.split(".*")
    assert all(part in done.stderr for part in (*parts, last)), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_another_reader_is_not_taken_for_the_one_of_the_set(folder, run, tmp_path) -> None:
    other = tmp_path / "reader"
    other.mkdir()
    (other / "config.yaml").write_bytes((folder / "reader" / "config.yaml").read_bytes())
    model = load_trained(folder / "reader")
    weight = model.generator.get_layer("mel_output").bias
    weight.assign(weight + 0.1)
    model.save(other / "model.keras")
    arguments = command(folder, tmp_path / "run", f"data.reader={other}")
    done = invoke(*arguments)
    assert done.exit_code == 2 and "got a set of other files or settings" in done.stderr


def test_a_mistyped_reader_is_not_taken_for_one_that_is_gone(folder, run, tmp_path) -> None:
    arguments = command(folder, tmp_path / "run", reader="raeder")
    done = invoke(*arguments)
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert f"data.reader: got {folder / 'raeder'}, and no source" in done.stderr
    assert f"expected {folder / 'reader'}, which {folder / 'shards'} was made from" in done.stderr
    assert not (tmp_path / "run").exists()


def test_a_set_is_opened_without_its_reader_unless_the_mels_are_others(folder, run) -> None:
    hidden = (folder / "reader").rename(folder / "hidden")
    try:
        path = run / "config.yaml"
        data = load_config(path).data
        assert prepare_data(data)["speech"].num_clips == 12
        other = load_config(path, ["data.features.fmin_hz=50"]).data
        with pytest.raises(tga.InputError, match="^data.features: got "):
            prepare_data(other)
    finally:
        hidden.rename(folder / "reader")
