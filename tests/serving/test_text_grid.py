"""TextGrid files, read by another program's parser and as written by hand."""

import pytest

from tfgan_audio.serving.text_grid import Interval, covering, text_grid

TIERS = {
    "words": [Interval(0.1, 0.5, "say"), Interval(0.5, 0.75, '"hi"')],
    "phones": [Interval(0.1, 0.2, "s"), Interval(0.2, 0.5, "ˈeɪ"), Interval(0.5, 0.75, "h")],
}
BY_HAND = '''File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1.0
tiers? <exists>
size = 1
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 1.0
        intervals: size = 4
        intervals [1]:
            xmin = 0.0
            xmax = 0.1
            text = ""
        intervals [2]:
            xmin = 0.1
            xmax = 0.5
            text = "say"
        intervals [3]:
            xmin = 0.5
            xmax = 0.75
            text = """hi"""
        intervals [4]:
            xmin = 0.75
            xmax = 1.0
            text = ""
'''


def test_a_file_as_praat_has_it() -> None:
    assert text_grid({"words": TIERS["words"]}, 1.0) == BY_HAND


def test_another_program_reads_it(tmp_path) -> None:
    textgrid = pytest.importorskip("praatio.textgrid")
    path = tmp_path / "a.TextGrid"
    path.write_text(text_grid(TIERS, 1.0), encoding="utf-8")
    found = textgrid.openTextgrid(str(path), includeEmptyIntervals=False)
    assert found.tierNames == ("words", "phones") and found.maxTimestamp == 1.0
    for name, intervals in TIERS.items():
        expected = [(one.start_seconds, one.end_seconds, one.label) for one in intervals]
        assert [tuple(entry) for entry in found.getTier(name).entries] == expected


def test_intervals_cover_everything_without_empty_ones() -> None:
    whole = covering([Interval(0.0, 0.5, "a"), Interval(0.5, 0.5, "b"), Interval(0.5, 1.0, "c")], 1)
    assert [one.label for one in whole] == ["a", "c"]
    for intervals in TIERS.values():
        whole = covering(intervals, 1.0)
        assert whole[0].start_seconds == 0.0 and whole[-1].end_seconds == 1.0
        assert all(a.end_seconds == b.start_seconds for a, b in zip(whole, whole[1:]))
