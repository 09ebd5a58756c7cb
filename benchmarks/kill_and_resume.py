"""Kill trainings at random moments, resume each, and compare them with an undisturbed one.

    python benchmarks/kill_and_resume.py [--kills 10] [--seed 0] [--json FILE] [--work DIR]

Every training is a process of its own on a small experiment in which everything has a state:
averaged weights, a schedule, a discriminator that starts late and is updated twice a step. Half are
killed (SIGKILL) at moments drawn from equal parts of the time that the undisturbed training takes,
from start-up to scoring; half while a checkpoint is being written. Compared are the bits of all
weights and optimizer states, the history but for the seconds, samples and scores. The exit code is
1 if anything differs.
"""

import argparse
import csv
import io
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import h5py
import numpy as np

from tfgan_audio.data.synthetic import made_noise
from tfgan_audio.files import write_json

EXPERIMENT = (
    "model.channels=16",
    "model.dilations=[1,2]",
    "model.discriminator_channels=8",
    "losses.critic_steps=2",
    "losses.feature_matching_weight=1",
    "optimizer.schedule=cosine",
    "data.validation_segment_samples=73600",
    "data.num_validation_items=2",
    "train.num_steps=40",
    "train.batch_size=4",
    "train.validate_every_steps=8",
    "train.precision=mixed_bfloat16",
    "train.ema_momentum=0.9",
    "train.adversarial_start_step=12",
)
NUM_SAVES = 10  # large files that the training above is sure to write, two each validation


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10, help="trainings to kill")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--work", type=Path, help="folder that keeps the runs")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        rows = kill_and_resume(work, options.kills, random.Random(options.seed))
    if options.json:
        write_json(options.json, {"experiment": EXPERIMENT, "kills": rows})
    num_equal = sum(not row["differences"] for row in rows)
    print(f"{num_equal} of {len(rows)} resumed trainings equal the undisturbed one")
    return 0 if num_equal == len(rows) else 1


def kill_and_resume(work: Path, num_kills: int, draws: random.Random) -> list[dict]:
    """Train undisturbed once, then with a kill each, and return a row for each kill."""
    for name, seed in (("speech", 1), ("noise", 2)):
        made_noise(work / name, seconds=1.0, seed=seed)
    undisturbed = work / "undisturbed"
    started = time.monotonic()
    finish(start(work, undisturbed))
    seconds = time.monotonic() - started
    print(f"undisturbed: {seconds:.1f} s", flush=True)
    rows = []
    for number in range(num_kills):
        run = work / f"kill-{number:02d}"
        if number % 2:
            before, delay = draws.randrange(NUM_SAVES), draws.uniform(0, 0.02)
            waited = kill_while_saving(work, run, before, delay)
        else:
            part = (number + draws.uniform(0, 2)) / (num_kills + num_kills % 2)
            waited = kill_after(work, run, part * seconds)
        row = {"kill": number, "killed": waited, "found": found(run)}
        finish(start(work, run))
        rows.append(row | {"differences": differences(undisturbed, run)})
        verdict = ", ".join(rows[-1]["differences"]) or "equal"
        print(f"{number:>4}  {waited:<34}  {row['found']:<52}  {verdict}", flush=True)
    return rows


def start(work: Path, run: Path) -> subprocess.Popen:
    """Start a training, or go on with one: the command line is the same."""
    folders = [f"data.{name}_dir={work / name}" for name in ("speech", "noise", "shards")]
    command = [sys.executable, "-m", "tfgan_audio", "train", "smoke/segan", *folders, *EXPERIMENT]
    return subprocess.Popen(
        [*command, "--run", str(run), "--resume"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen) -> None:
    """Wait for a training that must end well."""
    _, stderr = process.communicate()
    if process.returncode:
        raise SystemExit(f"the training failed with {process.returncode}: {stderr[-1000:]}")


def kill_after(work: Path, run: Path, seconds: float) -> str:
    """Kill a training after so many seconds, or sooner if it has ended by then."""
    started = time.monotonic()
    process = start(work, run)
    return _kill(process, lambda: time.monotonic() - started >= seconds) or f"after {seconds:.2f} s"


def kill_while_saving(work: Path, run: Path, num_before: int, delay: float) -> str:
    """Kill a training shortly after it has begun to write one of its checkpoints."""
    seen: set[Path] = set()

    def is_due() -> bool:
        seen.update((run / "checkpoints").glob(".partial-*"))
        if len(seen) <= num_before:
            return False
        time.sleep(delay)
        return True

    waited = f"{1000 * delay:.1f} ms into file {num_before + 1}"
    return _kill(start(work, run), is_due) or waited


def _kill(process: subprocess.Popen, is_due: Callable[[], bool]) -> str | None:
    """Kill a process when it is time; tell if it has ended before."""
    with process:
        while process.poll() is None and not is_due():
            time.sleep(0.0005)
        process.kill()
    return "ended before" if process.returncode == 0 else None


def found(run: Path) -> str:
    """Describe what a killed training has left."""
    if not (run / "config.yaml").exists():
        return "not begun"
    state = run / "checkpoints" / "state.json"
    step = json.loads(state.read_text())["step"] if state.exists() else 0
    unfinished = sorted(path.name[17:] for path in run.rglob(".partial-*"))
    stage = "scoring" if (run / "model.keras").exists() else f"step {step} saved"
    return ", ".join([stage, *(f"part of {name}" for name in unfinished)])


def differences(reference: Path, run: Path) -> list[str]:
    """Name what differs between two finished runs."""
    readers: dict[str, Callable[[Path], object]] = {
        "checkpoints/state.json": _state,
        "checkpoints/*.keras": _arrays,
        "model.keras": _arrays,
        "history.csv": _history,
        "report.json": Path.read_bytes,
        "samples/*.wav": Path.read_bytes,
    }
    differing = []
    for pattern, read in readers.items():
        ours, theirs = (
            {path.name: read(path) for path in sorted(folder.glob(pattern))}
            for folder in (run, reference)
        )
        if not theirs or ours != theirs:
            differing.append(pattern)
    return differing + [f"leftover {path.name}" for path in run.rglob(".*partial*")]


def _arrays(path: Path) -> dict[str, tuple]:
    """Every array of a `.keras` file, as type, shape and bytes."""
    arrays = {}

    def visit(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            values = np.asarray(item)
            arrays[name] = (values.dtype.str, values.shape, values.tobytes())

    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content) as file:
        file.visititems(visit)
    return arrays


def _history(path: Path) -> list[dict]:
    """Rows without the column that measures time."""
    with path.open(newline="") as file:
        return [{**row, "seconds": None} for row in csv.DictReader(file)]


def _state(path: Path) -> dict:
    """Progress without what measures time."""
    content = json.loads(path.read_text())
    return content | {"history": [{**row, "seconds": None} for row in content["history"]]}


if __name__ == "__main__":
    sys.exit(main())
