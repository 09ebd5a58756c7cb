"""An embedded server that speaks the API of TensorFlow Serving, for local work and tests.

Production is the official `tensorflow/serving` image: same exports, same clients. This one runs
models by the same loader and answers with the same codes and texts; it refuses a wrong rank or
fixed dimension, at which the real one may die, and has no batching and no TLS.

- `model_configs`: which models to serve, from a folder or a `models.config`.
- `versions`: the versions that a base path holds.
- `servable`: one version of a model: signatures, warm-up.
- `manager`: models and versions at work: loading, swapping, labels, states.
- `predict`: one request, as the real server checks and answers it.
- `tensors`, `json_tensors`: arrays in messages and in JSON.
- `grpc_services`, `rest`: the two APIs.
- `embedded`: all of it as one object.
"""
