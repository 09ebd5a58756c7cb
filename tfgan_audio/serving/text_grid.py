"""TextGrid files of Praat: labelled intervals of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A labelled part of a recording.

    Args:
        start_seconds: Where it starts.
        end_seconds: Where it ends.
        label: What is said there.
    """

    start_seconds: float
    end_seconds: float
    label: str


def text_grid(tiers: Mapping[str, Sequence[Interval]], end_seconds: float) -> str:
    """Return a TextGrid in Praat's long format.

    Args:
        tiers: Intervals of each tier by name, in order and without overlap; what lies between them
            gets an empty label, as each tier has to cover everything.
        end_seconds: Length of the recording.

    Returns:
        The text of the file.

    Reference:
        Praat's manual, "TextGrid file formats".
    """
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    lines += ["xmin = 0", f"xmax = {end_seconds!r}", "tiers? <exists>", f"size = {len(tiers)}"]
    lines.append("item []:")
    for number, (name, intervals) in enumerate(tiers.items(), start=1):
        whole = covering(intervals, end_seconds)
        lines += [f"    item [{number}]:", '        class = "IntervalTier"']
        lines += [f"        name = {_quoted(name)}", "        xmin = 0"]
        lines += [f"        xmax = {end_seconds!r}", f"        intervals: size = {len(whole)}"]
        for place, interval in enumerate(whole, start=1):
            lines += [
                f"        intervals [{place}]:",
                f"            xmin = {interval.start_seconds!r}",
                f"            xmax = {interval.end_seconds!r}",
                f"            text = {_quoted(interval.label)}",
            ]
    return "\n".join(lines) + "\n"


def covering(intervals: Sequence[Interval], end_seconds: float) -> list[Interval]:
    """Return intervals with empty ones between them, from 0 to the end.

    Args:
        intervals: In order, without overlap.
        end_seconds: The end.

    Example:
        >>> [one.label for one in covering([Interval(0.5, 1.0, "a")], 1.0)]
        ['', 'a']
    """
    whole, reached = [], 0.0
    for interval in [*intervals, Interval(end_seconds, end_seconds, "")]:
        if interval.start_seconds > reached:
            whole.append(Interval(reached, interval.start_seconds, ""))
        if interval.end_seconds > interval.start_seconds:
            whole.append(interval)
        reached = interval.end_seconds
    return whole


def _quoted(text: str) -> str:
    """Return a text in quotation marks, those inside doubled."""
    return '"' + text.replace('"', '""') + '"'
