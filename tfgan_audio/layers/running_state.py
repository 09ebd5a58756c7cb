"""State that training passes change, beside the weights that optimizers do."""

from collections.abc import Sequence

import keras


def running_state(
    name: str,
    shape: Sequence[int],
    initializer: str | keras.initializers.Initializer,
    dtype: str = "float32",
    aggregation: str = "mean",
) -> keras.Variable:
    """Make a variable that each replica changes by itself, inside loops and conditions too.

    What `Layer.add_weight` makes can be assigned to by several replicas only outside of them.

    Args:
        name: Name of the variable.
        shape: Its shape.
        initializer: What it starts from.
        dtype: Its type.
        aggregation: What is read of the replicas' values outside of them: "mean" or
            "only_first_replica".

    Returns:
        A variable that is not trainable, to be set as an attribute of a layer.
    """
    return keras.Variable(
        keras.initializers.get(initializer),
        shape=tuple(shape),
        dtype=dtype,
        trainable=False,
        autocast=False,
        aggregation=aggregation,
        synchronization="on_read",
        name=name,
    )
