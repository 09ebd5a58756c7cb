import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.bins import compare_bins


def test_shares_and_significance_by_hand():
    """50:50 against 70:30 of 100 each: z = 2.89; against 60:40: z = 1.42; the limit is 1.96."""
    reference = np.repeat([[0.0], [10.0]], 50, axis=0) + 0.01 * np.arange(100)[:, None]
    for share, ndb in ((0.7, 1.0), (0.6, 0.0)):
        estimate = np.where(np.arange(100) < 100 * share, 0.0, 10.0)[:, None]
        bins = compare_bins(reference, estimate, num_bins=2)
        assert sorted(bins.reference_shares) == [0.5, 0.5] and bins.ndb == ndb
        assert sorted(bins.estimate_shares) == pytest.approx([1 - share, share])
        assert bins.is_different.tolist() == [bool(ndb)] * 2


def test_sets_of_one_distribution_differ_in_one_bin_of_twenty(rng):
    sets = rng.normal(size=(2, 30, 1000, 3))
    found = [compare_bins(*pair, 16).ndb for pair in zip(*sets, strict=True)]
    # 480 tests at 0.05, not quite independent: 0.05 with a deviation of 0.01.
    assert np.mean(found) == pytest.approx(0.05, abs=0.03)


def test_distant_sets_differ_in_every_bin(rng):
    reference, estimate = rng.uniform(size=(2000, 2)), 50 + rng.uniform(size=(2000, 2))
    bins = compare_bins(reference, estimate, 10)
    assert bins.ndb == 1.0 and max(bins.estimate_shares) == 1.0
    assert compare_bins(reference, reference, 10).ndb == 0.0


def test_a_lost_mode_is_found(rng):
    """One of four far groups is missing: its bin and no fewer than it differ."""
    centres = 100 * np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    reference = (centres[:, None] + rng.normal(size=(4, 100, 2))).reshape(-1, 2)
    estimate = (centres[:3, None] + rng.normal(size=(3, 133, 2))).reshape(-1, 2)
    bins = compare_bins(reference, estimate, 4)
    assert bins.is_different[np.argmin(bins.estimate_shares)] and min(bins.estimate_shares) == 0


def test_repeatable_and_refused(rng):
    clips = rng.normal(size=(100, 3))
    first, second = (compare_bins(clips, clips[:60], 10, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.reference_shares, second.reference_shares)
    with pytest.raises(InputError, match="NDB: got 60 clips, expected at least 100 for 20 bins"):
        compare_bins(clips, clips[:60], 20)
    with pytest.raises(InputError, match="num_bins: got 1"):
        compare_bins(clips, clips, 1)
    with pytest.raises(InputError, match="got 5 different clips, expected at least 10 real"):
        compare_bins(clips[np.arange(100) % 5], clips, 10)
