r"""Lay out the recordings that the default enhancer is trained on, and those it is judged by.

Speech: LibriSpeech (one clip each of 251 speakers; every eighth speaker is held out), and some
sentences each of a German and a Russian voice. Noise: ESC-10 (fold 5 is held out), drum loops and
textures of Sonic Pi, and made noises, babble of the training speech among them. Rooms are made
while training; recorded impulse responses are for judging alone. Files are linked, not copied.

    python benchmarks/default_enhancer_data.py --libri DIR --esc10 DIR --rir DIR \
        [--german DIR] [--russian DIR] [--loops DIR] --out DIR

`--libri` and `--esc10` hold a `metadata.csv` with the columns file, speaker and file, class, fold,
separated by "|". The others are folders of recordings.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from tfgan_audio.audio.io import find_audio, read_info
from tfgan_audio.data.synthetic import made_noise

HELD_OUT_SPEAKER = 8  # one in so many
HELD_OUT_FOLD = "5"
NUM_SENTENCES = 60
SHORTEST_LOOP_SECONDS = 1.5
MADE_SECONDS = 4500.0


def rows(folder: Path) -> list[dict[str, str]]:
    """Read a pack's table."""
    with (folder / "metadata.csv").open(newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


def link(source: Path, folder: Path) -> None:
    """Put a recording into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / source.name).symlink_to(source.resolve())


def main() -> None:
    """Make the folders train/{speech,noise} and test/{speech,noise,rir}."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("libri", "esc10", "rir", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("german", "russian", "loops"):
        parser.add_argument(f"--{name}", type=Path)
    arguments = parser.parse_args()
    train, test = arguments.out / "train", arguments.out / "test"

    libri = rows(arguments.libri)
    speakers = sorted({row["speaker"] for row in libri})
    held_out = set(speakers[::HELD_OUT_SPEAKER])
    for row in libri:
        side = test if row["speaker"] in held_out else train
        link(arguments.libri / row["file"], side / "speech" / row["speaker"])
    for name in ("german", "russian"):
        folder = getattr(arguments, name)
        for path in find_audio(folder)[:NUM_SENTENCES] if folder else []:
            link(path, train / "speech" / name)
    for row in rows(arguments.esc10):
        side = test if row["fold"] == HELD_OUT_FOLD else train
        link(arguments.esc10 / row["file"], side / "noise" / row["class"])
    for path in find_audio(arguments.loops) if arguments.loops else []:
        info = read_info(path)
        if info.num_samples > SHORTEST_LOOP_SECONDS * info.sample_rate_hz:
            link(path, train / "noise" / "loops")
    made_noise(train / "noise" / "made", MADE_SECONDS, speech_dir=train / "speech")
    for path in find_audio(arguments.rir):
        link(path, test / "rir")
    for folder in (train / "speech", train / "noise", test / "speech", test / "noise"):
        print(f"{folder}: {len(find_audio(folder))} recordings")


if __name__ == "__main__":
    main()
