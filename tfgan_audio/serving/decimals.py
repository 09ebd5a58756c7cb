"""Numbers as short as JSON needs them."""

from __future__ import annotations

import numpy as np


def short_decimals(array: np.ndarray) -> list:
    """Return nested lists of which float32 values are written with no digit too many.

    Args:
        array: Values of any type.

    Example:
        >>> short_decimals(np.array([0.1, 2], np.float32))
        [0.1, 2.0]
    """
    if array.dtype == np.float32:  # its shortest text, which reads back as the same float32
        array = array.astype("U32").astype(np.float64)
    return array.tolist()
