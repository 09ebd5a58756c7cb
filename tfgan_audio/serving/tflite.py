"""TFLite exports for devices."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.files import replacing
from tfgan_audio.serving.backends import enhancer_from_tflite, first_line, open_interpreter
from tfgan_audio.serving.description import append_to_tflite
from tfgan_audio.serving.graph_rules import graph_errors_told
from tfgan_audio.serving.parity import probe_signal, refuse_non_finite, stream_difference
from tfgan_audio.serving.step_function import (
    describe,
    in_float32,
    step_function,
    step_signature,
)

_FORBIDDEN = ("FLEX", "VAR_HANDLE", "READ_VARIABLE", "CUSTOM")


def export_tflite(model: keras.Model, path: str | os.PathLike) -> dict[str, float]:
    """Write the streaming step as a TFLite file, compare it with Keras, then publish it.

    The signature `step` takes any number of blocks at once, so it serves streams and whole
    recordings alike; that of a recurrent model takes one, as a loop over many would need operators
    that devices lack. Exported again, a model gives the same file.

    Args:
        model: SEGAN with variant "causal".
        path: File to write, ending in `.tflite`.

    Returns:
        `max_difference` against Keras in units of full scale and `size_bytes`.

    Raises:
        InputError: A wrong ending, a place that cannot be written, operators that devices lack,
            or an artefact that differs from Keras; then nothing is left.
    """
    path = Path(path)
    if path.suffix != ".tflite":
        raise InputError(path, f"ending {path.suffix!r}", "a file ending in .tflite")
    model = in_float32(model)
    noisy = probe_signal(model.sample_rate_hz, model.sample_rate_hz)
    reference = model.generator(noisy[None, :, None]).numpy()[0, :, 0]
    refuse_non_finite(reference, str(path))
    content = _convert(model, path)
    with replacing(path) as partial:
        partial.write_bytes(content)
        append_to_tflite(describe(model), partial)
        _check_operators(partial, path)
        stream = enhancer_from_tflite(partial).stream()
        difference = stream_difference(reference, noisy, stream, str(path))
        size_bytes = partial.stat().st_size
    return {"max_difference": difference, "size_bytes": size_bytes}


def _convert(model: keras.Model, path: Path) -> bytes:
    """Convert the step by way of a SavedModel; built-in operators only."""
    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        num_blocks = 1 if model.generator.get_layer("enhancer").recurrent else None
        signature = step_signature(describe(model), num_blocks)
        archive.add_endpoint("step", step_function(model), signature)
        with graph_errors_told(folder, "free space on the disk"):
            archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["step"])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        try:
            return converter.convert()
        except Exception as error:  # the converter's own kind is not public
            raise InputError(path, first_line(error), "operators that TFLite has") from None


def _check_operators(partial: Path, path: Path) -> None:
    """Refuse what a plain interpreter cannot run, or what lost its weights."""
    details = open_interpreter(partial)._get_ops_details()
    names = {operator["op_name"].upper() for operator in details}
    bad = sorted(name for name in names if name.startswith(_FORBIDDEN))
    if bad:
        raise InputError(path, ", ".join(bad), "built-in TFLite operators only")
