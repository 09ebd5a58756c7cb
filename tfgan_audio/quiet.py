"""Keep the messages of TensorFlow's libraries about themselves away from users."""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from tfgan_audio.errors import InputError


def quiet_tensorflow() -> None:
    """Silence TensorFlow, before it is imported, unless the user has set how much it says."""
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    if "tensorflow" not in sys.modules and sys.stderr is not None:
        sys.meta_path.insert(0, _QuietFinder())


class _QuietFinder(MetaPathFinder):
    """Finds `tensorflow` once, and has it imported quietly.

    While its libraries load, TensorFlow 2.21 writes to stderr what no variable silences.
    """

    def find_spec(self, name: str, *unused: Any) -> ModuleSpec | None:
        """Return the usual spec with a loader that is quiet."""
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


class _QuietLoader(Loader):
    """Runs a module with nothing on stderr."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the usual loader."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module and give it its usual loader back."""
        module.__loader__ = module.__spec__.loader = self._loader
        with quiet_stderr():
            self._loader.exec_module(module)


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Hold back what libraries write to stderr; show it after all at a defect.

    Bad input and trouble with files explain themselves. Does nothing unless the messages of
    TensorFlow are turned off: by the command line without `--debug`, or by TF_CPP_MIN_LOG_LEVEL=3.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") != "3" or sys.stderr is None:
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception as error:
            if not isinstance(error, (InputError, OSError)):
                held.seek(0)
                os.write(kept, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
