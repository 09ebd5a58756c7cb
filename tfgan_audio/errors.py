"""The one exception type that tells a user what to change."""


class InputError(ValueError):
    """Bad input, told in one line: which thing, what was seen, what was expected.

    Args:
        name: File, config key or argument that is wrong.
        seen: Value or condition that was found there.
        expected: What would have been accepted.

    Example:
        >>> str(InputError("snr_db", "loud", "a number of decibels"))
        'snr_db: got loud, expected a number of decibels'
    """

    def __init__(self, name: object, seen: object, expected: object) -> None:
        super().__init__(name, seen, expected)
        self.name, self.seen, self.expected = name, seen, expected

    def __str__(self) -> str:
        """Return the message on one line, whatever the parts contain."""
        text = f"{self.name}: got {self.seen}, expected {self.expected}"
        return " ".join(text.split())
