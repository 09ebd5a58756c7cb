"""How the mel spectrograms of a training become audible."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from tfgan_audio.audio.feature_pairs import check_pair
from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.mel_inversion import mel_to_waveform
from tfgan_audio.errors import InputError


class MelVoice:
    """A vocoder, or Griffin and Lim's algorithm.

    Args:
        features: Definition of the mel spectrograms.
        vocoder: Run folder or `.keras` file of a vocoder; None takes the algorithm.

    Raises:
        InputError: No such vocoder, or one of other features.
    """

    def __init__(self, features: MelFeatures, vocoder: str | None = None) -> None:
        self.features, self.model = features, None
        if vocoder is None:
            return
        path = Path(vocoder)
        path = path / "model.keras" if path.is_dir() else path
        try:
            self.model = keras.saving.load_model(path, compile=False)
        except (OSError, ValueError) as error:
            raise InputError(path, "no model that can be read", "a trained vocoder") from error
        if not hasattr(self.model, "vocode"):
            raise InputError(path, f"a {type(self.model).__name__}", "a trained vocoder")
        check_pair(path, self.model.features, features, "those of the data")

    @property
    def name(self) -> str:
        """What speaks."""
        return "Griffin-Lim" if self.model is None else self.model.name

    def speak(self, mel: np.ndarray) -> np.ndarray:
        """Return the waveform of a mel spectrogram.

        Args:
            mel: Log-mel frames.

        Shape:
            [F, M] -> [T]
        """
        if self.model is not None:
            return np.clip(np.asarray(self.model.vocode(mel[None]))[0, :, 0], -1.0, 1.0)
        return mel_to_waveform(mel, self.features)
