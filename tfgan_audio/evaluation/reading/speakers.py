"""How alike two voices are, by a network that was trained to tell speakers apart.

Shape letters: T samples, F frames, M mels, C channels, D size of an embedding.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ, checked

_FEATURES = MelFeatures(
    sample_rate_hz=SAMPLE_RATE_HZ,
    fft_samples=400,
    hop_samples=160,
    window_samples=400,
    num_mels=40,
    centring="centre",
    padding="zeros",
    power=2.0,
)
_WINDOW_FRAMES, _STEP_FRAMES = 160, 77
_LEAST_COVERAGE = 0.75
_LEVEL_DBFS = -30.0


class SpeakerEncoder:
    """The speaker encoder of Resemblyzer in NumPy.

    Args:
        weights: Its arrays by name, as `importers.resemblyzer` reads them.

    Reference:
        Wan et al. 2018, arXiv:1710.10467, by the weights of the package `Resemblyzer`. Differs:
        pauses are not cut out.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self._layers = [
            (
                weights[f"lstm.weight_ih_l{layer}"].T,
                weights[f"lstm.weight_hh_l{layer}"].T,
                weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"],
            )
            for layer in range(3)
        ]
        self._output = weights["linear.weight"].T, weights["linear.bias"]

    def embed(self, waveform: np.ndarray) -> np.ndarray:
        """Return what tells the voice of a recording from others.

        Args:
            waveform: Speech at 16 kHz.

        Shape:
            [T] -> [D]

        Returns:
            A vector of length 1; the inner product of two is their similarity, 0 to 1.

        Raises:
            InputError: If the signal is silent or empty.
        """
        waveform = checked("speaker_similarity", "estimate", waveform)
        level = 10 * np.log10(np.mean(np.square(waveform)))
        waveform = waveform * 10 ** (max(0.0, _LEVEL_DBFS - level) / 20)
        embedded = self.embed_mels(_windows(waveform)).mean(axis=0)
        return embedded / np.linalg.norm(embedded)

    def embed_mels(self, mels: np.ndarray) -> np.ndarray:
        """Return the embeddings of mel spectrograms, each of length 1.

        Args:
            mels: Mel powers.

        Shape:
            [B, F, M] -> [B, D]
        """
        sequence = np.asarray(mels, np.float32)
        for layer in self._layers:
            sequence = _lstm(sequence, *layer)
        weight, bias = self._output
        embedded = np.maximum(sequence[:, -1] @ weight + bias, 0.0)
        return embedded / np.maximum(np.linalg.norm(embedded, axis=1, keepdims=True), 1e-9)

    def similarity(self, recordings: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> float:
        """Return how alike the voices of two sets of recordings are, from 0 to 1.

        Args:
            recordings: Speech of one voice at 16 kHz, each [T].
            others: Speech of the other.
        """
        sides = [
            np.mean([self.embed(waveform) for waveform in side], axis=0)
            for side in (recordings, others)
        ]
        return float(np.dot(*(side / np.linalg.norm(side) for side in sides)))


def _windows(waveform: np.ndarray) -> np.ndarray:
    """Mel powers of parts of 1.6 s, [T] -> [B, F, M]."""
    from tfgan_audio.audio.spectral import mel_spectrogram

    num_samples, hop = len(waveform), _FEATURES.hop_samples
    num_frames = -(-(num_samples + 1) // hop)
    firsts = list(range(0, max(1, num_frames - _WINDOW_FRAMES + _STEP_FRAMES + 1), _STEP_FRAMES))
    covered = (num_samples - firsts[-1] * hop) / (_WINDOW_FRAMES * hop)
    if len(firsts) > 1 and covered < _LEAST_COVERAGE:
        firsts.pop()
    missing = (firsts[-1] + _WINDOW_FRAMES) * hop - num_samples
    padded = np.pad(waveform, (0, max(0, missing))).astype(np.float32)
    mel = np.asarray(mel_spectrogram(padded[None], _FEATURES))[0]
    return np.stack([mel[first : first + _WINDOW_FRAMES] for first in firsts])


def _lstm(
    sequence: np.ndarray, inputs: np.ndarray, recurrent: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """Run one layer over a sequence, [B, F, M] -> [B, F, C]."""
    driven = sequence @ inputs + bias
    hidden = cell = np.zeros((len(sequence), recurrent.shape[0]), np.float32)
    found = []
    for step in range(sequence.shape[1]):
        gates = driven[:, step] + hidden @ recurrent
        enter, forget, candidate, leave = np.split(gates, 4, axis=1)
        cell = _sigmoid(forget) * cell + _sigmoid(enter) * np.tanh(candidate)
        hidden = _sigmoid(leave) * np.tanh(cell)
        found.append(hidden)
    return np.stack(found, axis=1)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    """The logistic function, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * values))
