"""A source makes batches of its numbered elements, whatever they hold."""

import numpy as np
import pytest

from tfgan_audio.data.sources import Source
from tfgan_audio.errors import InputError


class Numbered(Source):
    """Waveforms and labels that tell their index."""

    def item(self, index: int) -> tuple[np.ndarray, ...]:
        return np.full((self.segment_samples, 2), index, np.float32), np.array(index, np.int32)


def test_a_batch_is_the_elements_of_its_step() -> None:
    waveforms, labels = Numbered(5, seed=0).batch(2, 3)
    assert (waveforms.shape, waveforms.dtype) == ((3, 5, 2), np.float32)
    assert labels.dtype == np.int32
    np.testing.assert_array_equal(labels, [6, 7, 8])
    np.testing.assert_array_equal(waveforms[:, 4, 1], [6, 7, 8])


def test_steps_share_no_element_and_leave_none_out() -> None:
    for batch_size in (1, 4, 6):
        labels = [Numbered(1, 0).batch(step, batch_size)[1] for step in range(12 // batch_size)]
        np.testing.assert_array_equal(np.concatenate(labels), range(12))


def test_no_elements_have_shapes_and_types_too() -> None:
    waveforms, labels = Numbered(5, 0).batch(0, 0)
    assert (waveforms.shape, labels.shape) == ((0, 5, 2), (0,))
    assert (waveforms.dtype, labels.dtype) == (np.float32, np.int32)


@pytest.mark.parametrize(("arguments", "name"), [((0, 0), "segment_samples"), ((9, -1), "seed")])
def test_arguments_out_of_range_are_named(arguments: tuple[int, int], name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: got {min(arguments)}, expected at least"):
        Numbered(*arguments)
