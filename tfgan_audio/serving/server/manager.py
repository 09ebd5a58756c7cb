"""Models and versions at work: loaded, swapped, labelled and unloaded."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.config.model_server_config_pb2 import ModelConfig, ModelConfigList

from tfgan_audio.serving.backends import first_line
from tfgan_audio.serving.server.model_configs import check_models
from tfgan_audio.serving.server.servable import Servable
from tfgan_audio.serving.server.version import State, Version
from tfgan_audio.serving.server.versions import find_versions
from tfgan_audio.serving.status import StatusError

_LOG = logging.getLogger(__name__)


class ModelManager:
    """What is served, kept in step with the folders on the disk.

    A new version is loaded before the old one is unloaded; requests end on the version they began
    with; a version that does not load leaves the old one at work.

    Args:
        load: Makes a `Servable` of a name, a version and its folder.
        num_retries: How often a version that does not load is tried again.
        retry_seconds: How long to wait before that.
    """

    def __init__(
        self,
        load: Callable[[str, int, Path], Servable] = Servable,
        num_retries: int = 5,
        retry_seconds: float = 1.0,
    ) -> None:
        self._load_servable = load
        self._num_retries, self._retry_seconds = num_retries, retry_seconds
        self._models: dict[str, ModelConfig] = {}
        self._versions: dict[str, dict[int, Version]] = {}
        self._labels: dict[str, dict[str, int]] | None = None
        self._without_folder: set[str] = set()  # of which that has been told
        self._is_closed = False
        self._changed = threading.Condition()  # guards the tables and the versions in them
        self._one_change = threading.RLock()  # loading and unloading, one at a time

    def reload(self, models: ModelConfigList) -> None:
        """Replace the list of models; those that are not in it are unloaded.

        Args:
            models: The new list.

        Raises:
            StatusError: A list that is wrong, after which all is as before; a model of which no
                version loads; or a label for a version that is not loaded.
        """
        check_models(models)
        with self._one_change:
            self._models = {model.name: model for model in models.config}
            self.poll()
            while any(self._is_loading(name) for name in self._models):
                time.sleep(min(0.05, self._retry_seconds))
                self.poll()
            self._refuse_missing()
            self._set_labels()

    def poll(self) -> None:
        """Look at the folders once, load what is new, then unload what is no longer wanted."""
        with self._one_change:
            for name, model in list(self._models.items()):
                policy = model.model_version_policy
                wanted = find_versions(Path(model.base_path), policy)
                if wanted is None:
                    if name not in self._without_folder:
                        _LOG.error("%s: no base path %s; nothing changes", name, model.base_path)
                    self._without_folder.add(name)
                    continue
                self._without_folder.discard(name)
                versions = self._versions.setdefault(name, {})
                for number, folder in wanted.items():
                    self._load(name, number, folder)
                is_served = any(versions[number].state == State.AVAILABLE for number in wanted)
                for number in set(versions) - set(wanted):
                    versions[number].may_return = True
                    if is_served or not wanted:
                        self._unload(name, versions[number])
            for name in set(self._versions) - set(self._models):
                for version in self._versions[name].values():
                    self._unload(name, version)

    @contextmanager
    def serving(self, spec: ModelSpec) -> Iterator[Servable]:
        """Give the version that a request asks for; it is not unloaded while in use.

        Args:
            spec: Name of the model, with a version, a label or neither.

        Raises:
            StatusError: No such model, version or label.
        """
        with self._changed:
            version = self._find(spec)
            version.num_users += 1
        try:
            yield version.servable
        finally:
            with self._changed:
                version.num_users -= 1
                self._changed.notify_all()

    def states(self, spec: ModelSpec) -> dict[int, Version]:
        """Return the versions of a model, highest first, those that are gone too.

        Args:
            spec: Name of the model, with a version, a label or neither.

        Raises:
            StatusError: No such model, version or label.
        """
        with self._changed:
            number = self._asked_number(spec)
            versions = self._versions.get(spec.name, {})
            if number is not None and number not in versions:
                text = f"Could not find version {number} of model {spec.name}"
                raise StatusError("NOT_FOUND", text)
            if not versions:
                text = f"Could not find any versions of model {spec.name}"
                raise StatusError("NOT_FOUND", text)
            numbers = sorted(versions, reverse=True) if number is None else [number]
            return {number: versions[number] for number in numbers}

    def close(self, grace_seconds: float = 5.0) -> None:
        """Unload everything; what is asked from now on is UNAVAILABLE, so that clients try again.

        Args:
            grace_seconds: Time for requests that are being answered; then they are cancelled.
        """
        with self._changed:
            self._is_closed = True
        with self._one_change:
            self._models = {}
            for name, versions in self._versions.items():
                for version in versions.values():
                    self._unload(name, version, grace_seconds)

    def _asked_number(self, spec: ModelSpec) -> int | None:
        """Return the version that a request names or labels; None for the latest."""
        if self._is_closed:
            raise StatusError("UNAVAILABLE", "The server is stopping")
        if not spec.name:
            raise StatusError("INVALID_ARGUMENT", "ModelSpec has no name specified.")
        choice = spec.WhichOneof("version_choice")
        if choice == "version":
            return spec.version.value
        if choice is None:
            return None
        if self._labels is None:
            text = f"Model labels does not init yet.{spec.version_label}"
            raise StatusError("UNAVAILABLE", text)
        labels = self._labels.get(spec.name, {})
        if spec.version_label not in labels:
            text = f"Unrecognized servable version label: {spec.version_label}"
            raise StatusError("INVALID_ARGUMENT", text)
        return labels[spec.version_label]

    def _find(self, spec: ModelSpec) -> Version:
        """Return the version that a request asks for."""
        number = self._asked_number(spec)
        available = self._available(spec.name)
        if number is None and available:
            return available[max(available)]
        if number in available:
            return available[number]
        kind = f"Latest({spec.name})" if number is None else f"Specific({spec.name}, {number})"
        raise StatusError("NOT_FOUND", f"Servable not found for request: {kind}")

    def _available(self, name: str) -> dict[int, Version]:
        """Return the versions of a model that answer."""
        versions = self._versions.get(name, {}).items()
        return {number: version for number, version in versions if version.servable is not None}

    def _is_loading(self, name: str) -> bool:
        """Tell whether a model has no version yet, and may still get one."""
        versions = self._versions.get(name, {}).values()
        states = {version.state for version in versions}
        return State.LOADING in states and State.AVAILABLE not in states

    def _load(self, name: str, number: int, folder: Path) -> None:
        """Load a version, unless that has been done or is not due yet."""
        version = self._versions[name].get(number)
        if version is None or (version.state == State.END and version.may_return):
            with self._changed:
                version = self._versions[name][number] = Version(number)
        if version.state != State.LOADING or time.monotonic() < version.next_try:
            return
        try:
            servable = self._load_servable(name, number, folder)
        except StatusError as error:
            is_last = version.num_failures == self._num_retries
            _LOG.error("%s version %d does not load: %s", name, number, first_line(error))
            with self._changed:
                version.failed(error, is_last, time.monotonic() + self._retry_seconds)
        else:
            _LOG.info("%s version %d is served from %s", name, number, folder)
            with self._changed:
                version.started(servable)

    def _unload(self, name: str, version: Version, grace_seconds: float | None = None) -> None:
        """Unload a version once its last request has been answered, or its time is over."""
        if version.servable is None:
            version.state = State.END
            return
        with self._changed:
            servable = version.stopped()
            self._changed.wait_for(lambda: version.num_users == 0, grace_seconds)
            version.state = State.END
        servable.close()
        gc.collect()  # a graph refers to itself
        _LOG.info("%s version %d is unloaded", name, version.number)

    def _refuse_missing(self) -> None:
        """Raise for models of which no version has loaded."""
        missing = []
        for name in sorted(self._models):
            if not self._available(name):
                errors = [v.error for v in self._versions.get(name, {}).values() if v.error]
                path = self._models[name].base_path
                reason = errors[-1].text if errors else f"No versions found under base path {path}"
                missing.append(f"{{name: {name} due to error: {reason}}}")
        if missing:
            text = f"{len(missing)} servable(s) did not become available: {{{', '.join(missing)}}}"
            raise StatusError("UNKNOWN", text)

    def _set_labels(self) -> None:
        """Take over the labels of the list, whole or not at all."""
        labels = {name: dict(model.version_labels) for name, model in self._models.items()}
        for name, versions in labels.items():
            for number in versions.values():
                if number not in self._available(name):
                    text = f"Request to assign label to version {number} of model {name}"
                    text += ", which is not currently available for inference"
                    raise StatusError("FAILED_PRECONDITION", text)
        with self._changed:
            self._labels = labels
