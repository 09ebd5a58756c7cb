r"""Lay out the drum hits of the Hydrogen drum machine by class, to learn sounds with labels from.

The kits are Debian's packages hydrogen-drumkits and hydrogen-data, unpacked. A hit's class follows
from its file name. Two kits are left out: one of beats that a number tells apart, and one that
stays unheard as a test. So are files that can not be used. Files are linked, not copied.

    python benchmarks/drum_data.py --kits usr/share/hydrogen/data/drumkits --out data/drums

Then `tfgan-audio train wavegan_small data.labels=true data.balanced=true --run runs/drums`.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tfgan_audio.data.scan import FileReport, scan

LEFT_OUT = ("rumpf_kit_z01_h2", "The Black Pearl 1.0")
CLASSES = {  # the first that is found in a name
    "clap": r"clap",
    "snare": r"snare|(^|_)(sn|sd)\d?_",
    "kick": r"kick|bassdrum|(^|_)bd|hse_k_",
    "hihat": r"hat|(^|_)[co]?hh|^ho_",
    "tom": r"tom|^(tm\d?|t\d|ft)_",
    "cymbal": r"crash|ride|cymbal|china|splash|^(rd\d?|cc|rc|cra)_",
}


def class_of(file_name: str) -> str:
    """Tell the class of a hit by its file name, whose author may stand before "__"."""
    hit = file_name.rsplit("__")[-1].lower()
    matching = (name for name, pattern in CLASSES.items() if re.search(pattern, hit))
    return next(matching, "other")


def main() -> None:
    """Link every usable hit into the folder of its class."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kits", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    linked: dict[str, list[FileReport]] = {name: [] for name in (*CLASSES, "other")}
    for hit in scan(arguments.kits).files:
        kit, _, file_name = hit.name.partition("/")
        if kit in LEFT_OUT:
            continue
        if hit.problem:
            print(f"unusable: {hit.name}: {hit.problem}")
            continue
        folder = arguments.out / class_of(file_name)
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{kit}-{file_name}".replace(" ", "_").replace("/", "-")
        place.symlink_to((arguments.kits / hit.name).resolve())
        linked[folder.name].append(hit)
    linked["all"] = [hit for hits in linked.values() for hit in hits]
    for name, hits in linked.items():
        print(f"{name:<8}{len(hits):>5} hits{sum(hit.seconds for hit in hits) / 60:>7.1f} min")


if __name__ == "__main__":
    main()
