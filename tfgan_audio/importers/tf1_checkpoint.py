"""Read the variables of a TensorFlow 1 checkpoint."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgan_audio.errors import InputError

_NAMES = re.compile(r"\.(index|meta|data-\d+-of-\d+)$")
_STATE = re.compile(r'^model_checkpoint_path:\s*"(.*)"', re.MULTILINE)


def find_tf1_checkpoint(path: Path) -> Path:
    """Return the prefix of a checkpoint's files.

    Args:
        path: The prefix, one of the files, or a folder of checkpoints; of those the one that its
            file `checkpoint` names, or else that of the highest step.

    Raises:
        InputError: There is none.
    """
    if not path.is_dir():
        prefix = path.with_name(_NAMES.sub("", path.name))
    elif (path / "checkpoint").is_file():
        named = _STATE.search((path / "checkpoint").read_text(errors="replace"))
        if named is None:
            expected = "a line model_checkpoint_path"
            raise InputError(path / "checkpoint", "no checkpoint's name", expected)
        # Whatever folder it was written in: the files have moved along with this one.
        prefix = path / re.split(r"[/\\]", named[1])[-1]
    else:
        prefixes = [file.with_suffix("") for file in path.glob("*.index")]
        if not prefixes:
            raise InputError(path, "no checkpoint in it", "files such as SEGAN-41700.index")
        prefix = max(prefixes, key=_step)
    if not prefix.with_name(f"{prefix.name}.index").is_file():
        seen = f"no {prefix.name}.index"
        raise InputError(path, seen, "a checkpoint with .index and .data files")
    return prefix


def read_tf1_checkpoint(prefix: Path) -> dict[str, np.ndarray]:
    """Read all variables.

    Args:
        prefix: What the names of the files start with.

    Returns:
        Arrays by variable name.

    Raises:
        InputError: Files that are missing or damaged.
    """
    try:
        reader = tf.train.load_checkpoint(str(prefix))
        return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
    except Exception:  # of broken bytes TensorFlow raises half a dozen kinds
        expected = "a TensorFlow checkpoint whose files are whole"
        raise InputError(prefix, "missing or damaged files", expected) from None


def _step(prefix: Path) -> tuple[int, str]:
    """Order checkpoints by the number that their names end with."""
    number = re.search(r"(\d+)$", prefix.name)
    return int(number[1]) if number else -1, prefix.name
