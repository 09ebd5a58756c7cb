import numpy as np

from tfgan_audio.evaluation.comparison import (
    changes,
    headline,
    score_table,
    spread_names,
    table_text,
)
from tfgan_audio.evaluation.results import FileScore, Scores


def make_scores(values, names="abcdefgh", left_out=None):
    files = [
        FileScore(name, {"si_sdr": value}, {} if np.isfinite(value) else {"si_sdr": "silent"})
        for name, value in zip(names, values, strict=False)
    ]
    return Scores(("si_sdr",), tuple(files), left_out or {})


def test_changes_pair_by_name_and_skip_nan():
    before = make_scores([1.0, 2.0, np.nan, 4.0])
    after = make_scores([9.0, 5.0, 2.0, 2.5, 8.0], names="xbacd")
    np.testing.assert_array_equal(changes(before, after, "si_sdr"), [3.0, 1.0, 4.0])


def test_table_of_one_set():
    table = score_table({"estimate": make_scores([1.0, 3.0, np.nan])})
    assert list(table.columns) == ["Metric", "Mean", "95 % interval", "Files"]
    assert [list(row) for row in table.rows] == [["SI-SDR", "2.00 dB", "1.00 to 3.00", "2 of 3"]]
    assert "could score: 1" in table.note


def test_table_of_before_and_after():
    left_out = {"pesq_wb": "pesq_wb: got no package pesq"}
    before, after = make_scores([0.0, 1.0]), make_scores([4.0, 5.0], left_out=left_out)
    table = score_table({"noisy": before, "enhanced": after})
    assert table.columns[1:4] == ["noisy", "enhanced", "Change"]
    row = ["SI-SDR", "0.50 dB", "4.50 dB", "+4.00 dB", "+4.00 to +4.00", "2 of 2"]
    assert [list(row) for row in table.rows] == [row]
    assert "no package pesq" in table.note


def test_means_are_of_the_files_both_could_score():
    before, after = make_scores([0.0, 100.0]), make_scores([4.0, np.nan])
    row = score_table({"noisy": before, "enhanced": after}).rows[0]
    assert list(row[1:4]) == ["0.00 dB", "4.00 dB", "+4.00 dB"] and row[-1] == "1 of 2"
    assert headline("si_sdr", before, after).value == "0.00 → 4.00 dB"
    nothing = headline("si_sdr", before, make_scores([np.nan, np.nan]))
    assert (nothing.value, nothing.detail) == ("– → –", "– on 0 files")


def test_table_where_nothing_could_be_scored():
    table = score_table({"noisy": make_scores([1.0]), "enhanced": make_scores([np.nan])})
    assert list(table.rows[0]) == ["SI-SDR", "–", "–", "–", "–", "0 of 1"]


def test_headline_says_from_and_to():
    line = headline("si_sdr", make_scores([0.0, 1.0]), make_scores([4.0, 5.0]))
    assert (line.label, line.value) == ("SI-SDR", "0.50 → 4.50 dB")
    assert line.detail == "+4.00 dB on 2 files"


def test_examples_span_the_scores():
    scores = make_scores([3.0, 9.0, 2.0, np.nan, -1.0], names="abcde")
    assert spread_names(scores, "si_sdr", 2) == ["b", "e"]
    assert spread_names(scores, "si_sdr", 4) == spread_names(scores, "si_sdr", 9) == list("bace")
    assert spread_names(make_scores([np.nan]), "si_sdr") == []


def test_text_lines_up():
    lines = table_text(score_table({"estimate": make_scores([1.0, 3.0])})).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[0].startswith("Metric") and lines[2].endswith("2 of 2")
