"""The kinds of checkpoints that can be brought in."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfgan_audio.errors import InputError
from tfgan_audio.nearest import unknown_name

if TYPE_CHECKING:
    from tfgan_audio.models.adversarial import AdversarialModel

KINDS = {
    "melgan-official": "tfgan_audio.importers.melgan_official",
    "parallel-wavegan": "tfgan_audio.importers.parallel_wavegan",
    "segan-tf1": "tfgan_audio.importers.segan_tf1",
    "segan-pytorch": "tfgan_audio.importers.segan_pytorch",
    "tensorflowtts-tflite": "tfgan_audio.importers.tensorflowtts_tflite",
    "wavegan-tf1": "tfgan_audio.importers.wavegan_tf1",
}


def import_checkpoint(kind: str, path: str | os.PathLike, **hints: Any) -> AdversarialModel:
    """Bring in weights of another code base.

    Args:
        kind: "segan-tf1" or "wavegan-tf1", the checkpoints of the original SEGAN or WaveGAN;
            "segan-pytorch", those of SEGAN+, with the options file `train.opts` beside them;
            "melgan-official", those of MelGAN's authors; "parallel-wavegan", a MelGAN or
            multi-band MelGAN by ParallelWaveGAN, with `config.yml` and `stats.h5` beside it; or
            "tensorflowtts-tflite", a `.tflite` file of such a vocoder by TensorFlowTTS.
        path: Checkpoint file, prefix of its files, or folder, whose newest is taken. The
            discriminator comes along where it is there too.
        **hints: What the files do not tell, or other than they tell: the keywords of the kind's
            function `import_model`.

    Returns:
        A compiled model, ready to use and to train.

    Raises:
        InputError: An unknown kind or hint, no such files, or files that are damaged, hold anything
            but tensors, or do not fit their options.
    """
    if kind not in KINDS:
        raise unknown_name(kind, "kind of checkpoint", KINDS)
    run = import_module(KINDS[kind]).import_model
    known = [name for name in inspect.signature(run).parameters if name != "path"]
    for name in hints:
        if name not in known:
            raise unknown_name(name, f"hint for {kind}", known)
    path = Path(path)
    if not path.exists() and not path.with_name(f"{path.name}.index").exists():
        raise InputError(path, "nothing there", "a checkpoint, or a folder with one")
    return run(path, **hints)


def recipe(kind: str, path: str | os.PathLike, hints: Mapping[str, Any]) -> list[str]:
    """Return what the files of a checkpoint say of its training, for a run that goes on with it.

    What the model itself knows, such as the weights of its losses, is left out. What is said and
    no configuration here has a key for is warned of.

    Args:
        kind: As for `import_checkpoint`, which has taken the same arguments before.
        path: The same.
        hints: The same.

    Returns:
        Entries of a configuration, such as `train.batch_size=16`.

    Raises:
        InputError: Files that say what cannot be.
    """
    tell = getattr(import_module(KINDS[kind]), "recipe", None)
    entries = {} if tell is None else tell(Path(path), hints)
    return [f"{key}={json.dumps(value)}" for key, value in entries.items()]
