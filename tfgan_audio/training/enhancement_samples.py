"""What a model makes of fixed examples, kept at every validation."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_audio.audio.io import write_audio
from tfgan_audio.evaluation.plots import spectrograms
from tfgan_audio.files import replacing
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.training.run_folder import RunFolder


class EnhancementSamples:
    """Enhance the same recordings again and again: audio files, a picture, TensorBoard.

    Args:
        run: Folder of the run.
        model: The model in training.
        pairs: Noisy and clean examples.
        writer: TensorBoard writer.

    Shape:
        pairs ([B, T, 1], [B, T, 1]).
    """

    def __init__(
        self,
        run: RunFolder,
        model: AdversarialModel,
        pairs: tuple[np.ndarray, np.ndarray],
        writer: tf.summary.SummaryWriter,
    ) -> None:
        self.run, self.model, self.writer = run, model, writer
        self.noisy, self.clean = pairs
        for index in range(len(self.noisy)):
            self._write(f"noisy-{index}", self.noisy[index])
            self._write(f"clean-{index}", self.clean[index])

    def __call__(self, step: int) -> None:
        """Enhance the examples as the model stands.

        Args:
            step: Training step, for the names.
        """
        if not len(self.noisy):
            return
        rate = self.model.sample_rate_hz
        enhanced = np.clip(self.model.enhance(self.noisy), -1, 1)
        for index, waveform in enumerate(enhanced):
            self._write(f"step-{step:06d}-{index}", waveform)
        versions = {"noisy": self.noisy[0], "enhanced": enhanced[0], "clean": self.clean[0]}
        picture = spectrograms({name: wave[:, 0] for name, wave in versions.items()}, rate)
        with replacing(self.run.plots / "spectrograms.png") as partial:
            partial.write_bytes(picture)
        with self.writer.as_default(step):
            tf.summary.audio("enhanced", enhanced, rate, max_outputs=len(enhanced))
            image = tf.io.decode_png(picture, channels=3)
            tf.summary.image("spectrograms", image[None])

    def _write(self, name: str, waveform: np.ndarray) -> None:
        """Write one sample."""
        write_audio(self.run.samples / f"{name}.wav", waveform, self.model.sample_rate_hz)
