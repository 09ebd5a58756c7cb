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

from tfgan_audio.errors import InputError
from tfgan_audio.serving.backends import first_line
from tfgan_audio.serving.description import write_into_saved_model
from tfgan_audio.serving.exportable import Arrays, Exportable, exportable
from tfgan_audio.serving.graph_rules import check_servable, graph_errors_told
from tfgan_audio.serving.input_checks import refusing
from tfgan_audio.serving.parity import LIMIT, max_difference, refuse_non_finite
from tfgan_audio.serving.session_model import SessionModel
from tfgan_audio.serving.verbs import opened
from tfgan_audio.serving.warm_up import write_warm_up


def export_saved_model(model: keras.Model, out_dir: str | os.PathLike) -> dict[str, float]:
    """Write the generator as a SavedModel, compare it with Keras, then publish it.

    The folder of a SEGAN holds the signatures `enhance` (noisy [B, T, 1] to enhanced [B, T, 1]) and
    `step` (one streaming step), or `enhance_window` of the variants that take windows; that of
    a MelGAN `vocode` (mel [B, F, M] to waveform [B, F * hop, 1] and num_samples [B]) and
    `vocode_padded`, which takes num_frames [B] too; that of a WaveGAN or SpecGAN `generate`
    (latents [B, N] to waveform [B, T, C]), which takes labels [B] too where there are classes,
    and then `generate_mixed`, with shares of them [B, K]; that of an AcousticModel `synthesize`
    (symbols, languages, pace, pitch_shift and energy_shift [B, N], speaker [B, S] and style [B, E]
    to mel [B, F, M], num_frames [B] and durations [B, N]). The first one is `serving_default` as
    well. It is read back by the session loader, which is what the real server uses, before it
    takes its name. A request to each signature lies beside it, which servers answer as they
    load, so that no user waits for the first.
    Every signature refuses empty inputs, NaN and infinity.

    Args:
        model: SEGAN, MelGAN, WaveGAN, SpecGAN or AcousticModel.
        out_dir: Folder to make; TF Serving wants a number for its name, as in `models/segan/1`.

    Returns:
        `max_difference` against Keras in units of full scale and `size_bytes`.

    Raises:
        InputError: Another model; the folder exists or cannot be written, the graph holds what
            TF Serving does not run, or the artefact differs from Keras; then nothing is left.
    """
    out_dir, exported = Path(out_dir), exportable(model)
    refuse_non_finite(exported.reference, str(out_dir))
    with _publishing(out_dir) as partial:
        with graph_errors_told(out_dir, "free space on the disk"):
            _write(exported, partial)
        check_servable(partial, out_dir)
        with graph_errors_told(out_dir, "an artefact that the session loader runs"):
            with _open_session(partial) as run:
                difference = _compare(exported, run, str(out_dir))
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


def _write(exported: Exportable, folder: Path) -> None:
    """Write the signatures and the description; the first one serves by default."""
    archive = keras.export.ExportArchive()  # told to track the model, it writes each weight twice
    for name, (function, signature) in exported.server_endpoints().items():
        archive.add_endpoint(name, refusing(function), signature)
    archive.write_out(str(folder), verbose=False)
    write_into_saved_model(exported.description, folder)
    requests = [(signature, inputs) for signature, inputs, _ in exported.calls]
    write_warm_up(folder, [("serving_default", requests[0][1]), *requests])


def _compare(exported: Exportable, run: Callable[[str, Arrays], Arrays], name: str) -> float:
    """Replay every signature in a session, as the real server does, against Keras."""
    streamed_signature = exported.description.signature
    runtime = opened(exported.description, lambda inputs: run(streamed_signature, inputs))
    limit = getattr(exported, "limit", LIMIT)
    differences = [max_difference(exported.reference, exported.replayed(runtime), name, limit)]
    _, *default = exported.calls[0]
    for signature, inputs, expected in [("serving_default", *default), *exported.calls]:
        outputs = run(signature, inputs)
        differences += [
            max_difference(expected[key], outputs[key], name, limit) for key in expected
        ]
    return max(differences)


@contextlib.contextmanager
def _open_session(folder: str | os.PathLike) -> Iterator[Callable[[str, Arrays], Arrays]]:
    """Load a SavedModel into a session and give what runs its signatures."""
    model = SessionModel(Path(folder))

    def run(signature: str, inputs: Arrays) -> Arrays:
        definition = model.signatures[signature]
        feeds = {definition.inputs[name].name: np.asarray(value) for name, value in inputs.items()}
        fetches = [info.name for info in definition.outputs.values()]
        return dict(zip(definition.outputs, model.run(feeds, fetches)))

    try:
        yield run
    finally:
        model.close()
