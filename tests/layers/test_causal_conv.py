"""CausalConv1D against Keras' causal convolution, and as a stream."""

import keras
import numpy as np
import pytest
from layer_checks import check_layer

from tfgan_audio.errors import InputError
from tfgan_audio.layers.causal_conv import CausalConv1D

SIZES = [(3, 1), (3, 4), (2, 7), (1, 3), (5, 2)]


@pytest.fixture
def frames(rng) -> np.ndarray:
    """Two examples of 40 frames of 6 channels."""
    return rng.standard_normal([2, 40, 6]).astype(np.float32)


def make_layer(frames: np.ndarray, kernel_size: int, dilation: int) -> CausalConv1D:
    """A layer of 5 filters with drawn weights, the bias among them."""
    layer = CausalConv1D(5, kernel_size, dilation)
    layer(frames)
    draws = np.random.default_rng(7)
    layer.set_weights([draws.standard_normal(weight.shape) for weight in layer.weights])
    return layer


@pytest.mark.parametrize(("kernel_size", "dilation"), SIZES)
def test_equals_keras(frames, kernel_size: int, dilation: int) -> None:
    layer = make_layer(frames, kernel_size, dilation)
    reference = keras.layers.Conv1D(5, kernel_size, dilation_rate=dilation, padding="causal")
    reference.build(frames.shape)
    reference.set_weights(layer.get_weights())
    outputs, _ = layer(frames)
    np.testing.assert_allclose(outputs, reference(frames), atol=1e-5)


@pytest.mark.parametrize(("kernel_size", "dilation"), SIZES)
def test_the_future_leaves_the_past_alone(frames, kernel_size: int, dilation: int) -> None:
    layer = make_layer(frames, kernel_size, dilation)
    changed = frames.copy()
    changed[:, 25:] += 1.0
    before, after = layer(frames)[0].numpy(), layer(changed)[0].numpy()
    np.testing.assert_array_equal(after[:, :25], before[:, :25])
    assert (after[:, 25] != before[:, 25]).all()


@pytest.mark.parametrize(("kernel_size", "dilation"), SIZES)
def test_parts_with_their_history_give_the_whole(frames, kernel_size: int, dilation: int) -> None:
    layer = make_layer(frames, kernel_size, dilation)
    whole, last = layer(frames)
    parts, history = [], None
    for part in np.split(frames, [1, 2, 20], axis=1):
        outputs, history = layer(part, history)
        parts.append(outputs)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)
    np.testing.assert_array_equal(history, last)
    kept = (kernel_size - 1) * dilation
    np.testing.assert_array_equal(history, frames[:, 40 - kept :])


def test_starts_like_keras(frames) -> None:
    """The same initial spread of the kernel as `Conv1D`, whose fans it has."""
    keras.utils.set_random_seed(3)
    layer, reference = CausalConv1D(64, 3), keras.layers.Conv1D(64, 3)
    layer.build([None, None, 64])
    reference.build([None, None, 64])
    limit = np.sqrt(6 / (3 * 64 + 3 * 64))
    for kernel in (layer.kernel, reference.kernel):
        assert 0.99 * limit < np.abs(kernel.numpy()).max() <= limit
    assert not layer.bias.numpy().any()


def test_everything_a_layer_owes(tmp_path) -> None:
    kwargs = {"filters": 5, "kernel_size": 3, "dilation_rate": 2}
    check_layer(CausalConv1D, kwargs, (2, 9, 6), ((2, 9, 5), (2, 4, 6)), tmp_path)


@pytest.mark.parametrize("name", ["filters", "kernel_size", "dilation_rate"])
def test_counts_below_one_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: got 0, expected an integer of at least 1$"):
        CausalConv1D(**{"filters": 1, "kernel_size": 1, "dilation_rate": 1, name: 0})
