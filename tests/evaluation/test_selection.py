import sys

import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation import metrics
from tfgan_audio.evaluation.metrics import METRICS
from tfgan_audio.evaluation.selection import select_metrics
from tfgan_audio.evaluation.speech_metrics import DNSMOS_PACKAGES


def test_auto_is_everything_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "pesq", None)
    names, left_out = select_metrics("auto")
    assert "pesq_wb" not in names and "si_sdr" in names
    assert 'pip install "tfgan_audio[eval]"' in left_out["pesq_wb"]
    with pytest.raises(InputError, match="no package pesq, .*tfgan_audio"):
        select_metrics("si_sdr,pesq_wb")
    with pytest.raises(InputError, match="no package pesq, .*tfgan_audio"):
        metrics.pesq_wb(np.ones(8000), np.ones(8000))


def test_auto_without_reference_needs_dnsmos(monkeypatch):
    monkeypatch.setitem(sys.modules, "speechmos", None)
    with pytest.raises(InputError, match="no package speechmos"):
        select_metrics("auto", has_reference=False)
    with pytest.raises(InputError, match="si_sdr: got no reference"):
        select_metrics("si_sdr", has_reference=False)


def test_selection_by_name():
    assert select_metrics("lsd, si_sdr,lsd") == (("lsd", "si_sdr"), {})
    with pytest.raises(InputError, match="got si_snr, .*did you mean si_sdr"):
        select_metrics(["si_snr"])
    with pytest.raises(InputError, match="an empty name"):
        select_metrics("")


def test_all_is_more_than_auto():
    auto, left_out_of_auto = select_metrics("auto")
    everything, left_out = select_metrics("all")
    assert {*everything, *left_out} == set(METRICS)
    only_by_name = {"snr", "pesq_nb", "lsd", "llr_95", "wss_95"}
    only_of_vocoders = {
        "multi_resolution_stft", "mcd", "f0_rmse_hz", "vuv_error", "periodicity_rmse", "visqol",
    }  # fmt: skip
    assert {*auto, *left_out_of_auto} == set(METRICS) - only_by_name - only_of_vocoders


def test_metrics_of_vocoders_compare_no_samples(monkeypatch):
    names, left_out = select_metrics("vocoder")
    assert {"mcd", "pesq_wb", "dnsmos_ovrl"} <= {*names, *left_out}
    assert not {"si_sdr", "snr", "segmental_snr"} & {*names, *left_out}
    monkeypatch.setitem(sys.modules, "pyworld", None)
    assert set(select_metrics("vocoder")[1]) >= {"mcd", "f0_rmse_hz", "vuv_error"}


def test_composite_stands_for_its_three_ratings(monkeypatch):
    pytest.importorskip("pesq")
    assert select_metrics("composite,csig")[0] == ("csig", "cbak", "covl")
    monkeypatch.setitem(sys.modules, "pesq", None)
    assert set(select_metrics("auto")[1]) >= {"pesq_wb", "csig", "cbak", "covl"}
    with pytest.raises(InputError, match="csig: got no package pesq"):
        select_metrics("composite")


def test_dnsmos_stands_for_its_four_scores():
    for package in DNSMOS_PACKAGES:
        pytest.importorskip(package)
    names, _ = select_metrics("dnsmos", has_reference=False)
    assert set(names) == {"dnsmos_sig", "dnsmos_bak", "dnsmos_ovrl", "dnsmos_p808"}
    assert select_metrics("vocoder", has_reference=False)[0] == names
