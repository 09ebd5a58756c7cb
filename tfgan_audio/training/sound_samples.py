"""What a model makes of fixed latents, kept at every validation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfgan_audio.audio.io import write_audio
from tfgan_audio.evaluation.plots import spectrograms
from tfgan_audio.files import replacing
from tfgan_audio.models.sound_gan import SoundGAN
from tfgan_audio.training.run_folder import RunFolder


def write_sound_samples(
    run: RunFolder,
    model: SoundGAN,
    sounds: np.ndarray,
    titles: Sequence[str],
    step: int,
    writer: tf.summary.SummaryWriter,
) -> None:
    """Write sounds as audio files, as one picture, and to TensorBoard.

    Args:
        run: Folder of the run.
        model: The model that has made them.
        sounds: What it makes of the same latents at every step.
        titles: One for each.
        step: Training step, for the names.
        writer: TensorBoard writer.

    Shape:
        sounds: [N, T, C].
    """
    if not len(sounds):
        return
    sounds, rate = np.clip(sounds, -1, 1), model.sample_rate_hz
    for index, waveform in enumerate(sounds):
        write_audio(run.samples / f"step-{step:06d}-{index}.wav", waveform, rate)
    picture = spectrograms(dict(zip(titles, sounds, strict=True)), rate)
    with replacing(run.plots / "samples.png") as partial:
        partial.write_bytes(picture)
    with writer.as_default(step):
        tf.summary.audio("generated", sounds, rate, max_outputs=len(sounds))
        tf.summary.image("samples", tf.io.decode_png(picture, channels=3)[None])
