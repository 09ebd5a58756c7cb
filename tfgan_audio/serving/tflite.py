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
from tfgan_audio.serving.exportable_speech import ExportableAcousticModel
from tfgan_audio.serving.exportable_vocoder import ExportableVocoder
from tfgan_audio.serving.graph_rules import graph_errors_told
from tfgan_audio.serving.parity import LIMIT, max_difference, refuse_non_finite, signal_to_noise_db
from tfgan_audio.serving.tflite_activations import with_rounded_activations
from tfgan_audio.serving.tflite_weights import with_rounded_kernels
from tfgan_audio.serving.trial import Trial

LEAST_SNR_DB = {
    "float32": 80.0,
    "float16": 40.0,
    "int8-weights": 15.0,
    "int8": 15.0,
    "int8-full": 15.0,
}
"""Kinds of weights, and how far below the signal the error must lie that they make."""

MOST_DNSMOS_LOSS = 0.1
"""How much worse than Keras an artefact may sound, in points of DNSMOS OVRL."""

_FORBIDDEN = ("FLEX", "VAR_HANDLE", "READ_VARIABLE", "CUSTOM")


def export_tflite(
    model: keras.Model,
    path: str | os.PathLike,
    weights: str = "float32",
    allow_loss: bool = False,
    trial: Trial | None = None,
    fixed: int | None = None,
) -> dict[str, float]:
    """Write the generator as a TFLite file, compare it with Keras, then publish it.

    A SEGAN gets the signature `step`, which takes any number of blocks at once, so it serves
    streams and whole recordings alike; that of a recurrent model takes one, as a loop over many
    would need operators that devices lack; the variants that take windows get `enhance_window`,
    which takes the latents [B, F, L] too if there are any. A MelGAN gets `vocode`, from mels [B, F,
    M] to waveform [B, F * hop, 1] and num_samples [B]. A WaveGAN gets `generate`, from latents
    [B, N] to waveform [B, T, C], or with labels `generate_mixed`, which takes shares of the
    classes [B, K] too; so does a SpecGAN. An AcousticModel gets `synthesize`, as servers do.
    A new process exports a model to the same file again.

    Args:
        model: SEGAN, MelGAN, WaveGAN, SpecGAN or AcousticModel.
        path: File to write, ending in `.tflite`.
        weights: "float32"; "float16" or "int8-weights", which make the file smaller and less exact,
            and no faster; "int8", whose layers compute in integers with what comes in rounded as
            it comes; or "int8-full", where it is rounded by the ranges that a trial shows. What is
            heard directly keeps float32: the output layer of a MelGAN or WaveGAN, and what joins
            sub-bands.
        allow_loss: Publish others than "float32" too where the error that they make lies less far
            below the signal than `LEAST_SNR_DB` says, or the trial more than `MOST_DNSMOS_LOSS`
            below Keras.
        trial: Real recordings, which tell how the artefact sounds.
        fixed: Fix all shapes, as some runtimes need: so many frames of a MelGAN, whose signature is
            then `step`, with a state that goes in and comes out; 1 block, window or sound of
            others, but nothing of an AcousticModel. None leaves them open.

    Returns:
        `max_difference` against Keras in units of full scale, `snr_db` and `size_bytes`, and what
        the trial tells.

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
    if fixed is not None:
        exported = _with_fixed_shapes(exported, fixed)
    if weights == "int8-full" and trial is None:
        raise InputError("weights", weights, "recordings to try it on, which tell the ranges")
    refuse_non_finite(exported.reference, str(path))
    content = _convert(exported, path, fixed is not None)
    with replacing(path) as partial:
        partial.write_bytes(content)
        append_to_tflite(exported.description, partial)
        if weights == "int8-full":
            content = with_rounded_activations(partial, exported.num_exact_layers, trial.results)
        elif weights != "float32":
            content = with_rounded_kernels(content, weights, exported.num_exact_layers)
        if weights != "float32":
            partial.write_bytes(content)
            append_to_tflite(exported.description, partial)
        _check_operators(partial, path)
        output = exported.replayed(open_tflite(partial))
        least_snr_db = min(LEAST_SNR_DB[weights], getattr(exported, "least_snr_db", math.inf))
        limit = getattr(exported, "device_limit", getattr(exported, "limit", LIMIT))
        limit = limit if weights == "float32" else math.inf
        difference = max_difference(exported.reference, output, str(path), limit)
        snr_db = signal_to_noise_db(exported.reference, output)
        may_lose = allow_loss and weights != "float32"
        if not (snr_db >= least_snr_db or may_lose):
            expected = f"at least {least_snr_db:g} dB with {weights} weights"
            raise InputError(path, f"an SNR of {snr_db:.1f} dB against Keras", expected)
        quality = trial.figures(open_tflite(partial)) if trial is not None else {}
        change = quality.get("dnsmos_ovrl_change", 0.0)
        if not (change >= -MOST_DNSMOS_LOSS or may_lose):
            expected = f"at most {MOST_DNSMOS_LOSS:g} less than Keras"
            raise InputError(path, f"a change of DNSMOS OVRL by {change:.2f}", expected)
        size_bytes = partial.stat().st_size
    figures = {"max_difference": difference, "snr_db": snr_db, "size_bytes": size_bytes}
    return {**figures, **quality}


def _with_fixed_shapes(exported: Exportable, num: int) -> Exportable:
    """Return what exports a model whose calls take so many frames, blocks, windows or sounds."""
    if not num >= 1:
        raise InputError("fixed", num, "a whole number above 0")
    if isinstance(exported, ExportableVocoder):
        return exported.step(num)
    if isinstance(exported, ExportableAcousticModel):
        raise InputError(
            "fixed", num, "nothing for an AcousticModel, whose sentences have any length"
        )
    if num != 1:
        raise InputError("fixed", num, "1 for models other than a MelGAN")
    return exported


def _convert(exported: Exportable, path: Path, is_fixed: bool) -> bytes:
    """Convert by way of a SavedModel; built-in operators only."""
    function, signature = exported.device_endpoint()
    if is_fixed:  # what is open now is a batch, or the blocks of an enhancer
        signature = [
            tf.TensorSpec([size or 1 for size in spec.shape], spec.dtype, spec.name)
            for spec in signature
        ]
    name = exported.description.signature
    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.add_endpoint(name, function, signature)
        with graph_errors_told(folder, "free space on the disk"):
            archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[name])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        try:
            return converter.convert()
        except Exception as error:  # the converter's own kind is not public
            missing = re.search(r"^TF Select ops: (.+)$", str(error), re.M)
            seen = f"the operators {missing[1]}" if missing else first_line(error)
            raise InputError(path, seen, "operators that TFLite has") from None


def _check_operators(partial: Path, path: Path) -> None:
    """Refuse what a plain interpreter cannot run, or what lost its weights."""
    details = open_interpreter(partial)._get_ops_details()
    names = {operator["op_name"].upper() for operator in details}
    bad = sorted(name for name in names if name.startswith(_FORBIDDEN))
    if bad:
        raise InputError(path, ", ".join(bad), "built-in TFLite operators only")
