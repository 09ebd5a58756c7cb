"""What an acoustic model exports."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.serving.input_checks import readable_inputs
from tfgan_audio.serving.speaker import Speaker
from tfgan_audio.serving.speech_inputs import padded_inputs, probe_inputs
from tfgan_audio.serving.step_function import float32_copy
from tfgan_audio.serving.synthesize_function import (
    describe_acoustic,
    run_in_keras,
    synthesis_signature,
    synthesize_function,
)

_PROBE_SYMBOLS = (48, 30)


class ExportableAcousticModel:
    """An acoustic model to be exported.

    Args:
        model: AcousticModel.

    Attributes:
        description: What the artefact will say of itself.
        reference: The mel that Keras makes of a probe in float32, [F, M].
        calls: Signatures for servers, inputs by name and what Keras makes of them.
        num_exact_layers: How many layers at the end keep float32 weights in every artefact.
        limit: Largest difference from Keras that is accepted, in logarithms.
    """

    num_exact_layers = 1
    limit = 1e-4

    def __init__(self, model: keras.Model) -> None:
        if any(layer.compute_dtype != "float32" for layer in model.generator.layers):
            model = float32_copy(model)
        self._reader, self.description = model.reader, describe_acoustic(model)
        self._probe, shorter = (probe_inputs(self.description, num) for num in _PROBE_SYMBOLS)
        run = run_in_keras(model.reader)
        read = run(self._probe)
        self.reference, self._durations = read["mel"][0], read["durations"][0]
        batch = padded_inputs([self._probe, shorter])
        self.calls = [("synthesize", batch, run(batch))]

    def server_endpoints(self) -> dict:
        """Return the signatures for servers, the default one first."""
        synthesize, signature = self.device_endpoint()
        bounds = len(self.description.symbols), len(self.description.languages) + 1

        def checked(*inputs: tf.Tensor) -> dict[str, tf.Tensor]:
            return synthesize(*readable_inputs(*bounds, *inputs))

        return {"synthesize": (checked, signature)}

    def device_endpoint(self) -> tuple:
        """Return the signature for devices."""
        return synthesize_function(self._reader), synthesis_signature(self._reader)

    def replayed(self, speaker: Speaker) -> np.ndarray:
        """Return the mel that an artefact makes of the probe, in the time of Keras, [F, M]."""
        return retimed(*speaker.read(self._probe), self._durations)


def retimed(mel: np.ndarray, durations: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Give each symbol of a mel another duration, so that mels of one text can be compared.

    A symbol that is too long loses its last frames; one that is too short holds its last one.
    With rounded weights a duration between two numbers of frames may fall to the other side.

    Args:
        mel: The mel.
        durations: Its frames of each symbol.
        wanted: Frames that each symbol shall have.

    Shape:
        [F, M], [N], [N] -> [G, M].

    Example:
        >>> retimed(np.array([[1.0], [2.0], [3.0]]), np.array([1, 2]), np.array([2, 1]))[:, 0]
        array([1., 1., 2.])
    """
    starts = np.cumsum(durations) - durations
    place = np.arange(wanted.sum()) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    place = np.minimum(place, np.repeat(durations - 1, wanted))
    return mel[np.maximum(np.repeat(starts, wanted) + place, 0)]
