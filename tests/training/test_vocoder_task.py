"""How a vocoder is judged on the way and in the end, and what is kept of it."""

import html
import json

import numpy as np
import pytest
import soundfile
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.data.vocoder_source import Utterance
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.vocoder_report import write_vocoder_report
from tfgan_audio.training.vocoder_samples import VocoderSamples
from tfgan_audio.training.vocoder_scores import (
    VocoderScores,
    mean_distances,
    score_vocoder,
    vocode,
)

RATE_HZ = 16_000
FEATURES = MelFeatures(
    sample_rate_hz=RATE_HZ, fft_samples=512, hop_samples=128, window_samples=512, num_mels=40
)
HISTORY = """step,d_loss,g_adversarial,g_loss,val_mel_l1,val_multi_resolution_stft,seconds
10,0.5,0.1,1.5,0.9,2.5,12.0
20,0.4,0.2,1.0,0.6,2.0,24.0
"""


class Memory:
    """A vocoder that knows the recordings by heart, and gives them back at another level."""

    features, sample_rate_hz = FEATURES, RATE_HZ

    def __init__(self, utterances: list[Utterance], factor: float) -> None:
        self.utterances, self.factor = utterances, factor

    def vocode(self, mel: np.ndarray) -> np.ndarray:
        (known,) = (each for each in self.utterances if np.array_equal(each.mel, mel[0]))
        return self.factor * known.waveform[None]


@pytest.fixture(scope="module")
def utterances() -> list[Utterance]:
    """Two seconds and one second of noise whose level goes up and down."""
    rng = np.random.default_rng(0)
    made = []
    for name, seconds in (("long.wav", 2), ("short.wav", 1)):
        times = np.arange(seconds * RATE_HZ) / RATE_HZ
        waveform = (0.1 + np.sin(4 * np.pi * times) ** 2) * rng.uniform(-0.4, 0.4, len(times))
        waveform = waveform.astype(np.float32)[:, None]
        mel = log_mel(waveform[None], FEATURES)[0].numpy()
        made.append(Utterance(name, mel, waveform[: 128 * len(mel)]))
    return made


def test_distances_are_means_over_the_recordings(utterances) -> None:
    """At half the level every log10 is lower by 0.301; the spectral convergence is a half."""
    model = Memory(utterances, 0.5)
    vocoded = vocode(model, utterances)
    distances = mean_distances(model, utterances, vocoded)
    assert distances["mel_l1"] == pytest.approx(np.log10(2), abs=1e-3)
    assert distances["multi_resolution_stft"] == pytest.approx(0.5 + np.log(2), abs=1e-3)
    mixed = [vocoded[0], utterances[1].waveform]
    halved = mean_distances(model, utterances, mixed)
    assert halved["mel_l1"] == pytest.approx(np.log10(2) / 2, abs=1e-3)


@pytest.fixture(scope="module")
def scores(utterances) -> VocoderScores:
    """Of recordings that come back at a quarter of their level."""
    return score_vocoder(Memory(utterances, 0.25), utterances)


def test_scores_are_of_the_recordings_and_of_what_was_made(utterances, scores) -> None:
    assert scores.original.values("lsd") == pytest.approx([0.0, 0.0], abs=1e-6)
    # A quarter everywhere, in units of 10 dB.
    assert scores.vocoded.values("lsd") == pytest.approx(2 * np.log10(4), abs=1e-3)
    assert "si_sdr" not in scores.vocoded.metrics
    assert [file.name for file in scores.vocoded.files] == ["held-out-00", "held-out-01"]
    for utterance, versions in zip(utterances, scores.recordings.values(), strict=True):
        np.testing.assert_array_equal(versions["original"], utterance.waveform[:, 0])
        np.testing.assert_allclose(versions["vocoded"], 0.25 * versions["original"])


@pytest.fixture
def run(tmp_path) -> RunFolder:
    """A run that has ended."""
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    run.make_folders()
    run.config.write_text("name: <mine>\n")
    run.environment.write_text('{"cpu_count": 64}\n')
    run.history.write_text(HISTORY)
    return run


def test_samples_are_the_recordings_and_what_is_made_of_them(run, utterances) -> None:
    writer = tf.summary.create_file_writer(str(run.logs))
    samples = VocoderSamples(run, utterances, RATE_HZ, writer)
    samples.write(5, vocode(Memory(utterances, 0.5), utterances))
    samples.write(10, vocode(Memory(utterances, 3.0), utterances))
    names = {path.stem for path in run.samples.iterdir()}
    steps = {f"step-{step}-{index}" for step in ("000005", "000010") for index in (0, 1)}
    assert names == {"original-0", "original-1"} | steps
    for index, utterance in enumerate(utterances):
        for name, factor in (("original", 1.0), ("step-000005", 0.5), ("step-000010", 3.0)):
            waveform, rate_hz = soundfile.read(run.samples / f"{name}-{index}.wav")
            expected = np.clip(factor * utterance.waveform[:, 0], -1, 1)
            assert rate_hz == RATE_HZ
            np.testing.assert_allclose(waveform, expected, atol=1.01 / 32768)
    assert (run.plots / "spectrograms.png").read_bytes()[:4] == b"\x89PNG"


def test_no_recordings_give_no_samples(run) -> None:
    writer = tf.summary.create_file_writer(str(run.logs))
    VocoderSamples(run, [], RATE_HZ, writer).write(5, [])
    assert not any(run.samples.iterdir()) and not any(run.plots.iterdir())


def test_the_page_shows_distances_scores_and_players(run, scores) -> None:
    write_vocoder_report(run, scores, "A title", "A subtitle.")
    page = html.unescape(run.report_html.read_text())
    for text in ("A title", "A subtitle.", "name: <mine>", "held-out-00", "held-out-01", "0.602"):
        assert text in page
    assert page.count("data:audio/wav;base64") == 4
    assert (run.plots / "curves.png").exists()
    json.dumps(scores.vocoded.as_dict())
