"""Ratings that listeners are predicted to give, regressed on other scores of the same file.

The scores are those of `pesq_wb`, `llr_95`, `wss_95` and `segmental_snr`. The regressions were
fitted with narrow-band PESQ; published tables put wide-band PESQ into them, and so do these.

Reference:
    Hu and Loizou 2008, "Evaluation of objective quality measures for speech enhancement", IEEE
    TASLP 16(1), with the coefficients of Loizou's code.
"""


def csig(pesq_wb: float, llr_95: float, wss_95: float) -> float:
    """Rating of the speech's distortion, from 1 (very distorted) to 5 (not distorted).

    Args:
        pesq_wb: Wide-band PESQ.
        llr_95: Log-likelihood ratio.
        wss_95: Weighted spectral slope distance.

    Example:
        >>> round(csig(pesq_wb=3.0, llr_95=0.5, wss_95=20.0), 4)
        4.2075
    """
    return _rating(3.093 + 0.603 * pesq_wb - 1.029 * llr_95 - 0.009 * wss_95)


def cbak(pesq_wb: float, wss_95: float, segmental_snr: float) -> float:
    """Rating of the background's intrusiveness, from 1 (very intrusive) to 5 (not noticeable).

    Args:
        pesq_wb: Wide-band PESQ.
        wss_95: Weighted spectral slope distance.
        segmental_snr: Segmental signal-to-noise ratio in dB.

    Example:
        >>> round(cbak(pesq_wb=3.0, wss_95=20.0, segmental_snr=10.0), 4)
        3.558
    """
    return _rating(1.634 + 0.478 * pesq_wb - 0.007 * wss_95 + 0.063 * segmental_snr)


def covl(pesq_wb: float, llr_95: float, wss_95: float) -> float:
    """Rating of the overall quality, from 1 (bad) to 5 (excellent).

    Args:
        pesq_wb: Wide-band PESQ.
        llr_95: Log-likelihood ratio.
        wss_95: Weighted spectral slope distance.

    Example:
        >>> round(covl(pesq_wb=3.0, llr_95=0.5, wss_95=20.0), 4)
        3.613
    """
    return _rating(1.594 + 0.805 * pesq_wb - 0.512 * llr_95 - 0.007 * wss_95)


def _rating(value: float) -> float:
    """Limit a regression to the scale of the listeners."""
    return min(max(value, 1.0), 5.0)
