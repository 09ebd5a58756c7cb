"""What a vocoder's step for devices exports, and what an artefact of it is compared with."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.serving.description import VocoderStepDescription
from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.parity import streamed
from tfgan_audio.serving.vocode_function import vocode_step_function, vocode_step_specs
from tfgan_audio.serving.vocoder import Vocoder


class ExportableVocoderStep:
    """A MelGAN whose state goes in and comes out, for streams of a fixed number of frames.

    Args:
        generator: From mels to waveforms, its weights multiplied out.
        description: What the artefact will say of itself.
        mel: Probe [F, M].
        num_exact_layers: How many layers at the end keep float32 weights.
        num_frames: Frames of a step.

    Attributes:
        reference: What Keras makes of the probe between quiet frames, [T].
    """

    def __init__(
        self,
        generator: keras.Model,
        description: VocoderStepDescription,
        mel: np.ndarray,
        num_exact_layers: int,
        num_frames: int,
    ) -> None:
        self._generator, self._mel, self._num_frames = generator, mel, num_frames
        self.description, self.num_exact_layers = description, num_exact_layers
        reach = description.frames_before, description.frames_after
        quiet = quiet_frame(description.features)
        before, after = (np.tile(quiet, [num, 1]) for num in reach)
        waveform = generator(np.concatenate([before, mel, after])[None]).numpy()[0, :, 0]
        hop_samples = description.features.hop_samples
        start = reach[0] * hop_samples
        self.reference = waveform[start : start + len(mel) * hop_samples]

    def device_endpoint(self) -> tuple[Callable, list[tf.TensorSpec]]:
        """Return the signature for devices."""
        step = vocode_step_function(self._generator, self.description)
        return step, vocode_step_specs(self.description, self._num_frames)

    def replayed(self, vocoder: Vocoder) -> np.ndarray:
        """Return what an artefact makes of the probe in uneven chunks, [T]."""
        return streamed(vocoder.stream(), self._mel, 5)
