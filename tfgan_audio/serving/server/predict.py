"""One Predict request, checked and answered as TensorFlow Serving does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef, TensorInfo
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse

from tfgan_audio.serving.server.status_codes import status_of
from tfgan_audio.serving.server.tensors import array_of, message_of
from tfgan_audio.serving.status import StatusError

if TYPE_CHECKING:
    from tfgan_audio.serving.server.servable import Servable

DEFAULT_SIGNATURE = "serving_default"


def predict(
    servable: Servable,
    request: PredictRequest,
    timeout_seconds: float | None = None,
    as_content: bool = False,
) -> PredictResponse:
    """Answer a request.

    Args:
        servable: The version that was asked for.
        request: Inputs by alias, a signature and the outputs that are wanted.
        timeout_seconds: When to give up.
        as_content: Write outputs as bytes rather than as lists of values.

    Raises:
        StatusError: With the code and, wherever it does not come from the runtime, the text of the
            real server.
    """
    key = request.model_spec.signature_name or DEFAULT_SIGNATURE
    if key not in servable.model.signatures:
        raise StatusError("FAILED_PRECONDITION", f'Serving signature key "{key}" not found.')
    definition = servable.model.signatures[key]
    aliases = _wanted_outputs(request.output_filter, definition)
    feeds = _feeds(request, definition)
    fetches = [definition.outputs[alias].name for alias in aliases]
    try:
        arrays = servable.model.run(feeds, fetches, timeout_seconds)
    except Exception as error:
        raise status_of(error) from error
    response = PredictResponse()
    response.model_spec.name, response.model_spec.signature_name = servable.name, key
    response.model_spec.version.value = servable.version
    for alias, array in zip(aliases, arrays):
        message = message_of(np.asarray(array), definition.outputs[alias].dtype, as_content)
        response.outputs[alias].CopyFrom(message)
    return response


def _wanted_outputs(wanted: Iterable[str], definition: SignatureDef) -> list[str]:
    """Return the aliases of the outputs to compute, all where none is named."""
    seen: list[str] = []
    for alias in wanted:
        if alias not in definition.outputs:
            text = f"output tensor alias not found in signature: {alias} Outputs expected to be in"
            raise _refused(f"{text} the set {_listed(definition.outputs)}.")
        if alias in seen:
            raise _refused(f"duplicate output tensor alias: {alias}")
        seen.append(alias)
    return seen or sorted(definition.outputs)


def _feeds(request: PredictRequest, definition: SignatureDef) -> dict[str, np.ndarray]:
    """Return the arrays by tensor, defaults of the signature where the request has none."""
    sent, known, defaults = set(request.inputs), set(definition.inputs), set(definition.defaults)
    missing = known - sent - defaults
    if len(sent) > len(known) or (len(sent) < len(known) and missing):
        text = f"input size does not match signature: {len(sent)}!={len(known)}"
        text += f" len({_listed(sent)}) != len({_listed(known)})."
        text += f" Sent extra: {_listed(sent - known)}. Missing but required: {_listed(missing)}."
        raise _refused(text)
    feeds = {}
    for alias in sorted(known):
        info = definition.inputs[alias]
        if alias in missing:
            text = f"Signature input alias: {alias}(feed name: {info.name}) not found in request"
            text += " and no default value provided. Inputs expected to be in the request"
            text += f" {_listed(sent)}, or default input alias set: {','.join(sorted(defaults))}"
            raise _refused(text)
        message = request.inputs[alias] if alias in sent else definition.defaults[alias]
        feeds[info.name] = _fitting(array_of(message, alias), info, alias)
    return feeds


def _fitting(array: np.ndarray, info: TensorInfo, alias: str) -> np.ndarray:
    """Refuse another rank or fixed size; the real server runs such, and may die of it.

    The type is left to the runtime, which refuses it in words of its own.
    """
    expected = [dimension.size for dimension in info.tensor_shape.dim]
    fits = len(array.shape) == len(expected) and all(
        wanted in (size, -1) for size, wanted in zip(array.shape, expected)
    )
    if not fits and not info.tensor_shape.unknown_rank:
        seen, shape = list(array.shape), str(expected).replace("-1", "?")
        raise _refused(f"input {alias}: got shape {seen}, expected {shape}")
    return array


def _listed(names: Iterable[str]) -> str:
    """Write a set."""
    return "{" + ",".join(sorted(names)) + "}"


def _refused(text: str) -> StatusError:
    """Return the error of a request that does not fit the model."""
    return StatusError("INVALID_ARGUMENT", text)
