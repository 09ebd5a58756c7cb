import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from tfgan_audio.cli.evaluate import command
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.set_metrics import SET_METRICS
from tfgan_audio.evaluation.metrics import METRICS as registry
from tfgan_audio.evaluation.signal_metrics import si_sdr
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.serving.tflite import export_tflite

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
    assert set(document["files"]) == {"one", "two"}
    assert set(document["mean"]) == set(document["files"]["one"]) == {"si_sdr", "snr"}
    assert document["mean"]["si_sdr"] == pytest.approx(20, abs=0.5)
    assert document["lag_samples"] == {"one": 16, "two": 16}
    low, high = document["interval_95"]["si_sdr"]
    assert low <= document["mean"]["si_sdr"] <= high and f"{low:.2f} to {high:.2f}" in result.stdout
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
        "--report", str(page), "--json", str(folders / "scores.json"),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    document = json.loads((folders / "scores.json").read_text())
    assert document["mean"]["si_sdr"] - document["noisy"]["mean"]["si_sdr"] > 15
    assert set(document["noisy"]["files"]) == {"one", "two"}
    line = next(line for line in result.stdout.splitlines() if line.startswith("SI-SDR"))
    before, _, after, _, change, _ = line.split()[1:7]
    assert float(after) - float(before) == pytest.approx(float(change), abs=0.02)
    assert float(change) == pytest.approx(20, abs=1)
    text = page.read_text()
    assert text.count("<audio") == 6 and text.count("data:audio/wav;base64,") == 6
    assert "one" in text and change in text and "arXiv:1811.02508" in text


def test_a_model_is_scored_without_another_lossy_coding(folders, tmp_path):
    """What it makes of an OGG file is scored as it is, not as OGG would keep it."""
    keras.utils.set_random_seed(6)
    small = SEGAN(channels=8, dilations=(1, 2), discriminator_channels=4)
    export_tflite(small, tmp_path / "segan.tflite")
    for name in ("one", "two"):
        samples, _ = soundfile.read(folders / "noisy" / f"{name}.wav")
        soundfile.write(folders / "noisy" / f"{name}.ogg", samples, 16000)
        (folders / "noisy" / f"{name}.wav").unlink()
    result = run(
        folders, str(tmp_path / "segan.tflite"), "--reference", "clean", "--noisy", "noisy",
        "--json", "-",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert set(json.loads(result.stdout)["files"]) == {"one", "two"}
    for name, scores in json.loads(result.stdout)["files"].items():
        noisy, _ = soundfile.read(folders / "noisy" / f"{name}.ogg", dtype="float32")
        clean, _ = soundfile.read(folders / "clean" / f"{name}.wav", dtype="float32")
        enhanced = small.generator(noisy[None, :, None]).numpy()[0, :, 0]
        assert scores["si_sdr"] == pytest.approx(si_sdr(clean, enhanced), abs=0.01)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--reference", "clean"], "one.* missing"),
        (["--reference", "clean", "--metrics", "si_sdf"], "metrics: got si_sdf"),
        (["--metrics", "si_sdr"], "si_sdr: got no reference"),
    ],
)
def test_a_model_does_not_work_for_nothing(folders, arguments, message):
    """The fault is found before the model, of which there is none, is opened."""
    (folders / "noisy" / "one.wav").unlink()
    paths = [str(folders / item) if (folders / item).is_dir() else item for item in arguments]
    noisy = ["nowhere.tflite", "--noisy", str(folders / "noisy")]
    result = CliRunner().invoke(command, [*noisy, *paths])
    assert isinstance(result.exception, InputError)
    assert re.search(message, str(result.exception))


@pytest.mark.parametrize(
    "option",
    [
        ["--reference", "clean"],
        ["--metrics", "si_sdr"],
        ["--report", "x.html"],
        ["--workers", "1"],
        ["--max-lag-ms", "100"],
    ],
)
def test_what_a_run_alone_would_not_heed_is_refused(option):
    result = CliRunner().invoke(command, ["nowhere", *option])
    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith(f"{option[0]}: got RUN without --noisy, expected ")


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


def test_list_of_metrics_names_all_that_can_be_asked_for():
    result = CliRunner().invoke(command, ["--list-metrics"])
    assert result.exit_code == 0
    speech, _, sounds = result.stdout.partition("\nOf generated sounds (--family wavegan")
    listed = {line.split()[0] for line in speech.splitlines() if line[0] != " "}
    assert listed == {*registry, "auto", "vocoder", "dnsmos", "composite"}
    assert {line.split()[0] for line in sounds.splitlines()[1:] if line[0] != " "} == {*SET_METRICS}
    assert "1811.02508" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("reached", ["score: ", " [1-9][0-9]*/402"])
def test_an_interrupt_is_one_line_from_all_processes(folders, reached):
    """Also while they start."""
    for folder in ("clean", "better"):
        for index in range(400):
            shutil.copy(folders / folder / "one.wav", folders / folder / f"{index}.wav")
    arguments = ["--reference", folders / "clean", "--estimate", folders / "better"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tfgan_audio", "evaluate", *arguments, "--workers", "2"],
        cwd=Path(__file__).resolve().parents[2], start_new_session=True,
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with process:
        read = ""
        while not re.search(reached, read):
            read += process.stderr.read(1)
        os.killpg(process.pid, signal.SIGINT)
        _, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    assert rest.splitlines()[-1] == "tfgan-audio: interrupted" and "Traceback" not in rest
