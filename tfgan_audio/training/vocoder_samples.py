"""What a vocoder makes of fixed recordings, kept at every validation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfgan_audio.audio.io import write_audio
from tfgan_audio.data.vocoder_source import Utterance
from tfgan_audio.evaluation.plots import spectrograms
from tfgan_audio.files import replacing
from tfgan_audio.training.run_folder import RunFolder


class VocoderSamples:
    """The same recordings again and again, made from their mels: files, a picture, TensorBoard.

    Args:
        run: Folder of the run.
        utterances: The recordings; their own waveforms are written at once.
        sample_rate_hz: Their rate.
        writer: TensorBoard writer.
    """

    def __init__(
        self,
        run: RunFolder,
        utterances: Sequence[Utterance],
        sample_rate_hz: int,
        writer: tf.summary.SummaryWriter,
    ) -> None:
        self.run, self.utterances, self.writer = run, utterances, writer
        self.sample_rate_hz = sample_rate_hz
        for index, utterance in enumerate(utterances):
            self._write(f"original-{index}", utterance.waveform)

    def write(self, step: int, vocoded: Sequence[np.ndarray]) -> None:
        """Write what the model makes of the recordings as it stands.

        Args:
            step: Training step, for the names.
            vocoded: A waveform [T, 1] for each.
        """
        if not self.utterances:
            return
        rate = self.sample_rate_hz
        vocoded = [np.clip(waveform, -1, 1) for waveform in vocoded]
        for index, waveform in enumerate(vocoded):
            self._write(f"step-{step:06d}-{index}", waveform)
        versions = {"original": self.utterances[0].waveform, "vocoded": vocoded[0]}
        picture = spectrograms({name: wave[:, 0] for name, wave in versions.items()}, rate)
        with replacing(self.run.plots / "spectrograms.png") as partial:
            partial.write_bytes(picture)
        with self.writer.as_default(step):
            for index, waveform in enumerate(vocoded):
                tf.summary.audio(f"vocoded-{index}", waveform[None], rate)
            tf.summary.image("spectrograms", tf.io.decode_png(picture, channels=3)[None])

    def _write(self, name: str, waveform: np.ndarray) -> None:
        """Write one sample."""
        write_audio(self.run.samples / f"{name}.wav", waveform, self.sample_rate_hz)
