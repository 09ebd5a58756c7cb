"""Write files as `torch.save` does, both formats of them, without torch."""

import collections
import io
import pickle
import struct
import sys
import types
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

_KINDS = {"f4": "Float", "f8": "Double", "f2": "Half", "i8": "Long", "u2": "BFloat16"}


class _Tensor:
    """An array, or a view of one, that is pickled as a tensor."""

    def __init__(self, values: np.ndarray, key: str, offset: int, shape: tuple, strides: tuple):
        self.values, self.key = values, key
        self.place = offset, shape, strides

    def __reduce__(self):
        storage = _Storage(self.values, self.key)
        arguments = (storage, *self.place, False, collections.OrderedDict())
        return sys.modules["torch._utils"]._rebuild_tensor_v2, arguments


class _Storage:
    """The numbers of a tensor."""

    def __init__(self, values: np.ndarray, key: str):
        self.values, self.key = values, key


class _Pickler(pickle.Pickler):
    """Puts storages aside, as torch's own does."""

    def __init__(self, file: Any, is_legacy: bool):
        super().__init__(file, protocol=2)
        self.is_legacy, self.storages = is_legacy, {}

    def persistent_id(self, thing: Any):
        if not isinstance(thing, _Storage):
            return None
        self.storages[thing.key] = thing.values
        kind = getattr(sys.modules["torch"], f"{_KINDS[thing.values.dtype.str[1:]]}Storage")
        identity = ("storage", kind, thing.key, "cpu", len(thing.values))
        return (*identity, None) if self.is_legacy else identity


def view(values: np.ndarray, key: str, offset: int, shape: tuple, strides: tuple) -> _Tensor:
    """A tensor that shows a part of a row of numbers."""
    return _Tensor(values, key, offset, shape, strides)


def save_torch(path: Path, content: Any, is_legacy: bool = False) -> None:
    """Write nested containers of arrays as tensors."""
    content, file = _with_tensors(content), io.BytesIO()
    with _torch_modules():
        pickler = _Pickler(file, is_legacy)
        pickler.dump(content)
    if is_legacy:
        facts = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
        head = (0x1950A86A20F9469CFC6C, 1001, facts)
        data = b"".join(pickle.dumps(fact, protocol=2) for fact in head) + file.getvalue()
        data += pickle.dumps(sorted(pickler.storages), protocol=2)
        for key in sorted(pickler.storages):
            values = pickler.storages[key]
            data += struct.pack("<q", len(values)) + values.tobytes()
        path.write_bytes(data)
        return
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", file.getvalue())
        archive.writestr("archive/byteorder", "little")
        for key, values in pickler.storages.items():
            archive.writestr(f"archive/data/{key}", values.tobytes())


def _with_tensors(content: Any, keys: Any = None) -> Any:
    """Replace arrays by tensors, each with a storage of its own."""
    keys = keys or iter(range(10**6))
    if isinstance(content, np.ndarray):
        flat = np.ascontiguousarray(content).ravel()
        strides = tuple(
            step // content.itemsize for step in np.zeros(content.shape, flat.dtype).strides
        )
        return _Tensor(flat, f"{next(keys)}", 0, content.shape, strides)
    if isinstance(content, dict):
        return type(content)((key, _with_tensors(value, keys)) for key, value in content.items())
    if isinstance(content, list):
        return [_with_tensors(value, keys) for value in content]
    return content


class _torch_modules:
    """Modules that go by torch's names while something is pickled."""

    def __enter__(self):
        torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
        for kind in _KINDS.values():
            name = f"{kind}Storage"
            setattr(torch, name, type(name, (), {"__module__": "torch"}))

        def _rebuild_tensor_v2(*arguments):
            raise NotImplementedError

        _rebuild_tensor_v2.__module__ = "torch._utils"
        _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
        utils._rebuild_tensor_v2 = _rebuild_tensor_v2
        self.before = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
        sys.modules.update({"torch": torch, "torch._utils": utils})

    def __exit__(self, *unused):
        for name, module in self.before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
