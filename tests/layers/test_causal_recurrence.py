"""CausalRecurrence against Keras' GRU, and as a stream."""

import keras
import numpy as np
import pytest
from layer_checks import check_layer

from tfgan_audio.layers.causal_recurrence import CausalRecurrence


@pytest.fixture
def frames(rng) -> np.ndarray:
    """Two examples of 40 frames of 6 channels."""
    return rng.standard_normal([2, 40, 6]).astype(np.float32)


@pytest.fixture
def layer(frames) -> CausalRecurrence:
    """A layer of 5 units with drawn weights, the biases among them."""
    layer = CausalRecurrence(5)
    layer(frames)
    draws = np.random.default_rng(7)
    layer.set_weights([draws.standard_normal(weight.shape) for weight in layer.weights])
    return layer


def test_equals_keras(layer, frames) -> None:
    reference = keras.layers.GRU(5, return_sequences=True)
    reference.build(frames.shape)
    reference.set_weights(layer.get_weights())
    outputs, history = layer(frames)
    np.testing.assert_allclose(outputs, reference(frames), atol=1e-6)
    np.testing.assert_array_equal(history[:, 0], outputs[:, -1])


def test_a_cell_by_hand(layer, frames) -> None:
    """The first frame from silence: only the input and the biases count."""
    kernel, _, biases = layer.get_weights()
    update, _, candidate = np.split(frames[:, 0] @ kernel + biases[0], 3, axis=-1)
    recurrent_update, recurrent_reset, recurrent_candidate = np.split(biases[1], 3)
    reset = np.split(frames[:, 0] @ kernel + biases[0], 3, axis=-1)[1] + recurrent_reset
    kept = 1 / (1 + np.exp(-(update + recurrent_update)))
    new = np.tanh(candidate + recurrent_candidate / (1 + np.exp(-reset)))
    zeros = np.zeros([2, 1, 5], np.float32)
    for history in (None, zeros):
        outputs, _ = layer(frames[:, :1], history)
        np.testing.assert_allclose(outputs[:, 0], (1 - kept) * new, atol=1e-5)


def test_the_future_leaves_the_past_alone(layer, frames) -> None:
    changed = frames.copy()
    changed[:, 25:] += 1.0
    before, after = layer(frames)[0].numpy(), layer(changed)[0].numpy()
    np.testing.assert_array_equal(after[:, :25], before[:, :25])
    assert (after[:, 25] != before[:, 25]).all()


@pytest.mark.parametrize("splits", [[1, 2, 20], list(range(1, 40)), [39]])
def test_parts_with_their_history_give_the_whole(layer, frames, splits: list[int]) -> None:
    whole, last = layer(frames)
    parts, history = [], None
    for part in np.split(frames, splits, axis=1):
        outputs, history = layer(part, history)
        parts.append(outputs)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)
    np.testing.assert_allclose(history, last, atol=1e-5)


def test_everything_a_layer_owes(tmp_path) -> None:
    shapes = ((2, 9, 5), (2, 1, 5))
    # A loop over frames is none of LiteRT's operators; devices take one frame at a time.
    check_layer(CausalRecurrence, {"units": 5}, (2, 9, 6), shapes, tmp_path, on_device=False)
