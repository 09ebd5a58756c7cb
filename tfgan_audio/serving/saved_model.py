"""SavedModel exports for TF Serving."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.serving.description import write_into_saved_model
from tfgan_audio.serving.parity import max_difference, probe_signal
from tfgan_audio.serving.step_function import describe, step_function, step_signature

_LIMIT = 1e-5


def export_saved_model(model: keras.Model, out_dir: str | os.PathLike) -> dict[str, float]:
    """Write the generator as a SavedModel, compare it with Keras, then publish it.

    The folder holds the signatures `enhance` (also `serving_default`: noisy [B, T, 1] to enhanced
    [B, T, 1]) and `step` (one streaming step). It is read back by the session loader, which is
    what the real server uses, before it takes its name.

    Args:
        model: SEGAN with variant "causal".
        out_dir: Folder to make; TF Serving wants a number for its name, as in `models/segan/1`.

    Returns:
        `max_difference` against Keras in units of full scale.

    Raises:
        InputError: The folder exists or cannot be written, or the artefact differs from Keras.
    """
    out_dir = Path(out_dir)
    if out_dir.exists():
        raise InputError(out_dir, "something there already", "a folder that does not exist yet")
    try:
        out_dir.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=out_dir.parent))
    except OSError as error:
        raise InputError(out_dir, error.strerror, "a place that can be written to") from None
    try:
        _write(model, partial)
        difference = _compare(model, partial)
        partial.chmod(0o755)
        os.replace(partial, out_dir)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return {"max_difference": difference}


def _write(model: keras.Model, folder: Path) -> None:
    """Write the signatures and the description."""
    generator, description = model.generator, describe(model)
    archive = keras.export.ExportArchive()
    archive.track(generator)
    noisy = tf.TensorSpec([None, None, 1], tf.float32, name="noisy")
    for name in ("serving_default", "enhance"):
        archive.add_endpoint(
            name, lambda noisy: {"enhanced": generator(noisy, training=False)}, [noisy]
        )
    archive.add_endpoint("step", step_function(model), step_signature(description))
    archive.write_out(str(folder), verbose=False)
    write_into_saved_model(description, folder)


def _compare(model: keras.Model, folder: Path) -> float:
    """Replay the artefact in a session, as the real server does, against Keras."""
    noisy = probe_signal(model.sample_rate_hz, model.sample_rate_hz)[None, :, None]
    replayed = run_in_session(folder, "serving_default", {"noisy": noisy})["enhanced"]
    return max_difference(model.generator(noisy).numpy(), replayed, str(folder.name), _LIMIT)


def run_in_session(
    folder: str | os.PathLike, signature: str, inputs: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Run one signature of a SavedModel through the session loader.

    `tf.saved_model.load` is more forgiving: it accepts exports that the server cannot restore.

    Args:
        folder: Folder with `saved_model.pb`.
        signature: Signature key.
        inputs: Arrays by input name.

    Returns:
        Arrays by output name.
    """
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
        definition = loaded.signature_def[signature]
        feeds = {definition.inputs[name].name: value for name, value in inputs.items()}
        fetches = {name: info.name for name, info in definition.outputs.items()}
        return session.run(fetches, feeds)
