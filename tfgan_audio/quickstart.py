"""The main job end to end: data, training, scores, exports, one page that shows it all."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tfgan_audio.config.loading import load_config
from tfgan_audio.data.synthetic import made_noise, made_speech
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.comparison import headline, table_text
from tfgan_audio.evaluation.report import Table
from tfgan_audio.loading import load
from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.tflite import export_tflite
from tfgan_audio.training.enhancement_report import write_enhancement_report
from tfgan_audio.training.run import TrainedRun, train


def quickstart(
    out_dir: str | os.PathLike,
    speech_dir: str | os.PathLike | None = None,
    noise_dir: str | os.PathLike | None = None,
    overrides: tuple[str, ...] = (),
    seed: int = 0,
    say: Callable[[str], None] = print,
) -> Path:
    """Train an enhancer, score it on held-out mixtures, export it and write one page.

    Started again with the same arguments it goes on where it stopped.

    Args:
        out_dir: Folder for everything.
        speech_dir: Folder of clean speech; None makes synthetic speech.
        noise_dir: Folder of noise; None makes noise.
        overrides: Changes of the configuration `segan_quickstart`, as "train.num_steps=2000".
        seed: Of data and training.
        say: Receives one line a stage.

    Returns:
        The page, `report.html` in `out_dir`.

    Raises:
        InputError: A folder that cannot be used.
    """
    started = time.monotonic()
    out_dir = Path(out_dir)
    if (speech_dir is None) != (noise_dir is None):
        missing = "speech_dir" if speech_dir is None else "noise_dir"
        raise InputError(missing, "none", "a folder: give both, or neither for made sounds")
    load_config("segan_quickstart", overrides)  # a slip in them is told before the work
    if speech_dir is None:
        say("Making speech and noise")
        speech_dir = made_speech(out_dir / "speech", seed=seed)
        # The babble in the noise must not be made of sentences that are held out.
        babble_dir = made_speech(out_dir / "babble", seconds=40, seed=seed + 1)
        noise_dir = made_noise(out_dir / "noise", seed=seed, speech_dir=babble_dir)
        origin = "synthetic speech and noise"
    else:
        origin = "your own speech and noise"
    folders = (
        f"data.speech_dir={str(speech_dir)!r}",
        f"data.noise_dir={str(noise_dir)!r}",
        f"data.shards_dir={str(out_dir / 'shards')!r}",
        f"seed={seed}",
    )
    config = load_config("segan_quickstart", (*folders, *overrides))
    say(f"Training for {config.train.num_steps} steps")
    run_dir = out_dir / "run"
    trained = train(config, run_dir, resume=(run_dir / "config.yaml").exists())
    say("Exporting and comparing with Keras")
    exports = _export(trained, out_dir / "export")
    page, scores = out_dir / "report.html", trained.scores
    write_enhancement_report(
        page,
        trained.folder,
        scores,
        title="Speech enhancement in a few minutes",
        subtitle=f"A causal SEGAN trained for {config.train.num_steps} steps on {origin}, scored "
        f"on {len(scores.recordings)} mixtures of speech and noise it never heard.",
        tables=[exports],
    )
    figure = headline("si_sdr", scores.before, scores.after)
    say(f"{figure.label}: {figure.value} ({figure.detail})")
    say(table_text(exports))
    say(f"{page} after {time.monotonic() - started:.0f} s")
    return page


def _export(trained: TrainedRun, folder: Path) -> Table:
    """Write both artefacts, each compared with Keras, and time all three."""
    tflite, saved_model = folder / "segan.tflite", folder / "segan" / "1"
    shutil.rmtree(saved_model, ignore_errors=True)
    rows = [["Keras", "–", "–", _real_time_factor(trained.folder.path)]]
    figures = export_tflite(trained.model, tflite)
    rows.append(_row("TFLite", tflite, figures["max_difference"]))
    figures = export_saved_model(trained.model, saved_model)
    rows.append(_row("SavedModel", saved_model, figures["max_difference"]))
    columns = ["Runtime", "Size", "Largest difference from Keras", "Real-time factor"]
    note = "Real-time factor: seconds of work per second of audio, streamed in 16 ms blocks."
    return Table("Exports", columns, rows, note)


def _row(name: str, path: Path, difference: float) -> list[str]:
    """One line of the table of exports."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    size_mb = sum(file.stat().st_size for file in files) / 1e6
    return [name, f"{size_mb:.1f} MB", f"{difference:.1e}", _real_time_factor(path)]


def _real_time_factor(path: Path) -> str:
    """Stream five seconds block by block, after a first second to warm up."""
    enhancer = load(path)
    stream = enhancer.stream()
    blocks = np.zeros([6 * enhancer.sample_rate_hz // 256, 256], np.float32)
    num_warm = len(blocks) // 6
    for block in blocks[:num_warm]:
        stream.process(block)
    started = time.perf_counter()
    for block in blocks[num_warm:]:
        stream.process(block)
    num_seconds = (len(blocks) - num_warm) * 256 / enhancer.sample_rate_hz
    return f"{(time.perf_counter() - started) / num_seconds:.3f}"
