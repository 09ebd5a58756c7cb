"""Every metric by its name, with its function and what readers need to know of it.

The functions take float arrays at 16 kHz in [-1, 1], aligned and of one length.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tfgan_audio.evaluation.composite_metrics import cbak, covl, csig
from tfgan_audio.evaluation.frame_metrics import llr_95, segmental_snr, wss_95
from tfgan_audio.evaluation.pesq_metrics import PESQ_PACKAGES, pesq_nb, pesq_wb
from tfgan_audio.evaluation.signal_metrics import lsd, multi_resolution_stft, si_sdr, snr
from tfgan_audio.evaluation.speech_metrics import (
    DNSMOS_PACKAGES,
    STOI_PACKAGES,
    VISQOL_PACKAGES,
    dnsmos,
    estoi,
    stoi,
    visqol,
)
from tfgan_audio.evaluation.voice_metrics import (
    WORLD_PACKAGES,
    f0_rmse_hz,
    mcd,
    periodicity_rmse,
    vuv_error,
)

_DNSMOS_PAPER = "Reddy et al. 2022, arXiv:2110.01763"
_COMPOSITE_PAPER = "Hu and Loizou 2008, IEEE TASLP 16(1)"


@dataclass(frozen=True)
class Metric:
    """One column of a score table.

    Args:
        label: Name for readers.
        function: Takes the reference, where needed, and the estimate, or the values of `parts`;
            gives a float, or a mapping that holds this metric among others.
        description: What it says, in one line, and which way is better.
        publication: Where it was defined, empty for what every textbook has.
        unit: Unit of the value, empty for a score without one.
        decimals: Digits shown after the point.
        needs_reference: Whether the function takes a reference.
        parts: Metrics whose values the function takes instead of signals.
        packages: Optional packages that are needed.
        is_auto: Whether the metric belongs to the usual choice.
    """

    label: str
    function: Callable[..., float | dict[str, float]]
    description: str
    publication: str = ""
    unit: str = ""
    decimals: int = 2
    needs_reference: bool = True
    parts: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    is_auto: bool = True


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "si_sdr": Metric(
            "SI-SDR",
            si_sdr,
            "ratio of speech to everything else, whatever the level; higher is better",
            "Le Roux et al. 2019, arXiv:1811.02508",
            unit="dB",
        ),
        "pesq_wb": Metric(
            "PESQ-WB",
            pesq_wb,
            "wide-band quality without corrigendum 2, 1.0 to 4.64; higher is better",
            "ITU-T P.862.2 (2005)",
            packages=PESQ_PACKAGES,
        ),
        "stoi": Metric(
            "STOI",
            stoi,
            "intelligibility, up to 1; higher is better",
            "Taal et al. 2011, IEEE TASLP 19(7)",
            decimals=3,
            packages=STOI_PACKAGES,
        ),
        "estoi": Metric(
            "ESTOI",
            estoi,
            "intelligibility under maskers that vary in time, up to 1; higher is better",
            "Jensen and Taal 2016, IEEE/ACM TASLP 24(11)",
            decimals=3,
            packages=STOI_PACKAGES,
        ),
        "segmental_snr": Metric(
            "Segmental SNR",
            segmental_snr,
            "mean ratio of frames of 30 ms, each limited to -10..35 dB; higher is better",
            "Hansen and Pellom 1998, ICSLP",
            unit="dB",
        ),
        "csig": Metric(
            "CSIG",
            csig,
            "predicted rating of the speech's distortion, 1 to 5; higher is better",
            _COMPOSITE_PAPER,
            parts=("pesq_wb", "llr_95", "wss_95"),
            packages=PESQ_PACKAGES,
        ),
        "cbak": Metric(
            "CBAK",
            cbak,
            "predicted rating of the background's intrusiveness, 1 to 5; higher is better",
            _COMPOSITE_PAPER,
            parts=("pesq_wb", "wss_95", "segmental_snr"),
            packages=PESQ_PACKAGES,
        ),
        "covl": Metric(
            "COVL",
            covl,
            "predicted rating of the overall quality, 1 to 5; higher is better",
            _COMPOSITE_PAPER,
            parts=("pesq_wb", "llr_95", "wss_95"),
            packages=PESQ_PACKAGES,
        ),
        "dnsmos_ovrl": Metric(
            "DNSMOS overall",
            dnsmos,
            "predicted P.835 rating of the overall quality, 1 to 5; higher is better",
            _DNSMOS_PAPER,
            needs_reference=False,
            packages=DNSMOS_PACKAGES,
        ),
        "dnsmos_sig": Metric(
            "DNSMOS speech",
            dnsmos,
            "predicted P.835 rating of the speech, 1 to 5; higher is better",
            _DNSMOS_PAPER,
            needs_reference=False,
            packages=DNSMOS_PACKAGES,
        ),
        "dnsmos_bak": Metric(
            "DNSMOS background",
            dnsmos,
            "predicted P.835 rating of the background, 1 to 5; higher is better",
            _DNSMOS_PAPER,
            needs_reference=False,
            packages=DNSMOS_PACKAGES,
        ),
        "dnsmos_p808": Metric(
            "DNSMOS P.808",
            dnsmos,
            "predicted P.808 rating of the overall quality, 1 to 5; higher is better",
            "Reddy et al. 2021, arXiv:2010.15258",
            needs_reference=False,
            packages=DNSMOS_PACKAGES,
        ),
        "snr": Metric(
            "SNR",
            snr,
            "ratio of the reference to the difference from it; higher is better",
            unit="dB",
            is_auto=False,
        ),
        "pesq_nb": Metric(
            "PESQ-NB",
            pesq_nb,
            "narrow-band (telephone) quality, 1.0 to 4.55; higher is better",
            "ITU-T P.862 (2001), P.862.1 (2003)",
            packages=PESQ_PACKAGES,
            is_auto=False,
        ),
        "lsd": Metric(
            "LSD",
            lsd,
            "distance of log power spectra, 1 = 10 dB; lower is better",
            "Gray and Markel 1976, IEEE TASSP 24(5)",
            is_auto=False,
        ),
        "llr_95": Metric(
            "LLR",
            llr_95,
            "distance of spectral envelopes, mean of the lowest 95 % of frames; lower is better",
            "Quackenbush et al. 1988, Objective Measures of Speech Quality",
            is_auto=False,
        ),
        "wss_95": Metric(
            "WSS",
            wss_95,
            "distance of spectral slopes, mean of the lowest 95 % of frames; lower is better",
            "Klatt 1982, ICASSP",
            is_auto=False,
        ),
        "multi_resolution_stft": Metric(
            "Multi-resolution STFT",
            multi_resolution_stft,
            "distance of magnitudes, linear and logarithmic, at 16 kHz; lower is better",
            "Yamamoto et al. 2020, arXiv:1910.11480",
            decimals=3,
            is_auto=False,
        ),
        "mcd": Metric(
            "MCD",
            mcd,
            "distance of WORLD mel-cepstra 1 to 24, without c0 or time warping; lower is better",
            "Kubichek 1993, IEEE PacRim",
            unit="dB",
            packages=WORLD_PACKAGES,
            is_auto=False,
        ),
        "f0_rmse_hz": Metric(
            "F0 RMSE",
            f0_rmse_hz,
            "error of Harvest's pitch in frames that are voiced in both; lower is better",
            "Morise 2017, Interspeech",
            unit="Hz",
            packages=WORLD_PACKAGES,
            is_auto=False,
        ),
        "vuv_error": Metric(
            "V/UV error",
            vuv_error,
            "share of frames voiced in one of both alone, 0 to 1, by Harvest; lower is better",
            "Morise 2017, Interspeech",
            decimals=3,
            packages=WORLD_PACKAGES,
            is_auto=False,
        ),
        "periodicity_rmse": Metric(
            "Periodicity RMSE",
            periodicity_rmse,
            "error of the share of periodic energy in the reference's voice; lower is better",
            "Boersma 1993, IFA Proceedings 17",
            decimals=3,
            packages=WORLD_PACKAGES,
            is_auto=False,
        ),
        "visqol": Metric(
            "ViSQOL",
            visqol,
            "similarity of auditory spectrograms, speech mode, 1 to 5; higher is better",
            "Chinen et al. 2020, arXiv:2004.09584",
            packages=VISQOL_PACKAGES,
            is_auto=False,
        ),
    }
)


def describe_metrics(names: Iterable[str] = METRICS) -> str:
    """Say what metrics mean, one line each.

    Args:
        names: Names from `METRICS`.

    Example:
        >>> print(describe_metrics(["lsd"]))
        lsd                    LSD: distance of log power spectra, 1 = 10 dB; lower is better
                               (Gray and Markel 1976, IEEE TASSP 24(5))
    """
    lines = []
    for name in names:
        metric = METRICS[name]
        unit = f" ({metric.unit})" if metric.unit else ""
        lines.append(f"{name:<22} {metric.label}{unit}: {metric.description}")
        if metric.publication:
            lines.append(f"{'':<22} ({metric.publication})")
    return "\n".join(lines)
