"""What a MelGAN exports: whole mels to waveforms, and the step of a stream."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.mel_descriptions import VocoderStepDescription
from tfgan_audio.serving.parity import probe_signal, streamed
from tfgan_audio.serving.step_function import float32_copy, float32_policy
from tfgan_audio.serving.vocode_function import (
    describe_vocoder,
    describe_vocoder_step,
    mel_spec,
    padded_function,
    vocode_function,
    vocode_step_function,
    vocode_step_specs,
)
from tfgan_audio.serving.vocoder import Vocoder

_PROBE_FRAMES = 64


class ExportableVocoder:
    """A MelGAN to be exported, its weights multiplied out.

    Args:
        model: MelGAN.

    Attributes:
        description: What the artefact will say of itself.
        reference: What Keras makes of a probe in float32, [T].
        calls: Signatures for servers, inputs by name and what Keras makes of them.
        num_exact_layers: How many layers at the end keep float32 weights in every artefact: the
            output layer, and what joins the sub-bands.
    """

    def __init__(self, model: keras.Model) -> None:
        if model.generator.get_layer("first").compute_dtype != "float32":
            model = float32_copy(model)
        with float32_policy():
            self._folded = model.fold()
        self.description = describe_vocoder(model)
        self.num_exact_layers = 1 if model.sizes.num_bands == 1 else 2
        self._mel = self._probe()
        batch = np.stack([self._mel, self._mel[::-1]])
        waveform = model.generator(batch).numpy()
        self.reference = waveform[0, :, 0]
        num_frames = np.array([batch.shape[1], batch.shape[1] // 2], np.int32)
        num_samples = num_frames * model.hop_samples
        quiet = batch.copy()
        quiet[1, num_frames[1] :] = quiet_frame(model.features)
        shorter = model.generator(quiet).numpy()
        shorter[1, num_samples[1] :] = 0.0
        padded = {"waveform": shorter, "num_samples": num_samples}
        self._step = describe_vocoder_step(model)
        history, coming = np.split(batch[:1], [self._step.history_frames], axis=1)
        start = self.description.frames_before * model.hop_samples
        stop = start + coming.shape[1] * model.hop_samples
        stepped = {
            "waveform": waveform[:1, start:stop],
            "history": batch[:1, coming.shape[1] :],
        }
        self.calls = [
            ("vocode", {"mel": batch}, {"waveform": waveform}),
            ("vocode_padded", {"mel": batch, "num_frames": num_frames}, padded),
            ("step", {"mel": coming, "history": history}, stepped),
        ]

    def server_endpoints(self) -> dict:
        """Return the signatures for servers, the default one first."""
        features = self.description.features
        num_frames = tf.TensorSpec([None], tf.int32, name="num_frames")
        padded = padded_function(self._folded, features), [mel_spec(features), num_frames]
        step = vocode_step_function(self._folded, self._step), vocode_step_specs(self._step)
        return {"vocode": self.device_endpoint(), "vocode_padded": padded, "step": step}

    def device_endpoint(self) -> tuple:
        """Return the signature for devices."""
        return vocode_function(self._folded), [mel_spec(self.description.features)]

    def step(self, num_frames: int) -> ExportableVocoderStep:
        """Return the same model as a step for streams, of so many frames."""
        return ExportableVocoderStep(
            self._folded, self._step, self._mel, self.num_exact_layers, num_frames
        )

    def replayed(self, vocoder: Vocoder) -> np.ndarray:
        """Return what an artefact makes of the probe in uneven chunks, [T]."""
        return streamed(vocoder.stream(), self._mel, 5)

    def _probe(self) -> np.ndarray:
        """Return a mel that is longer than what a sample depends on."""
        description, features = self.description, self.description.features
        num_frames = _PROBE_FRAMES + description.frames_before + description.frames_after
        num_samples = max(num_frames * features.hop_samples, 2 * features.fft_samples)
        probe = probe_signal(num_samples, features.sample_rate_hz)
        return log_mel(probe[None], features).numpy()[0]


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

    def device_endpoint(self) -> tuple:
        """Return the signature for devices."""
        step = vocode_step_function(self._generator, self.description)
        return step, vocode_step_specs(self.description, self._num_frames)

    def replayed(self, vocoder: Vocoder) -> np.ndarray:
        """Return what an artefact makes of the probe in uneven chunks, [T]."""
        return streamed(vocoder.stream(), self._mel, 5)
