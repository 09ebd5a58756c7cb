"""Clients of a model server: this package's own, or TensorFlow Serving.

- `client`, `async_client`: `Client`, which waits, and `AsyncClient`.
- `base_client`: what both share.
- `signatures`: what a model takes and gives, and whether arrays fit it.
- `calls`: one request, whatever carries it.
- `grpc_calls`, `rest_calls`: the two carriers.
- `padding`: recordings of several lengths in one request.
- `described`: what a served model of this package says of itself.
- `remote_enhancer`: the streaming step of a served enhancer.
- `remote_model`: a served model of any family, used like a local one.
"""
