"""What an acoustic model makes of fixed sentences, kept at every validation."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfgan_audio.audio.io import write_audio
from tfgan_audio.data.acoustic_source import ReadSentences
from tfgan_audio.evaluation.mel_plots import alignment_plot, mel_plot
from tfgan_audio.files import replacing
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.training.acoustic_scores import speak_sentences
from tfgan_audio.training.mel_voice import MelVoice
from tfgan_audio.training.run_folder import RunFolder


class AcousticSamples:
    """The same sentences again and again: files, pictures, TensorBoard.

    Args:
        run: Folder of the run.
        model: The model in training.
        source: The held-out sentences.
        indices: Which of them.
        voice: What makes mels audible.
        writer: TensorBoard writer.
    """

    def __init__(
        self,
        run: RunFolder,
        model: AdversarialModel,
        source: ReadSentences,
        indices: Sequence[int],
        voice: MelVoice,
        writer: tf.summary.SummaryWriter,
    ) -> None:
        self.run, self.model, self.source = run, model, source
        self.indices, self.voice, self.writer = list(indices), voice, writer
        for number, index in enumerate(self.indices):
            self._write(f"copy-{number}", source.gather([index])["mel"][0])

    def write(self, step: int) -> None:
        """Write what the model makes of the sentences as it stands.

        Args:
            step: Training step, for the names.
        """
        sentences = speak_sentences(self.model, self.source, self.indices)
        for number, sentence in enumerate(sentences):
            self._write(f"step-{step:06d}-{number}", sentence.spoken)
        if not sentences:
            return
        first = sentences[0]
        pictures = {
            "mels": mel_plot({"recording": first.mel, "read": first.spoken}),
            "alignment": alignment_plot(first.symbols, first.mel, first.durations),
        }
        with self.writer.as_default(step):
            for name, picture in pictures.items():
                with replacing(self.run.plots / f"{name}.png") as partial:
                    partial.write_bytes(picture)
                tf.summary.image(name, tf.io.decode_png(picture, channels=3)[None])

    def _write(self, name: str, mel) -> None:
        """Write one sample."""
        rate = self.voice.features.sample_rate_hz
        write_audio(self.run.samples / f"{name}.wav", self.voice.speak(mel), rate)
