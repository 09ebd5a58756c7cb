"""What a model server answers when it cannot do what was asked, on both sides of the wire."""

from __future__ import annotations

# As TensorFlow Serving's REST API maps them; every other code is 500.
_HTTP_STATUS = {
    "OK": 200,
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
_MAX_TEXT = 1024


class StatusError(Exception):
    """A request that failed, with the code and the text that go over the wire.

    Args:
        code: Name of the gRPC status, such as "NOT_FOUND".
        text: What the server says of it.

    Example:
        >>> print(StatusError("NOT_FOUND", "Servable not found for request: Latest(segan)"))
        NOT_FOUND: Servable not found for request: Latest(segan)
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code, self.text = code, text

    def __str__(self) -> str:
        """Return code and text."""
        return f"{self.code}: {self.text}"

    @property
    def wire_text(self) -> str:
        """The text as TensorFlow Serving sends it, which cuts long ones."""
        is_long = len(self.text) > _MAX_TEXT
        return self.text[:_MAX_TEXT] + "...TRUNCATED" if is_long else self.text

    @property
    def http_status(self) -> int:
        """The HTTP status of the REST API."""
        return _HTTP_STATUS.get(self.code, 500)


def code_of_http_status(status: int) -> str:
    """Return the gRPC code that an HTTP status stands for.

    Three codes share 400; "INVALID_ARGUMENT" is given for it.

    Args:
        status: HTTP status of a failed request.
    """
    matching = (code for code, number in _HTTP_STATUS.items() if number == status)
    return next(matching, "INTERNAL" if status >= 500 else "UNKNOWN")
