"""Pre-emphasis and its inverse against SciPy, and levels against known signals."""

import math
import subprocess
import sys

import numpy as np
import pytest
import scipy.signal
import tensorflow as tf

from tfgan_audio.audio.filters import EmphasisStream, de_emphasis, peak, pre_emphasis, rms_dbfs
from tfgan_audio.errors import InputError

KINDS = [np.asarray, tf.constant]
SHAPES = [[300], [300, 2], [3, 300, 2]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("coefficient", [0.0, 0.5, 0.95, 0.999])
def test_filters_agree_with_scipy(kind, shape, coefficient, rng):
    waveform = rng.standard_normal(shape).astype(np.float32)
    axis = max(-2, -len(shape))
    filtered = pre_emphasis(kind(waveform), coefficient)
    expected = scipy.signal.lfilter([1.0, -coefficient], [1.0], waveform.astype(float), axis)
    np.testing.assert_allclose(filtered, expected, atol=1e-6)
    restored = de_emphasis(kind(waveform), coefficient)
    expected = scipy.signal.lfilter([1.0], [1.0, -coefficient], waveform.astype(float), axis)
    np.testing.assert_allclose(restored, expected, atol=1e-6 * np.max(np.abs(expected)))
    assert filtered.dtype == restored.dtype == "float32"


@pytest.mark.parametrize("kind", KINDS)
def test_one_undoes_the_other(kind, rng):
    waveform = rng.uniform(-1.0, 1.0, [2, 16000, 1]).astype(np.float32)
    there_and_back = de_emphasis(pre_emphasis(kind(waveform), 0.95), 0.95)
    np.testing.assert_allclose(there_and_back, waveform, atol=5e-6)
    back_and_there = pre_emphasis(de_emphasis(kind(waveform), 0.95), 0.95)
    np.testing.assert_allclose(back_and_there, waveform, atol=5e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_impulse_and_channels(kind):
    """The time axis of [T, C] is the first: an impulse in one channel stays in it."""
    impulse = kind(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]))
    np.testing.assert_array_equal(pre_emphasis(impulse, 0.5), [[0, 0], [1, 0], [-0.5, 0], [0, 0]])
    np.testing.assert_array_equal(de_emphasis(impulse, 0.5), [[0, 0], [1, 0], [0.5, 0], [0.25, 0]])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("run", [pre_emphasis, de_emphasis])
def test_a_block_goes_on_where_the_last_one_ended(kind, shape, run, rng):
    waveform = rng.standard_normal(shape).astype(np.float32)
    axis = max(-2, -len(shape))
    whole = run(waveform, 0.9)
    first, second = np.split(waveform, [123], axis)
    past = np.take(first if run is pre_emphasis else run(first, 0.9), -1, axis)
    continued = run(kind(second), 0.9, previous=past)
    np.testing.assert_allclose(continued, np.split(whole, [123], axis)[1], atol=1e-5)


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_streams_equal_the_whole(inverse, shape, rng):
    waveform = rng.standard_normal(shape)
    axis = max(-2, -len(shape))
    stream = EmphasisStream(0.97, inverse)
    for _ in range(2):  # once more after reset
        blocks = np.split(waveform, [0, 1, 8, 8, 136], axis)
        streamed = np.concatenate([stream.process(block) for block in blocks], axis)
        whole = (de_emphasis if inverse else pre_emphasis)(waveform, 0.97)
        np.testing.assert_allclose(streamed, whole, atol=1e-12)
        stream.reset()


def test_filters_in_a_graph_of_unknown_shape_and_saved(rng, tmp_path):
    module = tf.Module()
    module.run = tf.function(
        lambda x: de_emphasis(pre_emphasis(x, 0.95), 0.95),
        input_signature=[tf.TensorSpec([None, None, 1], tf.float32)],
    )
    tf.saved_model.save(module, str(tmp_path / "model"))
    loaded = tf.saved_model.load(str(tmp_path / "model"))
    for shape in ([1, 1, 1], [2, 777, 1], [1, 0, 1]):
        waveform = rng.standard_normal(shape).astype(np.float32)
        np.testing.assert_allclose(loaded.run(waveform), waveform, atol=5e-6)


def test_the_gradient_of_de_emphasis_runs_backwards_in_time(rng):
    """The adjoint of a causal filter is the same filter on the reversed signal."""
    waveform = tf.constant(rng.standard_normal(64).astype(np.float32))
    weights = rng.standard_normal(64).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(waveform)
        total = tf.reduce_sum(weights * de_emphasis(waveform, 0.8))
    expected = de_emphasis(weights[::-1].copy(), 0.8)[::-1]
    np.testing.assert_allclose(tape.gradient(total, waveform), expected, atol=1e-5)


@pytest.mark.parametrize("run", [pre_emphasis, de_emphasis])
def test_bad_arguments_are_refused(run):
    with pytest.raises(InputError) as caught:
        run(np.zeros(4), 1.0)
    assert str(caught.value) == "coefficient: got 1.0, expected a number from 0 to below 1"
    with pytest.raises(InputError, match=r"waveform: got shape \(1, 1, 1, 1\), expected \[sampl"):
        run(np.zeros([1, 1, 1, 1]), 0.5)


def test_levels_of_known_signals():
    sine = np.sin(2 * np.pi * np.arange(1000) / 100).astype(np.float32)
    assert rms_dbfs(sine) == pytest.approx(-3.0103, abs=1e-3)
    assert rms_dbfs(0.1 * sine) == pytest.approx(-23.0103, abs=1e-3)
    assert rms_dbfs(np.ones([5, 2])) == 0.0
    assert rms_dbfs(np.zeros(4)) == rms_dbfs(np.zeros(0)) == -math.inf
    assert (peak(np.array([0.25, -0.75])), peak(np.zeros(0))) == (0.75, 0.0)


def test_numpy_alone_is_enough():
    """Devices run these without TensorFlow."""
    code = (
        "import sys, numpy as np; sys.modules |= {'tensorflow': None, 'scipy': None}\n"
        "from tfgan_audio.audio import features, filters, framing, io\n"
        "x = np.ones([8, 1]); filters.de_emphasis(filters.pre_emphasis(x, 0.9), 0.9)\n"
        "framing.join_windows(framing.split_windows(x, 4, 2), 2, 8)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
