"""An acoustic model as a TensorFlow function with named tensors.

Letters: B batch, N symbols, F frames, M mels, S speakers, E styles.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.serving.mel_descriptions import AcousticDescription

Named = dict[str, tf.Tensor]


def describe_acoustic(model: keras.Model) -> AcousticDescription:
    """Describe an acoustic model.

    Args:
        model: AcousticModel.
    """
    names = model.symbols, model.speakers, model.languages, model.styles
    return AcousticDescription(model.features, *names)


def synthesize_function(reader: keras.Model) -> Callable[..., Named]:
    """Return the function from symbols and how to read them to mels.

    Args:
        reader: The network that needs no recording.

    Shape:
        symbols [B, N], 0 behind the end; languages [B, N]; speaker [B, S]; style [B, E]; pace,
        pitch_shift and energy_shift [B, N] -> mel [B, F, M], zero behind the end; num_frames [B];
        durations [B, N].
    """

    def synthesize(*inputs: tf.Tensor) -> Named:
        return dict(reader(list(inputs), training=False))

    return synthesize


def synthesis_signature(reader: keras.Model) -> list[tf.TensorSpec]:
    """Return what the function takes, in its order.

    Args:
        reader: The network.
    """
    return [tf.TensorSpec([None, *i.shape[1:]], i.dtype, i.name) for i in reader.inputs]


def run_in_keras(reader: keras.Model) -> Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]:
    """Return the network as one graph for every length, from named arrays to named arrays.

    Args:
        reader: The network.
    """
    signature = synthesis_signature(reader)
    graph = tf.function(synthesize_function(reader), input_signature=signature)

    def run(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        outputs = graph(*(inputs[spec.name] for spec in signature))
        return {name: value.numpy() for name, value in outputs.items()}

    return run
