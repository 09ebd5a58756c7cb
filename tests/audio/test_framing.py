"""Frames, overlap-add and cross-faded windows, in NumPy and TensorFlow."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.audio.framing import (
    cross_fade_weights,
    frame,
    join_windows,
    overlap_add,
    pad_to_multiple,
    split_windows,
)
from tfgan_audio.errors import InputError

KINDS = [np.asarray, tf.constant]


@pytest.mark.parametrize("kind", KINDS)
def test_frames_of_a_ramp(kind):
    frames = frame(kind(np.arange(10.0)), frame_samples=4, hop_samples=3)
    np.testing.assert_array_equal(frames, [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]])
    assert frame(kind(np.zeros([2, 3])), 4, 1).shape == (2, 0, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_overlap_add_of_two_frames(kind):
    total = overlap_add(kind(np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])), hop_samples=2)
    np.testing.assert_array_equal(total, [1, 2, 13, 20, 30])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("frame_samples", "hop_samples"), [(8, 8), (8, 4), (8, 3), (9, 1)])
def test_overlap_add_with_a_window_inverts_frame(kind, frame_samples, hop_samples, rng):
    num_samples = 5 * hop_samples + frame_samples
    waveform = rng.standard_normal([2, num_samples]).astype(np.float32)
    window = rng.uniform(0.1, 1.0, frame_samples)
    restored = overlap_add(frame(kind(waveform), frame_samples, hop_samples), hop_samples, window)
    np.testing.assert_allclose(restored, waveform, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_reaches_the_next_multiple_and_no_further(kind):
    waveform = kind(np.ones([2, 5, 1], np.float32))
    padded = np.asarray(pad_to_multiple(waveform, 4, axis=1))
    np.testing.assert_array_equal(padded[0, :, 0], [1, 1, 1, 1, 1, 0, 0, 0])
    assert pad_to_multiple(waveform, 5, axis=-2).shape == (2, 5, 1)


@pytest.mark.parametrize(("window_samples", "overlap_samples"), [(8, 0), (8, 3), (8, 4), (9, 4)])
def test_cross_fades_sum_to_one(window_samples, overlap_samples):
    weights = cross_fade_weights(window_samples, overlap_samples)
    hop_samples = window_samples - overlap_samples
    total = overlap_add(np.tile(weights, [6, 1]), hop_samples)
    inner = slice(overlap_samples, len(total) - overlap_samples)
    np.testing.assert_allclose(total[inner], 1.0, atol=1e-6)
    assert weights.min() > 0.0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("num_samples", [1, 15, 16, 17, 28, 29, 100])
@pytest.mark.parametrize("overlap_samples", [0, 4, 8])
def test_windows_put_together_are_the_waveform(kind, num_samples, overlap_samples, rng):
    waveform = rng.standard_normal([num_samples, 2]).astype(np.float32)
    windows = split_windows(kind(waveform), 16, overlap_samples)
    hop_samples = 16 - overlap_samples
    assert windows.shape == (1 + max(0, -(-(num_samples - 16) // hop_samples)), 16, 2)
    joined = join_windows(windows, overlap_samples, num_samples)
    assert type(joined) is type(windows)
    np.testing.assert_allclose(joined, waveform, atol=1e-6)


def test_neighbours_that_disagree_fade_from_one_to_the_other():
    windows = np.stack([np.zeros([8, 1]), np.ones([8, 1])]).astype(np.float32)
    joined = join_windows(windows, 4, 12)[:, 0]
    assert np.all(joined[:4] == 0.0) and np.all(joined[8:] == 1.0)
    assert np.all(np.diff(joined[3:9]) > 0.0)
    np.testing.assert_allclose(joined[4:8] + joined[4:8][::-1], 1.0, atol=1e-6)


def test_windows_of_unknown_length_in_a_graph(rng):
    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)])
    def there_and_back(waveform):
        windows = split_windows(pad_to_multiple(waveform, 7, axis=0), 20, 6)
        return join_windows(windows, 6, tf.shape(waveform)[0])

    for num_samples in (3, 20, 45):
        waveform = rng.standard_normal([num_samples, 2]).astype(np.float32)
        np.testing.assert_allclose(there_and_back(waveform), waveform, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: frame(np.zeros(4), 0, 1), "frame_samples: got 0, expected a whole number above 0"),
        (lambda: overlap_add(np.zeros([2, 3]), 4), "got 4, expected at most 3, the frame's length"),
        (lambda: overlap_add(np.ones([2, 2]), 1, np.array([0.0, 1.0])), "expected 2 weights above"),
        (lambda: cross_fade_weights(8, 5), "overlap_samples: got 5, expected from 0 to half a win"),
        (lambda: pad_to_multiple(np.zeros(4), 0), "multiple_samples: got 0, expected a whole num"),
    ],
)
def test_bad_lengths_are_refused(call, message):
    with pytest.raises(InputError) as caught:
        call()
    assert message in str(caught.value)
