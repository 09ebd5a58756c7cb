import json

import numpy as np
import pytest
import soundfile
from scipy import signal

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation import metrics
from tfgan_audio.evaluation.metrics import METRICS, describe_metrics

# Name here, name in the golden values, tolerance of their README: absolute, relative.
GOLDEN = [
    ("si_sdr", "si_sdr_torchmetrics_no_zero_mean", 1e-3, 0),
    ("snr", "snr_torchmetrics", 1e-3, 0),
    ("pesq_wb", "pesq_wb", 1e-3, 0),
    ("pesq_nb", "pesq_nb_16k", 1e-3, 0),
    ("stoi", "stoi", 1e-4, 0),
    ("estoi", "estoi", 1e-4, 0),
    ("segmental_snr", "composite_segsnr", 1e-3, 0),
    ("llr_95", "composite_llr_95", 0, 1e-3),
    ("wss_95", "composite_wss_95", 0, 1e-3),
    ("csig", "composite_csig", 1e-3, 0),
    ("cbak", "composite_cbak", 1e-3, 0),
    ("covl", "composite_covl", 1e-3, 0),
]
WITH_REFERENCE = [
    name for name, metric in METRICS.items() if metric.needs_reference and not metric.parts
]


@pytest.fixture
def speech(rng):
    """One second of noise bursts, loud enough and long enough for every metric."""
    return 0.1 * rng.standard_normal(16000) * (1 + np.sin(2 * np.pi * 4 * np.arange(16000) / 16000))


def golden_pairs(golden_dir):
    folder = golden_dir / "metrics"
    for values in json.loads((folder / "values.json").read_text()):
        clean, _ = soundfile.read(folder / "wav" / values["clean"], dtype="float32")
        degraded, _ = soundfile.read(folder / "wav" / values["degraded"], dtype="float32")
        yield values, clean, degraded


def need_packages(name):
    for package in METRICS[name].packages:
        pytest.importorskip(package)


def value(name, clean, degraded):
    metric = METRICS[name]
    if metric.parts:
        return metric.function(*(value(part, clean, degraded) for part in metric.parts))
    return metric.function(clean, degraded)


@pytest.mark.parametrize(("name", "golden_name", "absolute", "relative"), GOLDEN)
def test_golden_values(golden_dir, name, golden_name, absolute, relative):
    need_packages(name)
    for values, clean, degraded in golden_pairs(golden_dir):
        expected = pytest.approx(values[golden_name], abs=absolute, rel=relative)
        assert value(name, clean, degraded) == expected, values["degraded"]


@pytest.mark.parametrize("part", [slice(1), pytest.param(slice(1, None), marks=pytest.mark.slow)])
def test_golden_values_of_dnsmos(golden_dir, part):
    need_packages("dnsmos_ovrl")
    seen = set()
    for values, clean, degraded in list(golden_pairs(golden_dir))[part]:
        for side, waveform in (("clean", clean), ("degraded", degraded)):
            if values[side] in seen:
                continue
            seen.add(values[side])
            for name, score in metrics.dnsmos(waveform).items():
                golden = values[f"dnsmos_{side}_{name.removeprefix('dnsmos_')}_mos"]
                assert score == pytest.approx(golden, abs=1e-3, rel=0), values[side]


def test_dnsmos_clips_what_is_beyond_full_scale(speech):
    need_packages("dnsmos_ovrl")
    loud = speech / np.abs(speech).max() * 3
    assert metrics.dnsmos(loud) == metrics.dnsmos(np.clip(loud, -1, 1))


@pytest.mark.parametrize("gain", [1e-4, 0.5, -2.0, 300.0])
def test_si_sdr_ignores_level_and_polarity(speech, rng, gain):
    noisy = speech + 0.02 * rng.standard_normal(16000)
    expected = metrics.si_sdr(speech, noisy)
    assert metrics.si_sdr(speech, gain * noisy) == pytest.approx(expected, abs=1e-9)
    assert metrics.si_sdr(gain * speech, noisy) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("ratio_db", [-30.0, 0.0, 12.5])
def test_orthogonal_noise_gives_its_ratio(rng, ratio_db):
    reference, noise = np.zeros(1000), np.zeros(1000)
    reference[::2], noise[1::2] = rng.standard_normal((2, 500))
    noise *= np.linalg.norm(reference) / np.linalg.norm(noise) * 10 ** (-ratio_db / 20)
    assert metrics.si_sdr(reference, reference + noise) == pytest.approx(ratio_db, abs=1e-9)
    assert metrics.snr(reference, reference + noise) == pytest.approx(ratio_db, abs=1e-9)


def test_snr_of_a_level_error():
    reference = np.ones(10)
    assert metrics.snr(reference, 0.9 * reference) == pytest.approx(20.0)


def test_ratios_are_finite_at_both_ends():
    reference = np.array([1.0, 1.0, 0.0])
    assert 150 < metrics.si_sdr(reference, 2 * reference) < 160
    assert 150 < metrics.snr(reference, reference) < 160
    assert -160 < metrics.si_sdr(reference, np.array([1.0, -1.0, 3.0])) < -150


def test_lsd_of_a_gain_is_the_gain(speech):
    assert metrics.lsd(speech, speech) == 0
    assert metrics.lsd(speech, 10 * speech) == pytest.approx(2.0, abs=1e-6)


def test_lsd_equals_librosa(speech, rng):
    librosa = pytest.importorskip("librosa")
    noisy = speech + 0.05 * rng.standard_normal(16000)
    power = [
        np.abs(librosa.stft(x, n_fft=512, hop_length=128, center=False)) ** 2
        for x in (speech, noisy)
    ]
    difference = np.log10(power[0]) - np.log10(power[1])
    expected = np.sqrt((difference**2).mean(axis=0)).mean()
    assert metrics.lsd(speech, noisy) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("seconds", [0.2, 6])
def test_multi_resolution_stft_equals_the_loss_of_training(rng, seconds):
    from tfgan_audio.losses.spectral import multi_resolution_stft

    reference, noise = 0.1 * rng.standard_normal((2, round(seconds * 16000)))
    reference[1000:1500] = 0  # below the floor
    estimate = signal.lfilter([0.5, 0.3], 1, reference) + 0.1 * noise
    expected = multi_resolution_stft(reference[None], estimate[None]).numpy()
    assert metrics.multi_resolution_stft(reference, estimate) == pytest.approx(expected, rel=1e-4)


def test_multi_resolution_stft_by_hand(speech):
    """A gain g has convergence |g - 1| and log distance |ln g| at every resolution."""
    assert metrics.multi_resolution_stft(speech, speech) == 0
    expected = 1 + np.log(2)
    assert metrics.multi_resolution_stft(speech, 2 * speech) == pytest.approx(expected, rel=1e-3)


def test_visqol_falls_with_noise_and_ignores_level(golden_dir, rng):
    need_packages("visqol")
    _, clean, _ = next(golden_pairs(golden_dir))
    noise = rng.standard_normal(len(clean)) * clean.std()
    scores = [metrics.visqol(clean, clean + level * noise) for level in (0, 0.003, 0.02, 0.3)]
    assert scores[0] > 4.4 and scores[-1] < 1.5
    assert scores == sorted(scores, reverse=True) and scores[1] - scores[2] > 0.3
    assert metrics.visqol(clean, 0.1 * clean) == pytest.approx(scores[0], abs=0.02)


@pytest.mark.parametrize("name", WITH_REFERENCE)
def test_what_cannot_be_scored_says_why(name, speech):
    need_packages(name)
    function = METRICS[name].function
    with pytest.raises(InputError, match=f"{name}: got a silent reference"):
        function(np.zeros(16000), speech)
    with pytest.raises(InputError, match=f"{name}: got a silent estimate"):
        function(speech, np.zeros(16000))
    with pytest.raises(InputError, match="16000 and 15999 samples"):
        function(speech, speech[:-1])
    with pytest.raises(InputError, match="not finite"):
        function(speech, np.where(np.arange(16000) == 5, np.nan, speech))
    with pytest.raises(InputError, match=r"estimate of shape \[16000, 1\]"):
        function(speech, speech[:, None])


@pytest.mark.parametrize(
    ("name", "num_samples"),
    [
        ("pesq_wb", 3999),
        ("pesq_nb", 3999),
        ("stoi", 500),
        ("estoi", 1),
        ("multi_resolution_stft", 1024),
        ("visqol", 1000),
        ("visqol", 5000),
    ],
)
def test_too_short_for_the_package(name, num_samples, speech):
    need_packages(name)
    with pytest.raises(InputError, match=name):
        METRICS[name].function(speech[:num_samples], speech[:num_samples])


def test_too_little_speech_is_no_placeholder_score(speech):
    pytest.importorskip("pystoi")
    mostly_silent = np.where(np.arange(16000) < 3000, speech, 0)
    with pytest.raises(InputError, match="less than 0.4 s of speech"):
        metrics.stoi(mostly_silent, speech)


def test_estoi_is_repeatable_and_leaves_the_global_generator_alone(speech):
    pytest.importorskip("pystoi")
    gated = np.where(np.arange(16000) < 8000, speech, 0)
    np.random.seed(3)
    expected = np.random.rand()
    np.random.seed(3)
    assert metrics.estoi(speech, gated) == metrics.estoi(speech, gated)
    assert np.random.rand() == expected


def test_pesq_refuses_more_utterances_than_its_code_holds(rng):
    """60 of them end the process with a segmentation fault in the package."""
    pytest.importorskip("pesq")
    bursts = np.where(np.arange(60 * 16000) % 16000 < 8000, rng.standard_normal(60 * 16000), 0)
    with pytest.raises(InputError, match="60 utterances"):
        metrics.pesq_wb(0.1 * bursts, 0.1 * bursts)


def test_pesq_of_a_long_signal_with_few_utterances(rng):
    pesq = pytest.importorskip("pesq")
    clean = 0.1 * rng.standard_normal(22 * 16000)
    clean *= np.arange(len(clean)) % 48000 < 40000
    noisy = clean + 0.01 * rng.standard_normal(len(clean))
    assert metrics.pesq_wb(clean, noisy) == pytest.approx(pesq.pesq(16000, clean, noisy, "wb"))


def test_bands_of_pesq(speech, rng):
    """Noise above what a telephone carries does nothing to the narrow-band score alone."""
    pytest.importorskip("pesq")
    sos = signal.butter(12, 5500, "highpass", fs=16000, output="sos")
    noisy = speech + 0.03 * signal.sosfilt(sos, rng.standard_normal(16000))
    best = {"pesq_wb": 4.64, "pesq_nb": 4.55}
    lost = {name: best[name] - value(name, speech, noisy) for name in best}
    assert lost["pesq_nb"] < 0.1 and lost["pesq_wb"] > 0.5


def test_composite_ratings_by_hand():
    """The regressions at one point, and the ends of the scale."""
    assert metrics.csig(2.0, 1.0, 30.0) == pytest.approx(3.093 + 1.206 - 1.029 - 0.27)
    assert metrics.cbak(2.0, 30.0, 4.0) == pytest.approx(1.634 + 0.956 - 0.21 + 0.252)
    assert metrics.covl(2.0, 1.0, 30.0) == pytest.approx(1.594 + 1.61 - 0.512 - 0.21)
    assert metrics.csig(4.64, 0, 0) == metrics.cbak(4.64, 0, 35) == metrics.covl(4.64, 0, 0) == 5
    assert metrics.csig(1, 9, 90) == metrics.cbak(1, 200, -10) == metrics.covl(1, 9, 90) == 1


def test_descriptions_fit_a_line():
    for line in describe_metrics().splitlines():
        assert len(line) <= 120
    for metric in METRICS.values():
        assert metric.description.endswith(("higher is better", "lower is better"))
