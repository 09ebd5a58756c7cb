import csv
import json

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from tfgan_audio.cli.evaluate import command
from tfgan_audio.errors import InputError

METRICS = ["--metrics", "si_sdr,snr", "--workers", "1"]


@pytest.fixture
def folders(tmp_path, rng):
    """Clean, noisy and better recordings, two of each; the better ones 16 samples late."""
    levels = {"clean": 0.0, "noisy": 0.1, "better": 0.01}
    for name in ("one", "two"):
        clean = 0.1 * rng.standard_normal(8000)
        for folder, level in levels.items():
            samples = clean + level * rng.standard_normal(8000)
            samples = np.roll(samples, 16) if folder == "better" else samples
            (tmp_path / folder).mkdir(exist_ok=True)
            soundfile.write(tmp_path / folder / f"{name}.wav", samples, 16000, "FLOAT")
    return tmp_path


def run(folders, *arguments):
    paths = [str(folders / item) if (folders / item).is_dir() else item for item in arguments]
    return CliRunner().invoke(command, [*paths, *METRICS])


def test_table_json_and_csv(folders):
    outputs = {name: str(folders / "out" / f"scores.{name}") for name in ("json", "csv")}
    result = run(
        folders, "--reference", "clean", "--estimate", "better",
        "--json", outputs["json"], "--csv", outputs["csv"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    document = json.loads((folders / "out" / "scores.json").read_text())
    assert set(document) == {"mean", "files"} and set(document["files"]) == {"one", "two"}
    assert set(document["mean"]) == set(document["files"]["one"]) == {"si_sdr", "snr"}
    assert document["mean"]["si_sdr"] == pytest.approx(20, abs=0.5)
    rows = list(csv.DictReader((folders / "out" / "scores.csv").open()))
    assert [row["name"] for row in rows] == ["one", "two"] and rows[0]["lag_samples"] == "16"
    mean = np.mean([float(row["si_sdr"]) for row in rows])
    assert f"{mean:.2f} dB" in result.stdout and "2 of 2" in result.stdout
    assert "delay taken out of 2 of 2 files" in result.stderr


def test_json_on_stdout_is_alone(folders):
    result = run(folders, "--reference", "clean", "--estimate", "better", "--json", "-")
    assert json.loads(result.stdout)["mean"]["si_sdr"] > 15 and "SI-SDR" in result.stderr


def test_before_and_after(folders):
    page = folders / "report.html"
    result = run(
        folders, "--reference", "clean", "--estimate", "better", "--noisy", "noisy",
        "--report", str(page),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    line = next(line for line in result.stdout.splitlines() if line.startswith("SI-SDR"))
    before, _, after, _, change, _ = line.split()[1:7]
    assert float(after) - float(before) == pytest.approx(float(change), abs=0.02)
    assert float(change) == pytest.approx(20, abs=1)
    text = page.read_text()
    assert text.count("<audio") == 6 and text.count("data:audio/wav;base64,") == 6
    assert "one" in text and change in text


def test_bad_input_is_an_input_error(folders):
    (folders / "better" / "two.wav").unlink()
    result = run(folders, "--reference", "clean", "--estimate", "better")
    assert isinstance(result.exception, InputError) and "two" in str(result.exception)
    result = run(folders, "--reference", "clean", "--estimate", "noisy", "--noisy", "better")
    assert isinstance(result.exception, InputError)
    result = run(folders, "--estimate", "noisy")
    assert "no reference" in str(result.exception)


def test_remarks_say_what_was_cut_and_not_scored(folders):
    better, _ = soundfile.read(folders / "better" / "one.wav")
    soundfile.write(folders / "better" / "one.wav", better[:-100], 16000, "FLOAT")
    soundfile.write(folders / "better" / "two.wav", np.zeros(8000), 16000)
    result = run(folders, "--reference", "clean", "--estimate", "better", "--json", "-")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["files"]["two"] == {"si_sdr": None, "snr": None}
    assert "1 of 2 files differ in length, by up to 100 samples" in result.stderr
    assert "not scored: two: a silent estimate (si_sdr, snr)" in result.stderr


def test_many_unscored_files_stay_few_lines(folders):
    for index in range(15):
        for folder in ("clean", "better"):
            soundfile.write(folders / folder / f"silent{index:02}.wav", np.zeros(8000), 16000)
    result = run(folders, "--reference", "clean", "--estimate", "better")
    assert result.stderr.count("not scored") == 11 and "5 more files" in result.stderr


def test_output_that_cannot_be_written_is_refused_before_the_work(folders):
    for option in ("--report", "--csv"):
        result = run(folders, "--reference", "nowhere", "--estimate", "noisy", option, "clean")
        assert isinstance(result.exception, InputError) and option in str(result.exception)


def test_help_has_examples():
    result = CliRunner().invoke(command, ["--help"])
    assert "tfgan-audio evaluate --reference clean --estimate enhanced" in result.output
