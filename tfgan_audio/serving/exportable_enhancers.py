"""What a SEGAN exports: the step of a causal one, or what it does with a window."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.filters import pre_emphasis
from tfgan_audio.serving.enhancer import Enhancer
from tfgan_audio.serving.parity import probe_signal, streamed
from tfgan_audio.serving.step_function import (
    describe_enhancer,
    float32_copy,
    step_function,
    step_signature,
)
from tfgan_audio.serving.window_function import (
    describe_windows,
    device_window_function,
    device_window_signature,
    window_function,
    window_signature,
)


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

    def server_endpoints(self) -> dict:
        """Return the signatures for servers, the default one first."""
        generator = self._model.generator
        noisy = tf.TensorSpec([None, None, 1], tf.float32, name="noisy")
        return {
            "enhance": (lambda noisy: {"enhanced": generator(noisy, training=False)}, [noisy]),
            "step": (step_function(self._model), step_signature(self.description)),
        }

    def device_endpoint(self) -> tuple:
        """Return the signature for devices; that of a recurrent model takes one block."""
        num_blocks = 1 if self._model.generator.get_layer("enhancer").recurrent else None
        return step_function(self._model), step_signature(self.description, num_blocks)

    def replayed(self, enhancer: Enhancer) -> np.ndarray:
        """Return what an artefact makes of the probe in uneven chunks, [T]."""
        return streamed(enhancer.stream(), self._noisy, self.description.hop_samples)


class ExportableWindowEnhancer:
    """A SEGAN of windows to be exported.

    Args:
        model: SEGAN with variant "segan" or "segan_plus".

    Attributes:
        description: What the artefact will say of itself.
        reference: What Keras makes of a probe in float32, [T].
        calls: Signatures for servers, inputs by name and what Keras makes of them.
        num_exact_layers: How many layers at the end keep float32 weights in every artefact: the
            one that is heard directly.
    """

    num_exact_layers = 1

    def __init__(self, model: keras.Model) -> None:
        if any(layer.compute_dtype != "float32" for layer in model.generator.layers):
            model = float32_copy(model)
        self._model, self.description = model, describe_windows(model)
        num_samples = self.description.window_samples
        self._noisy = probe_signal(5 * num_samples // 2, self.description.sample_rate_hz)
        self.reference = streamed(model.stream(), self._noisy, num_samples // 5)
        emphasised = pre_emphasis(self._noisy, self.description.pre_emphasis).astype(np.float32)
        windows = emphasised[: 2 * num_samples].reshape(2, num_samples, 1)
        inputs = {"window": windows, "index": np.array([3, 0], np.int32)}
        inputs = inputs if self.description.has_latents else {"window": windows}
        tensors = map(tf.constant, inputs.values())
        enhanced = window_function(model.generator)(*tensors)["enhanced"].numpy()
        self.calls = [("enhance_window", inputs, {"enhanced": enhanced})]

    def server_endpoints(self) -> dict:
        """Return the signatures for servers, the default one first."""
        function = window_function(self._model.generator)
        return {"enhance_window": (function, window_signature(self.description))}

    def device_endpoint(self) -> tuple:
        """Return the signature for devices."""
        generator = self._model.generator
        return device_window_function(generator), device_window_signature(generator)

    def replayed(self, enhancer: Enhancer) -> np.ndarray:
        """Return what an artefact makes of the probe in uneven chunks, [T]."""
        return streamed(enhancer.stream(), self._noisy, self.description.window_samples // 5)
