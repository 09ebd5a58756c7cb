"""`tfgan-audio train` from two folders of sounds to a folder with everything about the run."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import soundfile
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tiny_runs import tiny_config, tiny_overrides

from tfgan_audio.config.loading import load_config
from tfgan_audio.loading import load

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def history(finished_run) -> list[dict[str, float]]:
    """Rows of `history.csv` as numbers."""
    with (finished_run / "history.csv").open(newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


@pytest.fixture
def report(finished_run) -> dict:
    """Content of `report.json`."""
    return json.loads((finished_run / "report.json").read_text())


def test_the_folder_is_complete_and_holds_nothing_else(finished_run) -> None:
    names = {
        path.relative_to(finished_run).as_posix()
        for path in finished_run.rglob("*")
        if path.is_file()
    }
    logs = {name for name in names if name.startswith("logs/events.out.tfevents.")}
    samples = ("noisy-0", "clean-0", "step-000008-0", "step-000016-0")
    assert len(logs) == 1
    assert names - logs == {
        "config.yaml",
        "environment.json",
        "history.csv",
        "model.keras",
        "report.html",
        "report.json",
        "checkpoints/best.keras",
        "checkpoints/last.keras",
        "checkpoints/state-00000016.keras",
        "checkpoints/state.json",
        "plots/curves.png",
        "plots/spectrograms.png",
        *(f"samples/{name}.wav" for name in samples),
    }


def test_the_configuration_is_written_out_and_loads_back(finished_run, tmp_path_factory) -> None:
    text = (finished_run / "config.yaml").read_text()
    data_dir = tmp_path_factory.getbasetemp() / "tiny-data"
    assert load_config(finished_run / "config.yaml") == tiny_config(data_dir)
    assert "time_frequency_l2_weight: null" in text and "ema_momentum: 0.8" in text


def test_the_environment_says_with_what_it_was_trained(finished_run) -> None:
    environment = json.loads((finished_run / "environment.json").read_text())
    assert environment["versions"]["keras"] == keras.__version__
    assert environment["feature_fingerprint"] is None


def test_history_has_every_term_of_every_validation(history) -> None:
    assert [row["step"] for row in history] == [8, 16]
    terms = {"g_loss", "g_adversarial", "g_snr", "g_magnitude_l1", "d_loss"}
    assert set(history[0]) == {
        "step", "seconds", "val_si_sdr", *terms, *(f"val_{name}" for name in terms)
    }  # fmt: skip
    for row in history:
        for prefix in ("", "val_"):
            parts = (row[f"{prefix}g_{name}"] for name in ("adversarial", "snr", "magnitude_l1"))
            assert row[f"{prefix}g_loss"] == pytest.approx(sum(parts), abs=1e-5)


def test_tensorboard_shows_the_history_audio_and_spectrograms(finished_run, history) -> None:
    logs = EventAccumulator(str(finished_run / "logs"), size_guidance={"tensors": 0}).Reload()
    names = set(history[0]) - {"step", "seconds"}
    assert set(logs.Tags()["tensors"]) == names | {"enhanced", "spectrograms"}
    for name in names:
        events = logs.Tensors(name)
        assert [event.step for event in events] == [8, 16]
        values = [float(tf.make_ndarray(event.tensor_proto)) for event in events]
        assert values == pytest.approx([row[name] for row in history], rel=1e-6)
    for name, kind in (("enhanced", "audio"), ("spectrograms", "images")):
        assert [event.step for event in logs.Tensors(name)] == [8, 16]
        assert logs.SummaryMetadata(name).plugin_data.plugin_name == kind


def test_samples_are_of_one_recording(finished_run) -> None:
    waveforms = {}
    for path in (finished_run / "samples").iterdir():
        waveforms[path.stem], rate = soundfile.read(path)
        assert rate == 16_000 and waveforms[path.stem].shape == (73_600,)
    noise = waveforms["noisy-0"] - waveforms["clean-0"]
    ratio = np.sum(waveforms["clean-0"] ** 2) / np.sum(noise**2)
    assert 10 * np.log10(ratio) == pytest.approx(5, abs=0.05)
    change = waveforms["step-000016-0"] - waveforms["step-000008-0"]
    assert np.abs(change).max() > 1e-3


def test_the_model_is_the_best_and_enhances(finished_run) -> None:
    content = (finished_run / "model.keras").read_bytes()
    assert content == (finished_run / "checkpoints" / "best.keras").read_bytes()
    noisy, _ = soundfile.read(finished_run / "samples" / "noisy-0.wav", dtype="float32")
    model = keras.saving.load_model(finished_run / "model.keras")
    expected = model.generator.predict(noisy[None, :, None], verbose=0)[0, :, 0]
    enhanced = load(finished_run).enhance(noisy, 16_000)
    np.testing.assert_allclose(enhanced, expected, atol=1e-5)


def test_the_report_scores_the_best_model(finished_run, history, report) -> None:
    assert set(report) == {"noisy", "enhanced"}
    for side in report.values():
        assert side["mean"] == side["files"]["held-out-00"]
    best = max(row["val_si_sdr"] for row in history)
    # Validated in half precision.
    assert report["enhanced"]["mean"]["si_sdr"] == pytest.approx(best, abs=0.2)
    waveforms = (
        soundfile.read(finished_run / "samples" / f"{name}-0.wav")[0] for name in ("noisy", "clean")
    )
    noisy, clean = waveforms
    target = clean * (noisy @ clean) / (clean @ clean)
    si_sdr = 10 * np.log10(np.sum(target**2) / np.sum((noisy - target) ** 2))
    assert report["noisy"]["mean"]["si_sdr"] == pytest.approx(si_sdr, abs=0.05)
    assert (
        f"{report['enhanced']['mean']['si_sdr']:.2f}" in (finished_run / "report.html").read_text()
    )


def train(arguments: list[str]) -> None:
    """Train in another process, as logical CPUs are made before TensorFlow starts."""
    command = [sys.executable, "-m", "tfgan_audio", "train", "smoke/segan", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
def test_two_replicas_train_what_one_does(tmp_path_factory, tmp_path) -> None:
    overrides = tiny_overrides(tmp_path_factory.getbasetemp() / "tiny-data")
    overrides += ["train.precision=float32", "train.num_steps=8", "train.validate_every_steps=4"]
    models, scores = [], []
    for number in (1, 2):
        run = tmp_path / str(number)
        train([*overrides, f"train.num_replicas={number}", "--run", str(run)])
        models.append(keras.saving.load_model(run / "checkpoints" / "last.keras").get_weights())
        with (run / "history.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        scores.append([float(row[name]) for row in rows for name in row if name != "seconds"])
    for one, two in zip(*models, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)
    np.testing.assert_allclose(*scores, rtol=1e-4, atol=1e-4)
