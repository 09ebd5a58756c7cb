"""CausalEnhancer: alignment, latency, streaming, size."""

import keras
import numpy as np
import pytest
from layer_checks import check_layer

from tfgan_audio.errors import InputError
from tfgan_audio.layers.causal_enhancer import CausalEnhancer

FRAME, HOP = 32, 8
SMALL = {
    "frame_samples": FRAME,
    "hop_samples": HOP,
    "channels": 12,
    "kernel_size": 3,
    "dilations": (1, 3),
}
LENGTHS = [1, 7, 8, 9, 31, 32, 33, 200]


@pytest.fixture(scope="module", params=[False, True], ids=["", "recurrent"])
def enhancer(request) -> CausalEnhancer:
    """A small enhancer whose mask is far from one everywhere."""
    keras.utils.set_random_seed(5)
    layer = CausalEnhancer(**SMALL, recurrent=request.param)
    layer.build((None, None, 1))
    draws = np.random.default_rng(5)
    layer.set_weights([draws.normal(0.0, 0.3, weight.shape) for weight in layer.weights])
    return layer


@pytest.fixture
def signal(rng) -> np.ndarray:
    """One example of 200 samples."""
    return rng.standard_normal([1, 200, 1]).astype(np.float32)


@pytest.mark.parametrize("num_samples", LENGTHS)
def test_a_mask_of_one_returns_the_signal_in_place(signal, num_samples: int) -> None:
    layer = CausalEnhancer(**SMALL)
    layer.build((None, None, 1))
    for variable in layer.mask.weights:
        variable.assign(0.0 * variable)
    noisy = signal[:, :num_samples]
    np.testing.assert_allclose(layer(noisy), noisy, atol=1e-5)


@pytest.mark.parametrize(("prediction", "gain"), [(-0.75, 0.25), (-0.5, 0.0), (0.25, 2.25)])
def test_the_mask_is_the_prediction_times_its_magnitude(
    signal, prediction: float, gain: float
) -> None:
    layer = CausalEnhancer(**SMALL)
    layer.build((None, None, 1))
    layer.mask.kernel.assign(0.0 * layer.mask.kernel)
    real = np.full(layer.analysis.num_bins, np.arctanh(prediction))
    layer.mask.bias.assign(np.concatenate([real, 0.0 * real]))
    sign = 1.0 if prediction > -0.5 else -1.0
    np.testing.assert_allclose(layer(signal), sign * gain * signal, atol=1e-4)


def test_a_new_enhancer_starts_near_the_identity(signal) -> None:
    keras.utils.set_random_seed(1)
    error = CausalEnhancer(**SMALL)(signal) - signal
    assert 0.0 < np.sqrt(np.mean(np.square(error))) < 0.3 * np.sqrt(np.mean(signal**2))


@pytest.mark.parametrize("num_samples", LENGTHS)
def test_silence_after_the_end_changes_nothing(enhancer, signal, num_samples: int) -> None:
    noisy = signal[:, :num_samples]
    longer = np.pad(noisy, [[0, 0], [0, 50], [0, 0]])
    np.testing.assert_allclose(enhancer(noisy), enhancer(longer)[:, :num_samples], atol=1e-5)


@pytest.mark.parametrize("changed", range(100, 100 + HOP))
def test_a_sample_reaches_no_output_more_than_a_frame_ahead(enhancer, signal, changed: int) -> None:
    other = signal.copy()
    other[0, changed] += 1.0
    before, after = enhancer(signal).numpy()[0, :, 0], enhancer(other).numpy()[0, :, 0]
    first = int(np.flatnonzero(before != after)[0])
    assert first >= changed - FRAME + 1
    # Frames start on a grid of hops, and the window is zero at their first sample.
    start = (changed // HOP + 1) * HOP - FRAME
    assert first == start + 1


def test_an_impulse_is_preceded_by_silence(enhancer) -> None:
    impulse = np.zeros([1, 120, 1], np.float32)
    impulse[0, 71] = 1.0
    enhanced = enhancer(impulse).numpy()[0, :, 0]
    np.testing.assert_array_equal(enhanced[: 71 - FRAME + 1], 0.0)
    assert np.abs(enhanced[71 - FRAME + 2 : 72]).max() > 0.01


def test_examples_do_not_mix(enhancer, rng) -> None:
    batch = rng.standard_normal([3, 50, 1]).astype(np.float32)
    alone = np.concatenate([enhancer(batch[index : index + 1]) for index in range(3)])
    np.testing.assert_allclose(enhancer(batch), alone, atol=1e-5)


@pytest.mark.parametrize("splits", [[], [1, 2, 3], [13], [4, 5, 20], list(range(1, 25))])
def test_steps_over_any_split_equal_the_call(enhancer, signal, splits: list[int]) -> None:
    blocks = signal.reshape(1, -1, HOP)
    parts, histories = [], None
    for part in np.split(blocks, splits, axis=1):
        enhanced, histories = enhancer.step(part, histories)
        shapes = [history.shape[1:] for history in histories]
        assert shapes == [list(shape) for shape in enhancer.history_shapes()]
        parts.append(enhanced.numpy())
    streamed = np.concatenate(parts, axis=1).reshape(-1)[enhancer.latency_samples :]
    whole = enhancer(signal).numpy().reshape(-1)
    np.testing.assert_allclose(streamed, whole[: len(streamed)], atol=1e-5)


def test_history_of_zeros_is_the_start_of_a_stream(enhancer, signal) -> None:
    blocks = signal.reshape(1, -1, HOP)
    zeros = [np.zeros([1, *shape], np.float32) for shape in enhancer.history_shapes()]
    np.testing.assert_array_equal(enhancer.step(blocks, zeros)[0], enhancer.step(blocks)[0])


def test_defaults_stay_below_three_million_parameters_and_32_ms() -> None:
    layer = CausalEnhancer()
    layer.build((None, None, 1))
    # Projection of 257 bins, convolutions, a slope per channel after each, mask of two parts.
    depth = len(layer.dilations)
    assert layer.count_params() == (
        (257 * 256 + 256) + depth * (3 * 256 * 256 + 256) + (depth + 1) * 256 + (256 * 514 + 514)
    )
    assert layer.count_params() < 3_000_000
    assert layer.frame_samples / 16_000 <= 0.032


def test_everything_a_layer_owes(tmp_path) -> None:
    check_layer(CausalEnhancer, SMALL, (2, 50, 1), (2, 50, 1), tmp_path)


def test_everything_a_recurrent_one_owes(tmp_path) -> None:
    kwargs = {**SMALL, "recurrent": True}
    check_layer(CausalEnhancer, kwargs, (2, 50, 1), (2, 50, 1), tmp_path, on_device=False)


def test_the_recurrent_unit_remembers_longer_than_the_convolutions(rng) -> None:
    signal = rng.standard_normal([1, 18 * HOP, 1]).astype(np.float32)
    changed = signal.copy()
    changed[0, :HOP] = 0.0
    for recurrent, remembers in ((False, False), (True, True)):
        keras.utils.set_random_seed(2)
        layer = CausalEnhancer(**{**SMALL, "recurrent": recurrent})
        differs = layer(signal).numpy()[0, -HOP:] != layer(changed).numpy()[0, -HOP:]
        assert bool(differs.any()) is remembers


def test_the_stack_follows_the_policy_and_the_spectra_do_not() -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        layer = CausalEnhancer(**SMALL)
    finally:
        keras.config.set_dtype_policy("float32")
    layer.build((None, None, 1))
    inner = [layer.projection, *layer.convolutions, *layer.activations, layer.mask]
    assert {part.compute_dtype for part in inner} == {"bfloat16"}
    assert {part.compute_dtype for part in (layer, layer.analysis, layer.synthesis)} == {"float32"}
    enhanced, histories = layer.step(np.ones([1, 3, HOP], np.float32))
    assert {tensor.dtype.name for tensor in (enhanced, *histories)} == {"float32"}


@pytest.mark.parametrize(
    ("sizes", "name"),
    [({"dilations": ()}, "dilations"), ({"dilations": (0,)}, "dilation_rate")],
)
def test_impossible_sizes_are_refused(sizes: dict, name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: "):
        CausalEnhancer(**{**SMALL, **sizes})
