"""GANs for audio on TensorFlow and Keras 3, from data to deployment.

Importing the package is cheap: a public name is loaded when it is first used.

    SEGAN           speech enhancement: a `keras.Model` to `compile` and `fit`
    WaveGAN, SpecGAN  sound generation, from waveforms or from spectra: the same
    MelGAN          vocoder, from log-mel spectrograms to waveforms: the same
    AcousticModel   text to mel, from symbols to log-mel spectrograms: the same
    load            open a run folder, `.keras` file, SavedModel or `.tflite` for use
    import_checkpoint  weights of another code base as a compiled model
    load_config     an experiment's configuration, by name or path
    MelFeatures     the one definition of a log-mel spectrogram
    InputError      what bad input raises, in one line
    audio, config, data, evaluation, importers, layers, losses, models, serving, text,
    training        the rooms of the package
"""

import importlib
import os
import sys
from typing import Any

from tfgan_audio.errors import InputError

__all__ = [
    "AcousticModel", "InputError", "MelFeatures", "MelGAN", "SEGAN", "SpecGAN", "WaveGAN",
    "import_checkpoint", "load", "load_config",
]  # fmt: skip

_HOMES = {
    "AcousticModel": "tfgan_audio.models.acoustic",
    "MelFeatures": "tfgan_audio.audio.features",
    "MelGAN": "tfgan_audio.models.melgan",
    "SEGAN": "tfgan_audio.models.segan",
    "SpecGAN": "tfgan_audio.models.specgan",
    "WaveGAN": "tfgan_audio.models.wavegan",
    "import_checkpoint": "tfgan_audio.importers.checkpoints",
    "load": "tfgan_audio.loading",
    "load_config": "tfgan_audio.config.loading",
}
_ROOMS = (
    "audio", "config", "data", "evaluation", "importers", "layers", "losses", "models", "serving",
    "text", "training",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in _ROOMS:
        value = importlib.import_module(f"tfgan_audio.{name}")
    elif name == "__version__":
        value = _installed_version()
    else:
        raise AttributeError(f"module 'tfgan_audio' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *_HOMES, *_ROOMS, "__version__"})


def _installed_version() -> str:
    """Return the version that setup.py gave the installed package."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tfgan_audio")
    except PackageNotFoundError:
        return "unknown (not installed)"


def _require_tensorflow_backend() -> None:
    """Choose Keras' TensorFlow backend, unless Keras already runs on another one."""
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = "tensorflow"
    elif (backend := sys.modules["keras"].config.backend()) != "tensorflow":
        raise InputError("Keras backend", backend, "tensorflow")


_require_tensorflow_backend()
