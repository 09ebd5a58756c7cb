import csv
import io

import numpy as np
import pytest
from scipy import stats

from tfgan_audio.evaluation.results import FileScore, Scores, bootstrap_interval, pair_scores

NAN = float("nan")


@pytest.fixture
def scores():
    return Scores(
        ("si_sdr", "pesq_wb"),
        (
            FileScore("a/x", {"si_sdr": 1.0, "pesq_wb": 2.0}, {}, 23, 100, 120, 97),
            FileScore("b", {"si_sdr": 3.0, "pesq_wb": NAN}, {"pesq_wb": "no speech, at all"}),
        ),
        {"stoi": "stoi: got no package pystoi"},
    )


def test_mean_leaves_out_what_could_not_be_scored(scores):
    assert scores.mean("si_sdr") == 2.0 and scores.count("si_sdr") == 2
    assert scores.mean("pesq_wb") == 2.0 and scores.count("pesq_wb") == 1
    assert scores.unscored() == ["b: no speech, at all (pesq_wb)"]


def test_dictionary_is_the_published_schema(scores):
    low, high = bootstrap_interval(np.array([1.0, 3.0]))
    assert 1.0 <= low < 2.0 < high <= 3.0
    assert scores.as_dict() == {
        "mean": {"si_sdr": 2.0, "pesq_wb": 2.0},
        "interval_95": {"si_sdr": [low, high], "pesq_wb": [None, None]},
        "files": {"a/x": {"si_sdr": 1.0, "pesq_wb": 2.0}, "b": {"si_sdr": 3.0, "pesq_wb": None}},
        "lag_samples": {"a/x": 23},
        "left_out": {"stoi": "stoi: got no package pystoi"},
    }


def test_mean_of_nothing_is_null():
    scores = Scores(("stoi",), (FileScore("a", {"stoi": NAN}, {"stoi": "too short"}),))
    assert scores.as_dict()["mean"] == {"stoi": None}


def test_csv_has_a_row_per_file(scores):
    rows = list(csv.DictReader(io.StringIO(scores.to_csv())))
    assert [row["name"] for row in rows] == ["a/x", "b"]
    assert float(rows[0]["si_sdr"]) == 1.0 and int(rows[0]["lag_samples"]) == 23
    assert int(rows[0]["scored_samples"]) == 97
    assert rows[1]["pesq_wb"] == "" and "no speech, at all" in rows[1]["not_scored"]


def test_interval_agrees_with_scipy(rng):
    values = rng.gamma(2.0, size=60)
    low, high = bootstrap_interval(values, num_resamples=5000)
    other = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=5000, random_state=1
    ).confidence_interval
    spread = values.std() / np.sqrt(60)
    assert low == pytest.approx(other.low, abs=0.1 * spread)
    assert high == pytest.approx(other.high, abs=0.1 * spread)


def test_interval_is_seeded_and_leaves_nan_out(rng):
    values = rng.standard_normal(30)
    assert bootstrap_interval(values) == bootstrap_interval(np.append(values, NAN))
    assert bootstrap_interval(values) != bootstrap_interval(values, seed=1)
    assert np.isnan(bootstrap_interval(values[:1])).all()


def test_pairing_keeps_what_both_have(scores):
    other = Scores(
        ("stoi", "si_sdr"),
        (
            FileScore("c", {"si_sdr": 7.0, "stoi": 0.5}),
            FileScore("b", {"si_sdr": NAN, "stoi": 0.5}, {"si_sdr": "silent"}),
            FileScore("a/x", {"si_sdr": 5.0, "stoi": 0.5}),
        ),
    )
    before, after = pair_scores(scores, other)
    assert before.metrics == after.metrics == ("si_sdr",)
    assert [file.name for file in before.files] == [file.name for file in after.files]
    np.testing.assert_array_equal(before.values("si_sdr"), [NAN, 1.0])
    np.testing.assert_array_equal(after.values("si_sdr"), [NAN, 5.0])
    assert after.unscored() == ["b: silent (si_sdr)"]
