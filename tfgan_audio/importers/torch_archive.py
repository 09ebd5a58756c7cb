"""Read what `torch.save` writes, without torch and without running what a pickle asks for.

Only tensors, parameters and plain containers of plain values are rebuilt; a pickle that names
anything else is refused. Both formats are read: the zip archive, and the older stream of pickles.
"""

from __future__ import annotations

import pickle
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tfgan_audio.errors import InputError

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_EXPECTED = "a file of torch.save that is whole"
_DTYPES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "BFloat16Storage": "<u2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}


def read_torch_archive(path: Path) -> Any:
    """Read a file that `torch.save` has written.

    Args:
        path: The file.

    Returns:
        What was saved, with NumPy arrays for tensors; bfloat16 becomes float32.

    Raises:
        InputError: Not such a file, a damaged one, or one that holds other objects.
    """
    try:
        with open(path, "rb") as file:
            is_archive = zipfile.is_zipfile(file)
            file.seek(0)
            return _read_zip(file, path) if is_archive else _read_legacy(file, path)
    except InputError:
        raise
    except OSError as error:
        raise InputError(path, error.strerror or "a damaged file", _EXPECTED) from None
    except Exception:  # broken bytes raise whatever they happen to mean
        raise InputError(path, "another file or a damaged one", _EXPECTED) from None


def _read_zip(file: BinaryIO, path: Path) -> Any:
    """Read the archive: one pickle, and a member for each storage."""
    with zipfile.ZipFile(file) as archive:
        (main,) = [name for name in archive.namelist() if name.split("/")[1:] == ["data.pkl"]]
        root = main.removesuffix("data.pkl")
        if f"{root}byteorder" in archive.namelist():
            _check_order(path, archive.read(f"{root}byteorder") == b"little")
        with archive.open(main) as stream:
            content = _Unpickler(stream, path).load()
        return _resolved(content, lambda storage: archive.read(f"{root}data/{storage.key}"))


def _read_legacy(file: BinaryIO, path: Path) -> Any:
    """Read the stream: pickles of three facts, of the object and of keys, then the storages."""
    magic, _, system, content, keys = (_Unpickler(file, path).load() for _ in range(5))
    if magic != _LEGACY_MAGIC:
        raise InputError(path, "a pickle of something else", _EXPECTED)
    _check_order(path, system["little_endian"])
    kinds = {record.storage.key: record.storage for record in _records(content)}
    storages = {}
    for key in keys:
        num_values = int.from_bytes(file.read(8), "little")
        storages[key] = file.read(num_values * np.dtype(kinds[key].dtype).itemsize)
    return _resolved(content, lambda storage: storages[storage.key])


@dataclass(frozen=True)
class _Storage:
    """A run of numbers that tensors are views of."""

    key: str
    kind: str

    @property
    def dtype(self) -> str:
        """NumPy's name of the type."""
        return _DTYPES[self.kind]


@dataclass(frozen=True)
class _Record:
    """A tensor whose numbers are not read yet; strides count values."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self, data: bytes) -> np.ndarray:
        """Return the tensor as a view of its storage, copied."""
        values = np.frombuffer(data, self.storage.dtype)
        num_values = int(np.prod(self.shape, dtype=object))
        last = self.offset + sum((n - 1) * step for n, step in zip(self.shape, self.strides))
        inside = min((self.offset, *self.shape, *self.strides), default=0) >= 0
        # Only views that repeat nothing: a few bytes cannot stand for a tensor of any size.
        if not inside or num_values > len(values) or (num_values and last >= len(values)):
            raise ValueError("a tensor beyond its storage")
        steps = [step * values.itemsize for step in self.strides]
        view = np.lib.stride_tricks.as_strided(values[self.offset :], self.shape, steps)
        if self.storage.kind == "BFloat16Storage":
            return (view.astype("<u4") << 16).view("<f4")
        return view.copy()


class _Unpickler(pickle.Unpickler):
    """Rebuilds records of tensors and plain containers, and refuses every other name."""

    def __init__(self, file: Any, path: Path) -> None:
        super().__init__(file, encoding="utf-8")
        self._path = path

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a name."""
        if module == "torch" and name in _DTYPES:
            return name
        try:
            return _STAND_INS[module, name]
        except KeyError:
            seen = f"an object of {module}.{name}"
            raise InputError(self._path, seen, "tensors and plain containers only") from None

    def persistent_load(self, identity: tuple) -> _Storage:
        """Return the storage that an identity means."""
        tag, kind, key, *_ = identity
        viewed = len(identity) > 5 and identity[5] is not None
        if tag != "storage" or kind not in _DTYPES or viewed:
            raise ValueError("an unknown storage")
        return _Storage(str(key), kind)


def _rebuilt(storage: _Storage, offset: int, shape: tuple, strides: tuple, *_: Any) -> _Record:
    """Stand in for torch's function that makes a tensor of a storage."""
    return _Record(storage, int(offset), tuple(map(int, shape)), tuple(map(int, strides)))


_STAND_INS: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "Counter"): Counter,
    ("collections", "OrderedDict"): OrderedDict,
    ("torch", "Size"): tuple,
    ("torch._utils", "_rebuild_tensor"): _rebuilt,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuilt,
    ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor,
}


def _check_order(path: Path, is_little: bool) -> None:
    """Refuse numbers of the other byte order."""
    if not is_little:
        raise InputError(path, "big-endian numbers", "little-endian ones")


def _records(content: Any) -> list[_Record]:
    """Return all tensors in nested containers."""
    if isinstance(content, _Record):
        return [content]
    parts = content.values() if isinstance(content, dict) else content
    is_container = isinstance(content, dict | list | tuple | set)
    return [record for part in parts for record in _records(part)] if is_container else []


def _resolved(content: Any, read: Callable[[_Storage], bytes]) -> Any:
    """Return nested containers with arrays in place of the records."""
    if isinstance(content, _Record):
        return content.array(read(content.storage))
    if isinstance(content, dict):
        return {key: _resolved(value, read) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return type(content)(_resolved(value, read) for value in content)
    return content
