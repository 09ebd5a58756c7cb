"""The verb `evaluate` with vocoded speech."""

import json
import re

import keras
import numpy as np
import pytest
import soundfile
import soxr
from click.testing import CliRunner

import tfgan_audio as tga
from tfgan_audio.cli import main
from tfgan_audio.evaluation.scoring import score_pairs
from tfgan_audio.training.imported_run import write_imported_run

RATE_HZ = 16000
FAMILY = ["--family", "melgan", "--workers", "1"]


def invoke(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)])


def run(*arguments):
    return invoke("evaluate", *arguments, *FAMILY)


def voice(pitch_hz, start_radians=0):
    phase = start_radians + 2 * np.pi * np.cumsum(np.full(12000, pitch_hz)) / RATE_HZ
    return 0.05 * sum(np.cos(k * phase + k * k) / k for k in range(1, int(7000 / pitch_hz)))


@pytest.fixture
def folders(tmp_path):
    """Two voices, and as their copies voices 3 and 4 Hz higher that start with another phase."""
    for index, name in enumerate(("one", "deep/two")):
        pitch_hz = 150.3 + 40 * index
        copy = voice(pitch_hz + 3 + index, start_radians=2.0)
        for folder, samples in (("original", voice(pitch_hz)), ("copies", copy)):
            path = tmp_path / folder / f"{name}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, samples, RATE_HZ, "FLOAT")
    return tmp_path


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A tiny MelGAN at 8 kHz."""
    from tfgan_audio.models.melgan import MelGAN

    keras.utils.set_random_seed(5)
    features = tga.MelFeatures(
        sample_rate_hz=8000, fft_samples=256, window_samples=256, hop_samples=64, num_mels=8
    )
    sizes = {"base_channels": 16, "num_scales": 1, "discriminator_max_channels": 64}
    path = tmp_path_factory.mktemp("voice") / "voice.keras"
    MelGAN(features=features, upsample_factors=(8, 4, 2), **sizes).save(path)
    return path


def test_copies_are_compared_where_they_stand(folders):
    """No delay is looked for, as phases are free."""
    pytest.importorskip("pyworld")
    page = folders / "report.html"
    done = run(
        "--reference", folders / "original", "--estimate", folders / "copies",
        "--metrics", "f0_rmse_hz,multi_resolution_stft", "--json", "-", "--report", page,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["files"]["one"]["f0_rmse_hz"] == pytest.approx(3, abs=0.2)
    assert document["files"]["deep/two"]["f0_rmse_hz"] == pytest.approx(4, abs=0.2)
    assert document["lag_samples"] == {"one": 0, "deep/two": 0} and "noisy" not in document
    text = page.read_text()
    assert "Vocoder: scores" in text and "F0 RMSE" in text
    assert len(re.findall("data:audio/wav;base64,", text)) == 4
    assert "original" in text and "vocoded" in text and "enhanced" not in text


def test_a_lag_can_be_asked_for(folders):
    done = run(
        "--reference", folders / "original", "--estimate", folders / "copies",
        "--metrics", "lsd", "--json", "-", "--max-lag-ms", 10,
    )  # fmt: skip
    assert any(json.loads(done.stdout)["lag_samples"].values()), done.output


def test_usual_metrics_are_those_of_vocoders(folders):
    for package in ("pyworld", "pesq", "pystoi", "visqol", "ai_edge_litert", "speechmos"):
        pytest.importorskip(package)
    done = run(
        "--reference", folders / "original", "--estimate", folders / "copies", "--json", "-"
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert {"mcd", "vuv_error", "periodicity_rmse", "visqol", "pesq_wb", "dnsmos_ovrl"} <= set(
        document["mean"]
    )
    assert not {"si_sdr", "snr", "csig"} & set(document["mean"])


def test_a_model_makes_the_recordings_anew(folders, model):
    """They are scored as `vocode` makes them, from a recording of another rate."""
    upsampled = soxr.resample(soundfile.read(folders / "original" / "one.wav")[0], 16000, 32000)
    soundfile.write(folders / "original" / "one.wav", upsampled, 32000, "FLOAT")
    original = folders / "original"
    done = run(model, "--reference", original, "--metrics", "lsd", "--json", "-")
    assert done.exit_code == 0, done.output
    scores = json.loads(done.stdout)["files"]
    assert set(scores) == {"one", "deep/two"}
    vocoded = invoke("vocode", model, original, folders / "mine")
    assert vocoded.exit_code == 0, vocoded.output
    pairs = {name: (original / f"{name}.wav", folders / "mine" / f"{name}.wav") for name in scores}
    expected = score_pairs(pairs, "lsd", max_lag_ms=0)
    for file in expected.files:
        assert scores[file.name]["lsd"] == pytest.approx(file.values["lsd"])


def test_the_folder_of_a_run_tells_its_family(folders, model):
    """A .keras file does not, and is taken for an enhancer."""
    voice = folders / "run"
    voice_model = keras.saving.load_model(model)
    voice_model.compile()
    write_imported_run(voice_model, voice, "voice")
    shared = ["--reference", folders / "original", "--metrics", "lsd", "--workers", 1]
    done = invoke("evaluate", voice, *shared)
    assert done.exit_code == 0, done.output
    assert "LSD" in done.stdout
    done = invoke("evaluate", voice, "--metrics", "lsd")
    assert "--metrics: got RUN without --reference, expected a folder to vocode" in done.stderr
    done = invoke("evaluate", model, *shared)
    assert "--reference: got RUN without --noisy" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--reference", "o", "--noisy", "n"], "--noisy: got --family melgan, expected --family"),
        (["run", "--metrics", "mcd"], "--metrics: got RUN without --reference, .* vocode"),
        (["--reference", "o", "--num", "4"], "--num: got --family melgan, expected .*wavegan"),
        (["--reference", "o"], "--estimate: got neither it nor RUN"),
        (["run", "--reference", "o", "--estimate", "e"], "--estimate: got both it and RUN"),
        (["run", "--reference", "o", "--metrics", "mcf"], "metrics: got mcf"),
    ],
)
def test_what_means_nothing_is_refused(arguments, message):
    done = run(*arguments)
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert re.search(message, done.stderr), done.stderr
