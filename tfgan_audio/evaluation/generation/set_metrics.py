"""Every score of a set of generated clips by its name, and what readers need to know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from tfgan_audio.evaluation.generation import measures
from tfgan_audio.evaluation.generation.embeddings import EMBEDDINGS

_WAVEGAN = "after Donahue et al. 2019, arXiv:1802.04208"
_KID, _KAD = "Binkowski et al. 2018, arXiv:1801.01401", "Chung et al. 2025, arXiv:2502.15602"
_REGIONS = "Kynkäänniemi et al. 2019, arXiv:1904.06991"
_BALLS = "Naeem et al. 2020, arXiv:2002.09797"
_AS_REAL = "should be as of real clips"


@dataclass(frozen=True)
class SetMetric:
    """One row of a table of scores.

    Args:
        label: Name for readers.
        function: A measure, see `measures`; of one that gives a mapping, the value of that name.
        description: What it says, in one line, and which way is better.
        publication: Where it was defined, empty for what every textbook has.
        unit: Unit of the value, empty for a score without one.
        decimals: Digits shown after the point.
    """

    label: str
    function: Callable
    description: str
    publication: str = ""
    unit: str = ""
    decimals: int = 3

    def text(self, value: float) -> str:
        """Return a value with its unit and usual digits; a dash for NaN."""
        return f"{value:.{self.decimals}f} {self.unit}".strip() if np.isfinite(value) else "–"


def _of_embedding(name: str) -> dict[str, SetMetric]:
    """What any vectors allow, under names that say which they were."""
    on, label = measures.OnEmbedding(name), name.replace("_", "-")
    rows = {
        "frechet": SetMetric(
            "Frechet distance", on.frechet,
            "of Gaussians fitted to real and generated clips; lower is better",
            "Heusel et al. 2017, arXiv:1706.08500",
        ),
        "mmd_polynomial": SetMetric(
            "Polynomial MMD", on.mmd_polynomial,
            "kernel distance, 0 for equal distributions; lower is better", _KID, decimals=4,
        ),
        "mmd_gaussian": SetMetric(
            "Gaussian MMD", on.mmd_gaussian,
            "kernel distance, 0 for equal distributions, at most 2; lower is better", _KAD,
            decimals=4,
        ),
        "ndb": SetMetric(
            "NDB/K", on.ndb,
            "share of bins filled too much or too little, 0.05 by chance; lower is better",
            "Richardson and Weiss 2018, arXiv:1805.12462",
        ),
        "precision": SetMetric(
            "Precision", on.regions,
            "share of clips in the region of real ones; higher is better", _REGIONS,
        ),
        "recall": SetMetric(
            "Recall", on.regions,
            "share of real clips in the region of generated ones; higher is better", _REGIONS,
        ),
        "density": SetMetric(
            "Density", on.regions,
            "how closely real clips surround generated ones, 1 for equal distributions", _BALLS,
        ),
        "coverage": SetMetric(
            "Coverage", on.regions,
            "share of real clips with a generated one near; higher is better", _BALLS,
        ),
    }  # fmt: skip
    return {
        f"{metric}_{name}": replace(row, label=f"{row.label} ({label})")
        for metric, row in rows.items()
    }


SET_METRICS: Mapping[str, SetMetric] = MappingProxyType(
    {
        "rms_dbfs": SetMetric("RMS level", measures.levels, _AS_REAL, unit="dBFS", decimals=1),
        "peak_dbfs": SetMetric("Peak", measures.levels, _AS_REAL, unit="dBFS", decimals=1),
        "clipping_rate": SetMetric(
            "Clipped samples",
            measures.levels,
            "share of samples at full scale; lower is better",
            decimals=5,
        ),
        "silence_rate": SetMetric(
            "Silent clips",
            measures.levels,
            f"share of clips below -60 dBFS; {_AS_REAL}",
        ),
        "duplicate_rate": SetMetric(
            "Duplicates",
            measures.duplicates,
            "share of clips with exactly the samples of another; lower is better",
        ),
        "spectral_centroid_hz": SetMetric(
            "Spectral centroid",
            measures.timbre,
            f"mean frequency of the power; {_AS_REAL}",
            unit="Hz",
            decimals=0,
        ),
        "spectral_bandwidth_hz": SetMetric(
            "Spectral bandwidth",
            measures.timbre,
            f"deviation of frequency under the power; {_AS_REAL}",
            unit="Hz",
            decimals=0,
        ),
        "mean_spectrum_distance_db": SetMetric(
            "Distance of mean spectra",
            measures.timbre,
            "RMS difference of the mean power spectra; lower is better",
            unit="dB",
            decimals=2,
        ),
        "spectral_js_bits": SetMetric(
            "Spectral divergence",
            measures.divergence,
            "Jensen-Shannon divergence of the energy over frequency, mean of five resolutions, "
            "0 to 1; lower is better",
            unit="bit",
            decimals=4,
        ),
        "upsampling_noise_db": SetMetric(
            "Upsampling noise",
            measures.upsampling,
            f"lines that upsampling leaves, above the spectrum around them; {_AS_REAL}",
            _WAVEGAN,
            unit="dB",
            decimals=2,
        ),
        "d_self_log_mel": SetMetric(
            "|D| self (log-mel)",
            measures.variety,
            "distance to the nearest other clip, copies left out; below real clips': little "
            "variety",
            _WAVEGAN,
            decimals=2,
        ),
        "d_train_log_mel": SetMetric(
            "|D| train (log-mel)",
            measures.likeness,
            "distance to the nearest real clip; near 0: copied, above real clips': unlike them",
            _WAVEGAN,
            decimals=2,
        ),
        **{key: row for name in EMBEDDINGS for key, row in _of_embedding(name).items()},
        "accuracy_classifier": SetMetric(
            "Accuracy (classifier)",
            measures.accuracy,
            "share of clips recognised as the class they were asked to be; higher is better",
        ),
        "inception_score_classifier": SetMetric(
            "Inception score (classifier)",
            measures.inception,
            "sure of each clip and even over classes, 1 to their number; higher is better",
            "Salimans et al. 2016, arXiv:1606.03498",
        ),
        "inception_score_std_classifier": SetMetric(
            "Its deviation (classifier)",
            measures.inception,
            "standard deviation of the inception score over its splits",
        ),
        "modified_inception_score_classifier": SetMetric(
            "mIS (classifier)",
            measures.modified_inception,
            "how different pairs of clips are to the classifier, from 1; higher is better",
            "Gurumurthy et al. 2017, arXiv:1706.02071",
            decimals=2,
        ),
        "am_score_classifier": SetMetric(
            "AM (classifier)",
            measures.activation_maximisation,
            "distance from the classes of real clips, and doubt; lower is better",
            "Zhou et al. 2018, arXiv:1703.02000",
        ),
    }  # fmt: skip
)

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "signal": tuple(name for name in SET_METRICS if not name.endswith(tuple(EMBEDDINGS))),
        **{
            embedding: tuple(name for name in SET_METRICS if name.endswith(embedding))
            for embedding in EMBEDDINGS
        },
    }
)
"""Names that stand for several metrics."""


def describe_set_metrics(names: Iterable[str] = SET_METRICS) -> str:
    """Say what metrics mean, one or two lines each.

    Args:
        names: Names from `SET_METRICS`.

    Example:
        >>> print(describe_set_metrics(["recall_log_mel"]))
        recall_log_mel  Recall (log-mel)
            share of real clips in the region of generated ones; higher is better
            (Kynkäänniemi et al. 2019, arXiv:1904.06991)
    """
    lines = []
    for name in names:
        metric = SET_METRICS[name]
        unit = f", {metric.unit}" if metric.unit else ""
        lines += [f"{name}  {metric.label}{unit}", f"    {metric.description}"]
        if metric.publication:
            lines.append(f"    ({metric.publication})")
    return "\n".join(lines)
