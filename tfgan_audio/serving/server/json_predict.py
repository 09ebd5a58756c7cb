"""Predict requests and their answers in JSON, by row and by column."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef, TensorInfo
from tensorflow_serving.apis.predict_pb2 import PredictRequest

from tfgan_audio.serving.server.json_tensors import array_from_json, array_to_json
from tfgan_audio.serving.server.predict import DEFAULT_SIGNATURE, predict
from tfgan_audio.serving.server.servable import Servable
from tfgan_audio.serving.status import StatusError

Infos = Mapping[str, TensorInfo]


def predict_json(servable: Servable, body: bytes, timeout_seconds: float) -> dict[str, Any]:
    """Answer a request of the REST API.

    Args:
        servable: The version that was asked for.
        body: JSON with `instances` (rows) or `inputs` (columns), and perhaps `signature_name`.
        timeout_seconds: When to give up.

    Returns:
        `predictions` or `outputs`, as JSON writes them.

    Raises:
        StatusError: With the code and text of the real server.
    """
    content = _parsed(body)
    key = content.get("signature_name", "") or DEFAULT_SIGNATURE
    if not isinstance(key, str):
        text = "not formatted correctly. 'signature_name' key must be a string value."
        raise _refused(f"JSON Value: {json.dumps(content)} {text}")
    if key not in servable.model.signatures:
        raise _refused(f'Serving signature name: "{key}" not found in signature def')
    definition = servable.model.signatures[key]
    if not definition.inputs:
        raise _refused(f"Failed to get input map for signature: {key}")
    is_row = _is_row(content)
    if is_row:
        values = _columns(content["instances"], definition.inputs)
    else:
        values = _named(content["inputs"], definition.inputs)
    request = PredictRequest()
    request.model_spec.signature_name = key
    for alias, value in values.items():
        dtype = definition.inputs[alias].dtype
        message = tf.make_tensor_proto(array_from_json(value, dtype), dtype=dtype)
        request.inputs[alias].CopyFrom(message)
    response = predict(servable, request, timeout_seconds, as_content=True)
    arrays = {alias: tf.make_ndarray(message) for alias, message in response.outputs.items()}
    return _rows(arrays, definition) if is_row else _outputs(arrays, definition)


def _parsed(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds."""
    if not body:
        raise _refused("JSON Parse error: The document is empty")
    try:
        content = json.loads(body)
    except json.JSONDecodeError as error:
        text = f"JSON Parse error: {error.msg} at offset: {error.pos}"
        raise _refused(text) from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise _refused(f"JSON Parse error: {error}") from None
    if not isinstance(content, dict):
        raise _refused(f"JSON Value: {json.dumps(content)} Is not object")
    return content


def _is_row(content: dict[str, Any]) -> bool:
    """Tell rows from columns; there must be one of them."""
    if "instances" not in content and "inputs" not in content:
        raise _refused("Missing 'inputs' or 'instances' key")
    if "instances" in content and "inputs" in content:
        text = "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist"
        raise _refused(f"JSON Value: {json.dumps(content)} {text} ")
    if "inputs" in content:
        return False
    if not isinstance(content["instances"], list):
        text = "Excepting 'instances' to be an list/array"
        raise _refused(f"JSON Value: {json.dumps(content)} {text}")
    if not content["instances"]:
        raise _refused(f"JSON Value: {json.dumps(content)} No values in 'instances' array")
    return True


def _columns(rows: list[Any], infos: Infos) -> dict[str, list[Any]]:
    """Turn rows into one list for each input."""
    if not _is_object(rows[0]):
        if len(infos) > 1:
            text = "instances is a plain list, but expecting list of objects as multiple input"
            raise _refused(f"{text} tensors required as per tensorinfo_map")
        for index, row in enumerate(rows):
            if _is_object(row):
                text = f"Expecting value/list but got object at item {index} of input list"
                raise _refused(text)
        return {next(iter(infos)): rows}
    for index, row in enumerate(rows):
        if not _is_object(row):
            text = f"Expecting object but got list at item {index} of input list"
            raise _refused(text)
        where = f"Failed to process element: {index}"
        for alias in sorted(set(row) - set(infos)):
            text = f"JSON object: does not have named input: {alias}"
            raise _refused(f"{where} key: {alias} of 'instances' list. Error: {text}")
        if set(row) != set(infos):
            text = f"{where} of 'instances' list. JSON object: {json.dumps(row)} keys must be"
            raise _refused(f"{text} equal to: {','.join(sorted(infos))}")
    return {alias: [row[alias] for row in rows] for alias in infos}


def _named(value: Any, infos: Infos) -> dict[str, Any]:
    """Return the value of each input by name."""
    if not _is_object(value):
        if len(infos) > 1:
            text = "inputs is a plain value/list, but expecting an object as multiple input"
            raise _refused(f"{text} tensors required as per tensorinfo_map")
        return {next(iter(infos)): value}
    for alias in sorted(infos):
        if alias not in value:
            raise _refused(f"Missing named input: {alias} in 'inputs' object.")
    return {alias: value[alias] for alias in infos}


def _rows(arrays: dict[str, Any], definition: SignatureDef) -> dict[str, Any]:
    """Return outputs by row: bare values, or objects where there are several outputs."""
    sizes = {}
    for alias, array in arrays.items():
        if not array.ndim:
            raise _refused(f"Tensor name: {alias} has no shape information ")
        sizes[alias] = len(array)
    if len(set(sizes.values())) > 1:
        text = f"inconsistent batch size: {sizes}"
        raise _refused(f"Tensors of the row format have {text}")
    columns = _outputs(arrays, definition)["outputs"]
    if len(arrays) == 1:
        return {"predictions": columns}
    rows = zip(*(columns[alias] for alias in arrays))
    return {"predictions": [dict(zip(arrays, row)) for row in rows]}


def _outputs(arrays: dict[str, Any], definition: SignatureDef) -> dict[str, Any]:
    """Return outputs by column: a bare value, or an object where there are several."""
    values = {
        alias: array_to_json(array, alias, definition.outputs[alias].dtype)
        for alias, array in arrays.items()
    }
    return {"outputs": next(iter(values.values())) if len(values) == 1 else values}


def _is_object(value: Any) -> bool:
    """Tell named values from plain ones, of which bytes in base64 are."""
    is_bytes = isinstance(value, dict) and set(value) == {"b64"} and isinstance(value["b64"], str)
    return isinstance(value, dict) and not is_bytes


def _refused(text: str) -> StatusError:
    """Return the error of a body that does not fit."""
    return StatusError("INVALID_ARGUMENT", text)
