"""What a WaveGAN or SpecGAN exports."""

from __future__ import annotations

import math

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.latents import draw_latents
from tfgan_audio.serving.generate_function import describe_sounds, generate_function, latents_spec
from tfgan_audio.serving.input_checks import labels_below
from tfgan_audio.serving.parity import LIMIT
from tfgan_audio.serving.sound_generator import SoundGenerator
from tfgan_audio.serving.step_function import float32_copy


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

    def server_endpoints(self) -> dict:
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

    def device_endpoint(self) -> tuple:
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
