"""TFLite exports for devices."""

from __future__ import annotations

import math
import os
import re
import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.files import replacing
from tfgan_audio.serving.backends import first_line, open_interpreter, open_tflite
from tfgan_audio.serving.description import append_to_tflite
from tfgan_audio.serving.exportable import Exportable, exportable
from tfgan_audio.serving.graph_rules import graph_errors_told
from tfgan_audio.serving.parity import LIMIT, max_difference, refuse_non_finite, signal_to_noise_db
from tfgan_audio.serving.tflite_weights import with_rounded_kernels

LEAST_SNR_DB = {"float32": 80.0, "float16": 40.0, "int8": 15.0}
"""Kinds of weights, and how far below the signal the error must lie that they make."""

_FORBIDDEN = ("FLEX", "VAR_HANDLE", "READ_VARIABLE", "CUSTOM")


def export_tflite(
    model: keras.Model,
    path: str | os.PathLike,
    weights: str = "float32",
    allow_loss: bool = False,
) -> dict[str, float]:
    """Write the generator as a TFLite file, compare it with Keras, then publish it.

    A SEGAN gets the signature `step`, which takes any number of blocks at once, so it serves
    streams and whole recordings alike; that of a recurrent model takes one, as a loop over many
    would need operators that devices lack; the variants that take windows get `enhance_window`,
    unless they hear noise, which devices do not draw. A MelGAN gets `vocode`, from mels [B, F,
    M] to waveform [B, F * hop, 1] and num_samples [B]. A WaveGAN gets `generate`, from latents
    [B, N] to waveform [B, T, C], or with labels `generate_mixed`, which takes shares of the
    classes [B, K] too. A SpecGAN is refused: TFLite has no transform from spectra to waveforms.
    A new process exports a model to the same file again.

    Args:
        model: SEGAN, MelGAN or WaveGAN.
        path: File to write, ending in `.tflite`.
        weights: "float32"; or "float16" or "int8", which make the file smaller and less exact, and
            no faster. What is heard directly keeps float32: the output layer of a MelGAN or
            WaveGAN, and what joins sub-bands.
        allow_loss: Publish "float16" and "int8" too where the error that they make lies less far
            below the signal than `LEAST_SNR_DB` says.

    Returns:
        `max_difference` against Keras in units of full scale, `snr_db` and `size_bytes`.

    Raises:
        InputError: Another model, a wrong ending, a place that cannot be written, operators that
            devices lack, or an artefact that differs from Keras; then nothing is left.
    """
    path = Path(path)
    if path.suffix != ".tflite":
        raise InputError(path, f"ending {path.suffix!r}", "a file ending in .tflite")
    if weights not in LEAST_SNR_DB:
        raise InputError("weights", weights, f"one of {', '.join(LEAST_SNR_DB)}")
    exported = exportable(model)
    refuse_non_finite(exported.reference, str(path))
    content = _convert(exported, path, weights)
    with replacing(path) as partial:
        partial.write_bytes(content)
        append_to_tflite(exported.description, partial)
        _check_operators(partial, path)
        output = exported.replayed(open_tflite(partial))
        limit = LIMIT if weights == "float32" else math.inf
        difference = max_difference(exported.reference, output, str(path), limit)
        snr_db = signal_to_noise_db(exported.reference, output)
        if not (snr_db >= LEAST_SNR_DB[weights] or allow_loss and weights != "float32"):
            expected = f"at least {LEAST_SNR_DB[weights]:g} dB with {weights} weights"
            raise InputError(path, f"an SNR of {snr_db:.1f} dB against Keras", expected)
        size_bytes = partial.stat().st_size
    return {"max_difference": difference, "snr_db": snr_db, "size_bytes": size_bytes}


def _convert(exported: Exportable, path: Path, weights: str) -> bytes:
    """Convert by way of a SavedModel; built-in operators only."""
    function, signature = exported.device_endpoint()
    name = exported.description.signature
    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.add_endpoint(name, function, signature)
        with graph_errors_told(folder, "free space on the disk"):
            archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[name])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        try:
            content = converter.convert()
        except Exception as error:  # the converter's own kind is not public
            missing = re.search(r"^TF Select ops: (.+)$", str(error), re.M)
            seen = f"the operators {missing[1]}" if missing else first_line(error)
            raise InputError(path, seen, "operators that TFLite has") from None
    if weights == "float32":
        return content
    return with_rounded_kernels(content, weights, exported.num_exact_layers)


def _check_operators(partial: Path, path: Path) -> None:
    """Refuse what a plain interpreter cannot run, or what lost its weights."""
    details = open_interpreter(partial)._get_ops_details()
    names = {operator["op_name"].upper() for operator in details}
    bad = sorted(name for name in names if name.startswith(_FORBIDDEN))
    if bad:
        raise InputError(path, ", ".join(bad), "built-in TFLite operators only")
