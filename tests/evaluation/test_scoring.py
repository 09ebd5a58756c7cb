import json
import multiprocessing
import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile
import soxr

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation import scoring
from tfgan_audio.evaluation.metrics import cbak, covl, csig, si_sdr
from tfgan_audio.evaluation.pairing import pair_folders
from tfgan_audio.evaluation.scoring import score_folders, score_pairs


@pytest.fixture
def clean(rng):
    """Make 1.5 seconds of noise bursts below 4 kHz, at 16 kHz."""
    bursts = rng.standard_normal(24000) * (1 + np.sin(2 * np.pi * 4 * np.arange(24000) / 16000))
    return 0.05 * soxr.resample(soxr.resample(bursts, 16000, 8000), 8000, 16000)


@pytest.fixture
def folders(tmp_path, clean, rng):
    """Three references and estimates at different SNRs, one of them deeper."""
    for index, name in enumerate(("a", "b", "deep/c")):
        noisy = clean + 0.005 * (index + 1) * rng.standard_normal(len(clean))
        for folder, samples in (("clean", clean), ("noisy", noisy)):
            path = tmp_path / folder / f"{name}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, samples, 16000, "FLOAT")
    return tmp_path / "clean", tmp_path / "noisy"


def replace(path, samples, sample_rate_hz=16000, subtype="FLOAT"):
    soundfile.write(path, samples, sample_rate_hz, subtype)


def test_folders_give_the_metric_of_every_file(folders):
    scores = score_folders(*folders, metrics=["si_sdr", "snr"])
    assert [file.name for file in scores.files] == ["a", "b", "deep/c"]
    for file in scores.files:
        reference, _ = soundfile.read(folders[0] / f"{file.name}.wav")
        estimate, _ = soundfile.read(folders[1] / f"{file.name}.wav")
        assert file.values["si_sdr"] == pytest.approx(si_sdr(reference, estimate), abs=1e-6)
        assert (file.lag_samples, file.scored_samples) == (0, 24000)
    assert scores.mean("snr") == pytest.approx(
        np.mean([file.values["snr"] for file in scores.files])
    )


def test_delay_and_surplus_are_taken_out(folders):
    expected = score_folders(*folders, metrics="si_sdr").files[0].values["si_sdr"]
    noisy, _ = soundfile.read(folders[1] / "a.wav")
    replace(folders[1] / "a.wav", np.concatenate([np.zeros(320), -noisy, np.zeros(777)]))
    file = score_folders(*folders, metrics="si_sdr").files[0]
    assert file.lag_samples == 320
    assert (file.reference_samples, file.estimate_samples) == (24000, 24000 + 320 + 777)
    assert file.scored_samples == 24000
    assert file.values["si_sdr"] == pytest.approx(expected, abs=1e-5)


def test_other_rates_and_channels_are_brought_together(folders):
    expected = score_folders(*folders, metrics="si_sdr").files[1].values["si_sdr"]
    noisy, _ = soundfile.read(folders[1] / "b.wav")
    (folders[1] / "b.wav").unlink()
    half = soxr.resample(noisy, 16000, 48000)
    replace(folders[1] / "b.flac", np.stack([1.5 * half, 0.5 * half], axis=1), 48000, "PCM_24")
    file = score_folders(*folders, metrics="si_sdr").files[1]
    assert file.scored_samples == 24000 and file.lag_samples == 0
    assert file.values["si_sdr"] == pytest.approx(expected, abs=0.3)


def test_silence_is_left_out_with_its_reason(folders):
    replace(folders[1] / "b.wav", np.zeros(24000))
    scores = score_folders(*folders, metrics="si_sdr,lsd")
    assert np.isnan(scores.files[1].values["si_sdr"])
    assert scores.unscored() == ["b: a silent estimate (si_sdr, lsd)"]
    others = [scores.files[0].values["si_sdr"], scores.files[2].values["si_sdr"]]
    assert scores.mean("si_sdr") == pytest.approx(np.mean(others)) and scores.count("si_sdr") == 2
    document = json.loads(json.dumps(scores.as_dict(), allow_nan=False))
    assert document["files"]["b"] == {"si_sdr": None, "lsd": None}


def test_no_utterance_does_not_end_the_run(folders, rng):
    """A burst of 0.1 s is no utterance for PESQ."""
    pytest.importorskip("pesq")
    burst = np.zeros(24000)
    burst[8000:9600] = 0.1 * rng.standard_normal(1600)
    replace(folders[0] / "a.wav", burst)
    scores = score_folders(*folders, metrics="pesq_wb")
    assert scores.count("pesq_wb") == 2 and np.isnan(scores.files[0].values["pesq_wb"])
    assert scores.unscored() == ["a: no utterances detected (pesq_wb)"]


@pytest.mark.parametrize(
    "metrics", ["si_sdr,pesq_wb,estoi", pytest.param("auto", marks=pytest.mark.slow)]
)
def test_number_of_processes_changes_nothing(folders, metrics):
    for package in ("pesq", "pystoi"):
        pytest.importorskip(package)
    alone = score_folders(*folders, metrics=metrics)
    parallel = score_folders(*folders, metrics=metrics, num_workers=2)
    assert alone == parallel and len(alone.files) == 3


def test_error_in_a_process_names_the_file(folders):
    (folders[1] / "b.wav").write_text("not audio")
    with pytest.raises(InputError, match="b.wav"):
        score_folders(*folders, metrics="si_sdr", num_workers=2)


def test_missing_partners_are_named_and_counted(folders):
    (folders[1] / "a.wav").unlink()
    (folders[1] / "deep" / "c.wav").unlink()
    with pytest.raises(InputError) as caught:
        score_folders(*folders)
    message = str(caught.value)
    assert str(folders[1]) in message and "a, deep/c" in message
    assert "1 files" in message and "2 missing" in message and "3 files" in message
    with pytest.raises(InputError, match="2 missing"):
        score_folders(folders[1], folders[0])


def test_many_missing_partners_stay_one_line(tmp_path):
    for folder, names in (("clean", range(40)), ("noisy", range(1))):
        (tmp_path / folder).mkdir()
        for name in names:
            replace(tmp_path / folder / f"{name:02}.wav", np.ones(10))
    with pytest.raises(InputError, match="01, 02, 03 and 36 more .39 missing"):
        pair_folders(tmp_path / "clean", tmp_path / "noisy")


def test_name_must_be_unique_and_folder_not_empty(folders, tmp_path):
    replace(folders[1] / "a.flac", np.zeros(100), subtype="PCM_16")
    with pytest.raises(InputError, match="a.flac and a.wav"):
        score_folders(*folders)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty"):
        score_folders(folders[0], tmp_path / "empty")
    with pytest.raises(InputError, match="nowhere"):
        score_folders(folders[0], tmp_path / "nowhere")


def test_pairs_take_waveforms(clean, rng):
    noisy = (clean + 0.01 * rng.standard_normal(len(clean))).astype(np.float32)
    late = np.concatenate([np.zeros(50, np.float32), noisy])
    scores = score_pairs({"x": (clean, late)}, metrics=["si_sdr"])
    assert scores.files[0].lag_samples == 50
    assert scores.mean("si_sdr") == pytest.approx(si_sdr(clean, noisy), abs=1e-4)
    with pytest.raises(InputError, match="one axis"):
        score_pairs({"x": (clean, noisy[:, None])}, metrics=["si_sdr"])


def test_nothing_to_score_is_refused(clean):
    with pytest.raises(InputError, match="pairs"):
        score_pairs({})
    with pytest.raises(InputError, match="num_workers"):
        score_pairs({"x": (clean, clean)}, "si_sdr", num_workers=0)
    with pytest.raises(InputError, match="no reference"):
        score_pairs({"x": (None, clean)}, "si_sdr")


def test_metrics_without_reference_see_the_whole_estimate(clean):
    for package in ("speechmos", "onnxruntime", "librosa", "requests"):
        pytest.importorskip(package)
    alone = score_pairs({"x": (None, clean)}, "dnsmos")
    assert alone.files[0].reference_samples == 0
    cut = score_pairs({"x": (clean[:16000], clean)}, "dnsmos")
    assert alone.files[0].values == cut.files[0].values


def test_composite_ratings_share_one_pesq(folders, monkeypatch):
    pesq = pytest.importorskip("pesq")
    modes, run = [], pesq.pesq
    monkeypatch.setattr(pesq, "pesq", lambda *args: modes.append(args[3]) or run(*args))
    parts = ["pesq_wb", "llr_95", "wss_95", "segmental_snr"]
    scores = score_folders(*folders, metrics=["csig", "covl", *parts, "cbak"])
    assert modes == ["wb"] * 3
    for file in scores.files:
        pesq_wb, llr, wss, segmental = (file.values[part] for part in parts)
        assert file.values["csig"] == csig(pesq_wb, llr, wss)
        assert file.values["cbak"] == cbak(pesq_wb, wss, segmental)
        assert file.values["covl"] == covl(pesq_wb, llr, wss)


def test_without_pesq_there_is_no_composite_rating(folders):
    pytest.importorskip("pesq")
    burst, _ = soundfile.read(folders[0] / "a.wav")
    replace(folders[0] / "a.wav", np.where(np.arange(24000) // 1600 == 5, burst, 0))
    scores = score_folders(*folders, metrics="composite,segmental_snr")
    reasons = scores.files[0].reasons
    assert set(reasons) == {"csig", "cbak", "covl"} and len(set(reasons.values())) == 1
    assert np.isfinite(scores.values("segmental_snr")).all()


def test_leaving_early_drops_what_is_waiting(capfd):
    """The rest would take ten seconds."""
    results = scoring._ordered_map(time.sleep, [0.0] + [0.1] * 200, 2)
    next(results)
    start = time.monotonic()
    results.close()
    assert time.monotonic() - start < 5 and not multiprocessing.active_children()
    assert capfd.readouterr().err == ""


def test_progress_goes_to_stderr(folders, capfd):
    score_folders(*folders, metrics="si_sdr", progress=True)
    captured = capfd.readouterr()
    assert "3/3" in captured.err and captured.out == ""


def test_no_tensorflow_is_imported():
    code = (
        "import sys, tfgan_audio.evaluation.scoring, tfgan_audio.evaluation.report, "
        "tfgan_audio.evaluation.plots, tfgan_audio.evaluation.comparison;"
        "sys.exit('tensorflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
