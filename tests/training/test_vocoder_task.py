"""How a vocoder is judged on the way and in the end, and what is kept of it."""

import html
import json

import numpy as np
import pytest
import soundfile
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.resampling import resample
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.data.vocoder_source import Utterance
from tfgan_audio.evaluation.selection import select_metrics
from tfgan_audio.evaluation.signal_metrics import multi_resolution_stft
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

    features = FEATURES

    def __init__(
        self,
        utterances: list[Utterance],
        factor: float,
        sample_rate_hz: int = RATE_HZ,
        late_samples: int = 0,
    ) -> None:
        self.utterances, self.factor = utterances, factor
        self.sample_rate_hz, self.late_samples = sample_rate_hz, late_samples

    def vocode(self, mel: np.ndarray) -> np.ndarray:
        (known,) = (each for each in self.utterances if np.array_equal(each.mel, mel[0]))
        return self.factor * np.roll(known.waveform, self.late_samples, axis=0)[None]


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


@pytest.mark.parametrize("rate_hz", [RATE_HZ, 22_050])
def test_the_distance_of_spectra_is_the_metric_of_that_name(utterances, rate_hz: int) -> None:
    """At 16 kHz, whatever the rate of the model, so that all vocoders can be compared."""
    model = Memory(utterances, 0.5, rate_hz)
    rng = np.random.default_rng(1)
    made = [
        waveform + rng.normal(0, 0.02, waveform.shape) for waveform in vocode(model, utterances)
    ]
    found = mean_distances(model, utterances, made)["multi_resolution_stft"]
    expected = [
        multi_resolution_stft(
            *(resample(waveform[:, 0], rate_hz, 16_000) for waveform in (utterance.waveform, part))
        )
        for utterance, part in zip(utterances, made, strict=True)
    ]
    assert found == pytest.approx(np.mean(expected), rel=1e-4)


def test_silence_and_snippets_have_distances(utterances) -> None:
    """A training is not to end at the first validation for a recording's or the model's sake."""
    snippet = utterances[1].waveform[1000:1512]
    pairs = [(each.waveform, 0 * each.waveform) for each in utterances]
    for original, made in (*pairs, *((made, original) for original, made in pairs)):
        silent = [Utterance("a.wav", np.zeros([1, 40]), original)]
        distances = mean_distances(Memory(silent, 1.0), silent, [made])
        assert all(1.0 < value < 1000.0 for value in distances.values())
    short = [Utterance("b.wav", np.zeros([4, 40]), snippet)]
    distances = mean_distances(Memory(short, 1.0), short, [0.5 * snippet])
    assert 0.5 < distances["multi_resolution_stft"] <= 0.5 + np.log(2)


@pytest.fixture(scope="module")
def scores(utterances) -> VocoderScores:
    """Of recordings that come back 5 ms late at a quarter of their level."""
    return score_vocoder(Memory(utterances, 0.25, late_samples=80), utterances)


def test_scores_are_of_the_recordings_and_of_what_was_made(utterances, scores) -> None:
    name = "multi_resolution_stft"
    assert scores.original.values(name) == pytest.approx([0.0, 0.0], abs=1e-6)
    assert scores.distances[name] == pytest.approx(scores.vocoded.mean(name), rel=1e-4)
    assert scores.vocoded.metrics == select_metrics("vocoder")[0]
    assert [file.name for file in scores.vocoded.files] == ["held-out-00", "held-out-01"]
    for utterance, versions in zip(utterances, scores.recordings.values(), strict=True):
        original = versions["original"]
        np.testing.assert_array_equal(original, utterance.waveform[:, 0])
        np.testing.assert_allclose(versions["vocoded"], 0.25 * np.roll(original, 80))


def test_copies_are_compared_where_they_stand(scores) -> None:
    """A delay is heard, where phases are free, and is not taken out."""
    assert [file.lag_samples for file in scores.vocoded.files] == [0, 0]


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
