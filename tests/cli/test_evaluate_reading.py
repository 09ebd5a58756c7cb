"""The verb `evaluate` with the run of an acoustic model."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.cli import main
from tfgan_audio.config.loading import dump_config, load_config
from tfgan_audio.data.prepare import prepare
from tfgan_audio.data.synthetic_reading import made_reading
from tfgan_audio.evaluation.reading.recognition import written_words
from tfgan_audio.factory import build_model, read_sentences
from tfgan_audio.loading import load_trained
from tfgan_audio.text import analyze

TEXTS = ["There were many demands on his time.", "Yes.", "It is late, and the house is quiet."]


def evaluate(*arguments: object) -> Result:
    """Run the verb in this process."""
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, object]:
    """A folder with a run that has learned nothing and a vocoder; and the held-out sentences."""
    folder = tmp_path_factory.mktemp("evaluated")
    made_reading(folder / "reading", [*TEXTS, *TEXTS])
    overrides = [
        f"data.manifest={folder / 'reading' / 'manifest.csv'}",
        f"data.shards_dir={folder / 'shards'}",
        "data.validation_fraction=0.5",
        "data.num_validation_items=3",
    ]
    config = load_config("smoke/acoustic", overrides)
    source = read_sentences(config, prepare(config.data), "validation")
    model = build_model(config, **source.told())
    model.generator.get_layer("duration_output").bias.assign([np.log1p(5.0)])
    mel = model.generator.get_layer("mel_output")
    mel.set_weights([0.1 * mel.kernel.numpy(), np.full(80, -2.0)])
    (folder / "run").mkdir()
    model.save(folder / "run" / "model.keras")
    (folder / "run" / "config.yaml").write_text(dump_config(config))
    build_model(load_config("smoke/melgan")).save(folder / "voice.keras")
    return folder, source


@pytest.mark.slow
def test_a_run_is_scored_beside_recordings_and_copies(made) -> None:
    pytest.importorskip("pocketsphinx")
    folder, source = made
    done = evaluate(folder / "run", "--vocoder", folder / "voice.keras", "--json", "-")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    readings = {Path(one.name).with_suffix("").as_posix(): one for one in source.readings}
    assert len(readings) == 3
    for figures in (document, document["copy"], document["recording"]):
        assert set(figures["files"]) == set(readings)
        counts = {
            name: len(written_words(analyze(one.text).spoken)) for name, one in readings.items()
        }
        rates = {name: values["word_error_rate"] for name, values in figures["files"].items()}
        by_words = sum(counts[name] * rates[name] for name in rates) / sum(counts.values())
        assert figures["mean"]["word_error_rate"] == pytest.approx(by_words)
        lengths = [values["length_ratio"] for values in figures["files"].values()]
        assert figures["mean"]["length_ratio"] == pytest.approx(np.mean(lengths))
    recorded = document["recording"]["mean"]
    assert recorded["mcd_dtw"] == pytest.approx(0, abs=1e-6) and recorded["length_ratio"] == 1
    # Nobody understands a vocoder and a model that have learned nothing.
    assert recorded["word_error_rate"] < 0.5 < document["mean"]["word_error_rate"]
    assert all(name in done.stderr for name in ("Word error rate", "recording", "copy", "read"))


@pytest.mark.slow
def test_what_was_scored_can_be_heard(made) -> None:
    folder, source = made
    if not (folder / "run" / "evaluation").exists():
        pytest.skip("nothing was scored")
    voice, reader = (load_trained(folder / name) for name in ("voice.keras", "run"))
    for index, reading in enumerate(source.readings):
        batch = source.gather([index])
        said = [list(reading.symbols), batch["languages"][0], {reading.speaker: 1.0}]
        mels = {"copy": batch["mel"][0], "read": reader.predict_mel(*said)[0]}
        expected = {name: np.clip(voice.vocode(mel[None])[0], -1, 1) for name, mel in mels.items()}
        expected["recording"] = source.clips.read(index)
        for version, waveform in expected.items():
            name = Path(reading.name).with_suffix("")
            path = folder / "run" / "evaluation" / f"{name}-{version}.wav"
            found, rate_hz = soundfile.read(path)
            assert rate_hz == 16_000
            np.testing.assert_allclose(found, waveform[:, 0], atol=2 / 32768)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--family", "acoustic"], "RUN: got nothing, expected the run of an acoustic model"),
        (["RUN", "--metrics", "all"], "--metrics: got --family acoustic, expected RUN, --voc"),
        (["RUN", "--num", "5"], "--num: got --family acoustic, expected RUN, --vocoder and"),
        (["RUN", "--vocoder", "nowhere"], "nowhere: got no model that can be read, expected a"),
        (["RUN", "--vocoder", "RUN/model.keras"], "model.keras: got a AcousticModel, expected a"),
        (["unfinished"], "unfinished: got no model.keras, expected the folder of a finished run"),
        (["voice.keras", "--family", "acoustic"], "voice.keras: got no config.yaml, expected the"),
    ],
)
def test_bad_input_is_one_line(made, arguments: list[str], words: str, monkeypatch) -> None:
    folder, _ = made
    monkeypatch.chdir(folder)
    unfinished = folder / "unfinished"
    unfinished.mkdir(exist_ok=True)
    (unfinished / "config.yaml").write_bytes((folder / "run" / "config.yaml").read_bytes())
    done = evaluate(*(one.replace("RUN", "run") for one in arguments))
    assert done.exit_code == 2 and done.stdout == "" and done.stderr.count("\n") == 1
    assert words in done.stderr, done.stderr
