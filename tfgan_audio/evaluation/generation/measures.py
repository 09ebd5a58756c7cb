"""What is measured of a set of generated clips, against real ones.

Every measure takes the real clips, the generated clips and the options. It gives a number, or one
for every generated clip (NaN where that has none), or a mapping of such. Letters: N clips.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation import signal_statistics as statistics
from tfgan_audio.evaluation.generation.bins import Bins, compare_bins
from tfgan_audio.evaluation.generation.class_scores import (
    Classifier,
    am_score,
    inception_score,
    is_as_asked,
    modified_inception_score,
)
from tfgan_audio.evaluation.generation.embeddings import (
    embed,
    log_mel_spectrograms,
    log_probabilities,
)
from tfgan_audio.evaluation.generation.frechet import frechet_distance, with_labels
from tfgan_audio.evaluation.generation.kernel_distances import mmd_gaussian, mmd_polynomial
from tfgan_audio.evaluation.generation.neighbours import (
    nearest,
    precision_recall_density_coverage,
)
from tfgan_audio.evaluation.generation.sound_sets import SoundSet
from tfgan_audio.evaluation.generation.spectral_distances import (
    JS_SCALES,
    mean_spectrum_distance_db,
    spectral_js,
)
from tfgan_audio.evaluation.generation.upsampling_noise import STRIDES, upsampling_noise_db
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ

Values = dict[str, float | np.ndarray]

_SPECTRUM_SAMPLES = 1024


@dataclass(frozen=True)
class ScoreOptions:
    """What the scores depend on besides the clips.

    Args:
        classifier: Classifier of one's own classes, or None.
        num_bins: Bins of NDB.
        num_neighbours: Neighbours of precision, recall, density and coverage.
        num_splits: Splits of the inception score.
        strides: Upsampling factors of the generator, first to last.
        seed: Of everything that is drawn.
    """

    classifier: Classifier | None = None
    num_bins: int = 50
    num_neighbours: int = 5
    num_splits: int = 10
    strides: tuple[int, ...] = STRIDES
    seed: int = 0


def levels(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> Values:
    """Return level, peak, clipping and silence of every clip."""
    waveforms = estimate.waveforms
    return {
        "rms_dbfs": statistics.rms_dbfs(waveforms),
        "peak_dbfs": statistics.peak_dbfs(waveforms),
        "clipping_rate": statistics.clipping_rate(waveforms),
        "silence_rate": statistics.is_silent(waveforms),
    }


def duplicates(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> np.ndarray:
    """Return whether each clip has exactly the samples of an earlier one, `[N]`."""
    return ~estimate.is_first_of_its_kind()


def timbre(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> Values:
    """Return where the energy of every clip lies, and how far the mean spectra are apart."""
    spectra = power_spectra(estimate)
    return {
        "spectral_centroid_hz": statistics.spectral_centroid_hz(spectra, SAMPLE_RATE_HZ),
        "spectral_bandwidth_hz": statistics.spectral_bandwidth_hz(spectra, SAMPLE_RATE_HZ),
        "mean_spectrum_distance_db": mean_spectrum_distance_db(power_spectra(reference), spectra),
    }


def divergence(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> float:
    """Return the mean of `spectral_js` over its resolutions."""
    return float(
        np.mean([spectral_js(power_spectra(reference, n), power_spectra(estimate, n))
                 for n in JS_SCALES])
    )  # fmt: skip


def upsampling(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> np.ndarray:
    """Return the upsampling noise of every clip at the rate it was generated at, `[N]`.

    Raises:
        InputError: The clips came at several rates, or are too short.
    """
    if estimate.native is None:
        raise InputError("upsampling noise", "clips of several rates", "those of one generator")
    return upsampling_noise_db(estimate.native, options.strides)


def variety(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> np.ndarray:
    """Return the distance of every clip to the nearest other one, `[N]`.

    Of equal clips only the first counts; where all are equal, its distance is 0.
    """
    first = estimate.is_first_of_its_kind()
    distances = np.full(len(estimate), np.nan)
    distances[first] = 0.0
    if first.sum() > 1:
        distinct = _flat_log_mel(estimate)[first]
        distances[first] = nearest(distinct, distinct, same_set=True)[1]
    return distances


def likeness(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> np.ndarray:
    """Return the distance of every clip to the nearest real one, `[N]`."""
    return nearest_real(reference, estimate)[1]


def nearest_real(reference: SoundSet, estimate: SoundSet) -> tuple[np.ndarray, np.ndarray]:
    """Return the index of the real clip nearest to each generated one, and the distance.

    Distances are Euclidean, of whole log-mel spectrograms.
    """
    return nearest(_flat_log_mel(estimate), _flat_log_mel(reference))


class OnEmbedding:
    """The measures that any vectors of the clips allow.

    Args:
        embedding: Name from `EMBEDDINGS`.
    """

    def __init__(self, embedding: str) -> None:
        self.embedding = embedding

    def frechet(self, *sets_and_options) -> float:
        """Return the Frechet distance."""
        return frechet_distance(*self._vectors(*sets_and_options))

    def joint_frechet(
        self, reference: SoundSet, estimate: SoundSet, options: ScoreOptions
    ) -> float:
        """Return the Frechet distance of vectors and labels together."""
        vectors = self._vectors(reference, estimate, options)
        return frechet_distance(*with_labels(*vectors, reference.labels, estimate.labels))

    def mmd_polynomial(self, *sets_and_options) -> float:
        """Return the kernel distance of KID."""
        return mmd_polynomial(*self._vectors(*sets_and_options))

    def mmd_gaussian(self, *sets_and_options) -> float:
        """Return the kernel distance of KAD."""
        return mmd_gaussian(*self._vectors(*sets_and_options))

    def regions(self, reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> Values:
        """Return precision, recall, density and coverage."""
        vectors = self._vectors(reference, estimate, options)
        values = precision_recall_density_coverage(*vectors, options.num_neighbours)
        return {f"{name}_{self.embedding}": value for name, value in values.items()}

    def ndb(self, *sets_and_options) -> float:
        """Return the number of statistically different bins over their number."""
        return self.bins(*sets_and_options).ndb

    def bins(self, reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> Bins:
        """Return how full the bins of the real clips are."""
        vectors = self._vectors(reference, estimate, options)
        return compare_bins(*vectors, options.num_bins, options.seed)

    def _vectors(
        self, reference: SoundSet, estimate: SoundSet, options: ScoreOptions
    ) -> list[np.ndarray]:
        """Both sets as vectors."""
        return [
            embed(sounds, self.embedding, options.classifier) for sounds in (reference, estimate)
        ]


def inception(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> Values:
    """Return the inception score and its deviation over the splits."""
    logs = log_probabilities(estimate, options.classifier)
    mean, deviation = inception_score(logs, options.num_splits, options.seed)
    return {"inception_score_classifier": mean, "inception_score_std_classifier": deviation}


def modified_inception(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> float:
    """Return the modified inception score."""
    return modified_inception_score(log_probabilities(estimate, options.classifier))


def activation_maximisation(
    reference: SoundSet, estimate: SoundSet, options: ScoreOptions
) -> float:
    """Return the AM score."""
    both = (log_probabilities(sounds, options.classifier) for sounds in (reference, estimate))
    return am_score(*both)


def accuracy(reference: SoundSet, estimate: SoundSet, options: ScoreOptions) -> np.ndarray:
    """Return which clips are recognised as the class that they were asked to be, `[N]`."""
    logs = log_probabilities(estimate, options.classifier)
    return is_as_asked(logs, estimate.labels, options.classifier.label_names)


def recognised(estimate: SoundSet, options: ScoreOptions) -> np.ndarray:
    """Return how many clips of each class asked for (row) were taken for which (column), `[L, L]`.

    Raises:
        InputError: There is no classifier.
    """
    taken_for = log_probabilities(estimate, options.classifier).argmax(axis=1)
    names = options.classifier.label_names
    counts = np.zeros((len(names), len(names)), np.int64)
    for label, column in zip(estimate.labels, taken_for, strict=True):
        if label in names:
            counts[names.index(label), column] += 1
    return counts


def power_spectra(sounds: SoundSet, fft_samples: int = _SPECTRUM_SAMPLES) -> np.ndarray:
    """Return the power spectra of a set, computed when they are first asked for."""
    measure = partial(statistics.power_spectra, fft_samples=fft_samples)
    return sounds.measured(("power_spectra", fft_samples), measure)


def _flat_log_mel(sounds: SoundSet) -> np.ndarray:
    """Whole spectrograms as vectors."""
    return log_mel_spectrograms(sounds).reshape(len(sounds), -1)
