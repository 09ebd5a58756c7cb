"""SavedModel exports for TF Serving."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.block_stream import Histories
from tfgan_audio.errors import InputError
from tfgan_audio.serving.backends import first_line, open_stream, step_histories, step_inputs
from tfgan_audio.serving.description import read_description, write_into_saved_model
from tfgan_audio.serving.graph_rules import check_servable, graph_errors_told
from tfgan_audio.serving.parity import (
    max_difference,
    probe_signal,
    refuse_non_finite,
    stream_difference,
)
from tfgan_audio.serving.step_function import (
    describe,
    in_float32,
    step_function,
    step_signature,
)

Arrays = dict[str, np.ndarray]


def export_saved_model(model: keras.Model, out_dir: str | os.PathLike) -> dict[str, float]:
    """Write the generator as a SavedModel, compare it with Keras, then publish it.

    The folder holds the signatures `enhance` (also `serving_default`: noisy [B, T, 1] to enhanced
    [B, T, 1]) and `step` (one streaming step). It is read back by the session loader, which is
    what the real server uses, before it takes its name.

    Args:
        model: SEGAN with variant "causal".
        out_dir: Folder to make; TF Serving wants a number for its name, as in `models/segan/1`.

    Returns:
        `max_difference` against Keras in units of full scale and `size_bytes`.

    Raises:
        InputError: The folder exists or cannot be written, the graph holds what TF Serving does
            not run, or the artefact differs from Keras; then nothing is left.
    """
    out_dir, model = Path(out_dir), in_float32(model)
    noisy = probe_signal(model.sample_rate_hz, model.sample_rate_hz)
    batch = np.stack([noisy, noisy[::-1]])[:, :, None]
    reference = model.generator(batch).numpy()
    refuse_non_finite(reference, str(out_dir))
    with _publishing(out_dir) as partial:
        with graph_errors_told(out_dir, "free space on the disk"):
            _write(model, partial)
        check_servable(partial, out_dir)
        with graph_errors_told(out_dir, "an artefact that the session loader runs"):
            difference = _compare(batch, reference, partial, str(out_dir))
        size_bytes = sum(file.stat().st_size for file in partial.rglob("*") if file.is_file())
    return {"max_difference": difference, "size_bytes": size_bytes}


def run_in_session(folder: str | os.PathLike, signature: str, inputs: Arrays) -> Arrays:
    """Run one signature of a SavedModel through the session loader.

    `tf.saved_model.load` is more forgiving: it accepts exports that the server cannot restore.

    Args:
        folder: Folder with `saved_model.pb`.
        signature: Signature key.
        inputs: Arrays by input name.

    Returns:
        Arrays by output name.
    """
    with _open_session(folder) as run:
        return run(signature, inputs)


@contextlib.contextmanager
def _publishing(out_dir: Path) -> Iterator[Path]:
    """Give a hidden folder that takes the name `out_dir` when the body ends well."""
    if out_dir.exists():
        raise InputError(out_dir, "something there already", "a folder that does not exist yet")
    made = [folder for folder in out_dir.parents if not folder.exists()]
    partial = out_dir.with_name(f".partial-{secrets.token_hex(4)}")
    try:
        partial.mkdir(parents=True)
        yield partial
        os.replace(partial, out_dir)
    except OSError as error:
        expected = "a place that can be written to"
        raise InputError(out_dir, error.strerror or first_line(error), expected) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        with contextlib.suppress(OSError):
            for folder in made:  # those that stayed empty
                folder.rmdir()


def _write(model: keras.Model, folder: Path) -> None:
    """Write the signatures and the description; the first one serves by default."""
    generator, description = model.generator, describe(model)
    archive = keras.export.ExportArchive()  # told to track the model, it writes each weight twice
    noisy = tf.TensorSpec([None, None, 1], tf.float32, name="noisy")
    archive.add_endpoint(
        "enhance", lambda noisy: {"enhanced": generator(noisy, training=False)}, [noisy]
    )
    archive.add_endpoint("step", step_function(model), step_signature(description))
    archive.write_out(str(folder), verbose=False)
    write_into_saved_model(description, folder)


def _compare(batch: np.ndarray, reference: np.ndarray, folder: Path, name: str) -> float:
    """Replay every signature in a session, as the real server does, against Keras."""
    with _open_session(folder) as run:

        def step(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
            outputs = run("step", step_inputs(blocks, histories))
            return outputs["enhanced"], step_histories(outputs)

        differences = [
            max_difference(reference, run(signature, {"noisy": batch})["enhanced"], name)
            for signature in ("serving_default", "enhance")
        ]
        stream = open_stream(read_description(folder), step)
        noisy, enhanced = batch[0, :, 0], reference[0, :, 0]
        differences.append(stream_difference(enhanced, noisy, stream, name))
    return max(differences)


@contextlib.contextmanager
def _open_session(folder: str | os.PathLike) -> Iterator[Callable[[str, Arrays], Arrays]]:
    """Load a SavedModel into a session and give what runs its signatures."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        with _without_deprecations():
            loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))

        def run(signature: str, inputs: Arrays) -> Arrays:
            definition = loaded.signature_def[signature]
            feeds = {definition.inputs[name].name: value for name, value in inputs.items()}
            return session.run(
                {name: info.name for name, info in definition.outputs.items()}, feeds
            )

        yield run


@contextlib.contextmanager
def _without_deprecations() -> Iterator[None]:
    """Keep back that the loader has a successor, which is the forgiving one."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(level)
