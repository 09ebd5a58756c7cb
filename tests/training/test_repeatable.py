"""What op determinism leaves open is closed too."""

import tensorflow as tf

from tfgan_audio.training.devices import make_repeatable


def test_large_sums_add_up_in_one_order() -> None:
    """Over 200 MB, sums of three and more tensors were made in the order the parts came in."""
    make_repeatable(0)

    @tf.function
    def total(x: tf.Tensor) -> tuple[tf.Tensor, ...]:
        parts = [tf.sin(x * float(number)) for number in range(1, 7)]
        return tf.add_n(parts), parts[0][0], parts[5][0]

    x = tf.random.normal([9_500_000])
    assert len({total(x)[0].numpy().tobytes() for _ in range(10)}) == 1
