"""Which models a server has: from a folder, or as TensorFlow Serving's `models.config` says."""

from __future__ import annotations

import os
from pathlib import Path

from google.protobuf import text_format
from tensorflow_serving.config.model_server_config_pb2 import ModelConfigList, ModelServerConfig

from tfgan_audio.errors import InputError
from tfgan_audio.serving.server.versions import VersionPolicy, find_versions
from tfgan_audio.serving.status import StatusError

_PLATFORM = "tensorflow"


def models_in(folder: str | os.PathLike, name: str | None = None) -> ModelConfigList:
    """Return the models below a folder, each with its latest version.

    Args:
        folder: The versions of one model (`segan` with `segan/1`), or several such folders, whose
            names are those of the models.
        name: Name of the model, where `folder` is that of one.

    Raises:
        InputError: No versions in the folder or in those in it.
    """
    folder = Path(folder).absolute()
    if not folder.is_dir():
        seen = "a file" if folder.exists() else "nothing there"
        raise InputError(folder, seen, "a folder of models, or of the versions of one")
    if (folder / "saved_model.pb").exists():
        raise InputError(
            folder, "a version of a model", f"the folder of its versions: {folder.parent}"
        )
    if find_versions(folder, VersionPolicy()):
        found = {name or folder.name: folder}
    else:
        inner = (path for path in sorted(folder.iterdir()) if path.is_dir())
        found = {path.name: path for path in inner if find_versions(path, VersionPolicy())}
        if name is not None:
            raise InputError("name", name, f"the folder of the versions of one model, not {folder}")
    if not found:
        expected = "numbered versions in it, as in segan/1/saved_model.pb"
        raise InputError(folder, "no version of a model", expected)
    models = ModelConfigList()
    for model, path in found.items():
        models.config.add(name=model, base_path=str(path), model_platform=_PLATFORM)
    return models


def read_models_config(path: str | os.PathLike) -> ModelConfigList:
    """Read a `models.config`.

    Args:
        path: Text form of a `ModelServerConfig`.

    Raises:
        InputError: Not such a file, or one that the real server refuses.
    """
    try:
        config = text_format.Parse(Path(path).read_text("utf-8"), ModelServerConfig())
    except OSError as error:
        raise InputError(path, error.strerror, "a models.config") from None
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise InputError(path, error, "a models.config in the text form of protobuf") from None
    if not config.model_config_list.config:
        raise InputError(path, "no model", "model_config_list with at least one config")
    try:
        check_models(config.model_config_list)
    except StatusError as error:
        raise InputError(path, error.text, "what TensorFlow Serving takes") from None
    return config.model_config_list


def check_models(models: ModelConfigList) -> None:
    """Refuse a list of models that the real server refuses.

    Args:
        models: The list.

    Raises:
        StatusError: A name twice, a relative path, or another platform than TensorFlow.
    """
    names = set()
    for model in models.config:
        if model.name in names:
            text = f"Illegal to list model {model.name} multiple times in config list"
            raise StatusError("INVALID_ARGUMENT", text)
        names.add(model.name)
        if not os.path.isabs(model.base_path):
            text = f"Expected model {model.name} to have an absolute path or URI; got"
            raise StatusError("INVALID_ARGUMENT", f"{text} base_path()={model.base_path}")
        if model.model_platform != _PLATFORM:
            text = f'Expected model {model.name} to have the model_platform "{_PLATFORM}"; got'
            raise StatusError("INVALID_ARGUMENT", f'{text} "{model.model_platform}"')
