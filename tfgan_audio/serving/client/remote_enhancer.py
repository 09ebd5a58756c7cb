"""A served enhancer, used like a local one."""

from __future__ import annotations

import numpy as np

from tfgan_audio.audio.block_stream import BlockStream, Histories
from tfgan_audio.errors import InputError
from tfgan_audio.serving.client.client import Client
from tfgan_audio.serving.client.described import Choice, described, version_described_as
from tfgan_audio.serving.enhancer import Enhancer
from tfgan_audio.serving.status import StatusError
from tfgan_audio.serving.verbs import block_step, open_stream
from tfgan_audio.serving.waveform_descriptions import EnhancerDescription

_MEMORY_SECONDS = 4


def remote_enhancer(
    client: Client, model: str, version: int | None = None, label: str | None = None
) -> Enhancer:
    """Return an enhancer that runs the step of a served model.

    A recording goes over the wire in chunks of 4 seconds, with the histories that join them
    without a seam. A stream stays with the version it began with; where that one is unloaded, it
    goes on with the next, as if that one had heard what came before (of a recurrent network, the
    last 4 seconds of it).

    Args:
        client: Client of the server.
        model: Name of the model.
        version: Number; None for the latest.
        label: Label instead of a number.

    Returns:
        An enhancer for files, folders, arrays and streams.

    Raises:
        InputError: A model that is no enhancer of this package.
        StatusError: What the server says.
    """
    choice = (model, version, label)
    description, _ = described(client, choice)
    if not isinstance(description, EnhancerDescription):
        raise InputError(model, f"a {description.family}", "a model that enhances")

    def stream() -> BlockStream:
        """Open a stream of one channel."""
        return open_stream(description, _RemoteStep(client, choice, description))

    return Enhancer(stream, description.sample_rate_hz)


class _RemoteStep:
    """The step of one stream."""

    def __init__(self, client: Client, choice: Choice, description: EnhancerDescription) -> None:
        self._client, self._choice, self._description = client, choice, description
        self._version: int | None = None
        self._step = block_step(self._predict)
        # No output of convolutions depends on more blocks than their histories hold together.
        num_held = sum(frames for frames, _ in description.history_shapes)
        num_remembered = _MEMORY_SECONDS * description.sample_rate_hz // description.hop_samples
        self._num_kept = max(num_held, num_remembered)
        self._past = np.zeros([1, 0, description.hop_samples], np.float32)

    def __call__(self, blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        """Enhance the next blocks."""
        if not any(history.any() for history in histories):  # of a stream that starts
            self._version, self._past = None, self._past[:, :0]
        if self._version is None:
            self._choose()
        try:
            result = self._step(blocks, histories)
        except StatusError as error:
            if error.code != "NOT_FOUND":
                raise
            self._choose()
            result = self._step(blocks, self._replayed())
        self._past = np.concatenate([self._past, blocks], axis=1)[:, -self._num_kept :]
        return result

    def _choose(self) -> None:
        """Take the version that serves now."""
        self._version = version_described_as(self._client, self._choice, self._description)

    def _replayed(self) -> Histories:
        """Return the histories that the blocks so far leave in another version."""
        shapes = self._description.history_shapes
        silent = [np.zeros([1, *shape], np.float32) for shape in shapes]
        return self._step(self._past, silent)[1] if self._past.shape[1] else silent

    def _predict(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Run the step on the server."""
        return self._client.predict(self._choice[0], inputs, "step", version=self._version)
