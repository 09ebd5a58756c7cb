"""TFLite exports for devices."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.files import replacing
from tfgan_audio.serving.backends import enhancer_from_tflite, open_interpreter
from tfgan_audio.serving.description import append_to_tflite
from tfgan_audio.serving.parity import max_difference, probe_signal
from tfgan_audio.serving.step_function import describe, step_function, step_signature

_LIMIT = 1e-5
_FORBIDDEN = ("FLEX", "VAR_HANDLE", "READ_VARIABLE", "CUSTOM")


def export_tflite(model: keras.Model, path: str | os.PathLike) -> dict[str, float]:
    """Write the streaming step as a TFLite file, compare it with Keras, then publish it.

    Args:
        model: SEGAN with variant "causal".
        path: File to write, ending in `.tflite`.

    Returns:
        `max_difference` against Keras in units of full scale and `size_bytes`.

    Raises:
        InputError: A wrong ending, a place that cannot be written, operators that devices lack,
            or an artefact that differs from Keras.
    """
    path = Path(path)
    if path.suffix != ".tflite":
        raise InputError(path, f"ending {path.suffix!r}", "a file ending in .tflite")
    description = describe(model)
    content = _convert(model)
    with replacing(path) as partial:
        partial.write_bytes(content)
        append_to_tflite(description, partial)
        _check_operators(partial)
        noisy = probe_signal(model.sample_rate_hz, model.sample_rate_hz)
        enhanced = enhancer_from_tflite(partial).enhance(noisy, model.sample_rate_hz)
        reference = model.generator(noisy[None, :, None]).numpy()[0, :, 0]
        difference = max_difference(reference, enhanced, path.name, _LIMIT)
        size_bytes = partial.stat().st_size
    return {"max_difference": difference, "size_bytes": size_bytes}


def _convert(model: keras.Model) -> bytes:
    """Convert the step by way of a SavedModel; built-in operators only."""
    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.track(model.generator)
        archive.add_endpoint("step", step_function(model), step_signature(describe(model)))
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["step"])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        return converter.convert()


def _check_operators(path: Path) -> None:
    """Refuse what a plain interpreter cannot run, or what lost its weights."""
    names = {operator["op_name"].upper() for operator in open_interpreter(path)._get_ops_details()}
    bad = sorted(name for name in names if name.startswith(_FORBIDDEN))
    if bad:
        raise InputError(path.name, ", ".join(bad), "built-in TFLite operators only")
