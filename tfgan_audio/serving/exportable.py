"""What each family exports: its signatures, and what an artefact of them is compared with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.errors import InputError
from tfgan_audio.latents import draw_latents
from tfgan_audio.serving.enhancer import Enhancer
from tfgan_audio.serving.exportable_speech import ExportableAcousticModel
from tfgan_audio.serving.exportable_steps import ExportableVocoderStep
from tfgan_audio.serving.exportable_windows import ExportableWindowEnhancer
from tfgan_audio.serving.generate_function import (
    describe_sounds,
    generate_function,
    latents_spec,
)
from tfgan_audio.serving.input_checks import labels_below
from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.parity import LIMIT, probe_signal, streamed
from tfgan_audio.serving.sound_generator import SoundGenerator
from tfgan_audio.serving.step_function import (
    describe_enhancer,
    float32_copy,
    float32_policy,
    step_function,
    step_signature,
)
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

Arrays = dict[str, np.ndarray]
Endpoint = tuple[Callable[..., Any], list[tf.TensorSpec]]

_PROBE_FRAMES = 64


class ExportableEnhancer:
    """A causal SEGAN to be exported.

    Args:
        model: SEGAN with variant "causal".

    Attributes:
        description: What the artefact will say of itself.
        reference: What Keras makes of a probe in float32, [T].
        calls: Signatures for servers, inputs by name and what Keras makes of them.
        num_exact_layers: How many layers at the end keep float32 weights in every artefact.
    """

    num_exact_layers = 0

    def __init__(self, model: keras.Model) -> None:
        if model.generator.get_layer("enhancer").mask.compute_dtype != "float32":
            model = float32_copy(model)
        self._model, self.description = model, describe_enhancer(model)
        self._noisy = probe_signal(model.sample_rate_hz, model.sample_rate_hz)
        batch = np.stack([self._noisy, self._noisy[::-1]])[:, :, None]
        enhanced = model.generator(batch).numpy()
        self.reference = enhanced[0, :, 0]
        step, names = step_function(model), [spec.name for spec in step_signature(self.description)]
        silent = [np.zeros([1, *shape], np.float32) for shape in self.description.history_shapes]
        blocks = self._noisy[: 4 * self.description.hop_samples].reshape(1, 4, -1)
        stepped = {name: value.numpy() for name, value in step(blocks, *silent).items()}
        self.calls = [
            ("enhance", {"noisy": batch}, {"enhanced": enhanced}),
            ("step", dict(zip(names, [blocks, *silent])), stepped),
        ]

    def server_endpoints(self) -> dict[str, Endpoint]:
        """Return the signatures for servers, the default one first."""
        generator = self._model.generator
        noisy = tf.TensorSpec([None, None, 1], tf.float32, name="noisy")
        return {
            "enhance": (lambda noisy: {"enhanced": generator(noisy, training=False)}, [noisy]),
            "step": (step_function(self._model), step_signature(self.description)),
        }

    def device_endpoint(self) -> Endpoint:
        """Return the signature for devices; that of a recurrent model takes one block."""
        num_blocks = 1 if self._model.generator.get_layer("enhancer").recurrent else None
        return step_function(self._model), step_signature(self.description, num_blocks)

    def replayed(self, enhancer: Enhancer) -> np.ndarray:
        """Return what an artefact makes of the probe in uneven chunks, [T]."""
        return streamed(enhancer.stream(), self._noisy, self.description.hop_samples)


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

    def server_endpoints(self) -> dict[str, Endpoint]:
        """Return the signatures for servers, the default one first."""
        features = self.description.features
        num_frames = tf.TensorSpec([None], tf.int32, name="num_frames")
        padded = padded_function(self._folded, features), [mel_spec(features), num_frames]
        step = vocode_step_function(self._folded, self._step), vocode_step_specs(self._step)
        return {"vocode": self.device_endpoint(), "vocode_padded": padded, "step": step}

    def device_endpoint(self) -> Endpoint:
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


class ExportableSounds:
    """A WaveGAN or SpecGAN to be exported.

    Args:
        model: The model.

    Attributes:
        description: What the artefact will say of itself.
        reference: What Keras makes of a probe in float32, [B, T, C].
        calls: Signatures for servers, inputs by name and what Keras makes of them.
        num_exact_layers: How many layers at the end keep float32 weights in every artefact: the
            one that is heard directly.
        device_limit: Largest difference from Keras that is accepted on devices, of full scale.
        least_snr_db: How far below the signal the error must lie there, if less than others.
    """

    num_exact_layers = 1
    device_limit, least_snr_db = LIMIT, math.inf

    def __init__(self, model: keras.Model) -> None:
        if hasattr(model, "spectrum"):
            # The search for phases makes the last bit of a spectrum 50 dB of the waveform.
            self.device_limit, self.least_snr_db = math.inf, 30.0
        if model.generator.get_layer("project").compute_dtype != "float32":
            model = float32_copy(model)
        self._model, self.description = model, describe_sounds(model)
        self._latents = draw_latents(2, model.latent_dim, seed=0)
        latents, num_classes = {"latents": self._latents}, model.num_classes
        if not num_classes:
            self._shares, self.reference = None, model.render(self._latents)
            self.calls = [("generate", latents, {"waveform": self.reference})]
            return
        labels = np.array([0, num_classes - 1], np.int32)
        self._shares = (np.eye(num_classes, dtype=np.float32)[labels] + 1.0 / num_classes) / 2.0
        self.reference = model.render(self._latents, self._shares)
        self.calls = [
            (
                "generate",
                {**latents, "labels": labels},
                {"waveform": model.render(self._latents, labels)},
            ),
            ("generate_mixed", {**latents, "shares": self._shares}, {"waveform": self.reference}),
        ]

    def server_endpoints(self) -> dict[str, Endpoint]:
        """Return the signatures for servers, the default one first."""
        model, latents = self._model, latents_spec(self.description)
        if not model.num_classes:
            return {"generate": self.device_endpoint()}
        of_labels = generate_function(model.generator, model.to_waveforms)

        def generate(latents: tf.Tensor, labels: tf.Tensor) -> dict[str, tf.Tensor]:
            return of_labels(latents, labels_below(model.num_classes, labels))

        labels = tf.TensorSpec([None], tf.int32, name="labels")
        mixed = self.description.signature
        return {"generate": (generate, [latents, labels]), mixed: self.device_endpoint()}

    def device_endpoint(self) -> Endpoint:
        """Return the signature for devices."""
        model, latents = self._model, latents_spec(self.description)
        if not model.num_classes:
            return generate_function(model.generator, model.to_waveforms), [latents]
        shares = tf.TensorSpec([None, model.num_classes], tf.float32, name="shares")
        mixing = model.mixing_generator()
        return generate_function(mixing, model.to_waveforms), [latents, shares]

    def replayed(self, generator: SoundGenerator) -> np.ndarray:
        """Return what an artefact makes of the probe, one sound at a time, [B, T, C]."""
        return np.stack(list(generator.sounds(self._latents, self._shares)))


Exportable = (
    ExportableEnhancer
    | ExportableWindowEnhancer
    | ExportableVocoder
    | ExportableVocoderStep
    | ExportableSounds
    | ExportableAcousticModel
)


def exportable(model: keras.Model) -> Exportable:
    """Return what can be exported of a model.

    Args:
        model: SEGAN, MelGAN, WaveGAN, SpecGAN or AcousticModel.

    Raises:
        InputError: Another model.
    """
    if hasattr(model, "variant"):
        kind = ExportableEnhancer if model.variant == "causal" else ExportableWindowEnhancer
        return kind(model)
    if hasattr(model, "vocode"):
        return ExportableVocoder(model)
    if hasattr(model, "render"):
        return ExportableSounds(model)
    if hasattr(model, "predict_mel"):
        return ExportableAcousticModel(model)
    expected = "a SEGAN, MelGAN, WaveGAN, SpecGAN or AcousticModel"
    raise InputError("model", f"a {type(model).__name__}", expected)
