"""The embedded server: models, poller and both APIs as one object."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass

from tensorflow_serving.config.model_server_config_pb2 import ModelConfigList

from tfgan_audio.errors import InputError
from tfgan_audio.serving.server.grpc_services import open_grpc_server
from tfgan_audio.serving.server.manager import ModelManager
from tfgan_audio.serving.server.rest import open_rest_server
from tfgan_audio.serving.status import StatusError

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServerOptions:
    """How a server listens and watches.

    Args:
        host: Address to listen at.
        grpc_port: Port of gRPC; 0 takes a free one.
        rest_port: Port of REST; 0 takes a free one.
        poll_seconds: How often to look for new versions.
        num_retries: How often a version that does not load is tried again.
        retry_seconds: How long to wait before that.
        max_message_bytes: Largest request.
        rest_timeout_seconds: Time for a REST request; gRPC requests bring their own.
        as_content: Answer gRPC with bytes rather than with lists of values.
    """

    host: str = "localhost"
    grpc_port: int = 8500
    rest_port: int = 8501
    poll_seconds: float = 1.0
    num_retries: int = 5
    retry_seconds: float = 1.0
    max_message_bytes: int = 2**31 - 1
    rest_timeout_seconds: float = 30.0
    as_content: bool = False


class Server:
    """A model server for local work and tests, used as a context.

    Nothing listens before every model has a version that works.

    Args:
        models: The models, as `model_configs` makes them.
        options: How to listen and watch.

    Raises:
        InputError: On entering: a model without a version that loads, or a port that is taken.
    """

    def __init__(self, models: ModelConfigList, options: ServerOptions | None = None) -> None:
        self._models, self._options = models, options or ServerOptions()
        self._manager = ModelManager(
            num_retries=self._options.num_retries, retry_seconds=self._options.retry_seconds
        )
        self._stopping = threading.Event()
        self._poller = threading.Thread(target=self._watch, name="poll", daemon=True)
        self.grpc_address = self.rest_address = ""

    def __enter__(self) -> Server:
        """Load the models, then listen."""
        try:
            self._manager.reload(self._models)
            self._listen()
        except StatusError as error:
            self._manager.close()
            raise InputError("models", error.text, "a version of each that loads") from None
        except InputError:
            self._manager.close()
            raise
        self._grpc.start()
        threading.Thread(target=self._rest.serve_forever, name="rest", daemon=True).start()
        self._poller.start()
        return self

    def __exit__(self, *unused: object) -> None:
        """Answer what has been asked, then stop."""
        self._stopping.set()
        self._grpc.stop(grace=5.0).wait()
        self._rest.shutdown()
        self._rest.server_close()
        self._poller.join()
        self._manager.close()

    def wait(self) -> None:
        """Serve until the process is interrupted."""
        self._stopping.wait()

    def _listen(self) -> None:
        """Take both ports; nothing is answered yet."""
        options = self._options
        self._rest = open_rest_server(
            self._manager,
            (options.host, options.rest_port),
            options.max_message_bytes,
            options.rest_timeout_seconds,
        )
        try:
            self._grpc, grpc_port = open_grpc_server(
                self._manager,
                (options.host, options.grpc_port),
                options.max_message_bytes,
                num_threads=4 * (os.cpu_count() or 1),
                as_content=options.as_content,
            )
        except InputError:
            self._rest.server_close()
            raise
        self.grpc_address = f"{options.host}:{grpc_port}"
        self.rest_address = f"http://{options.host}:{self._rest.server_port}"

    def _watch(self) -> None:
        """Look at the folders again and again."""
        while not self._stopping.wait(self._options.poll_seconds):
            try:
                self._manager.poll()
            except Exception:
                _LOG.exception("looking for new versions failed; it goes on")
