"""Trainings of a few seconds, on made sounds, for the tests of this folder and of `integration`."""

from __future__ import annotations

import functools
from pathlib import Path

from click.testing import CliRunner

from tfgan_audio.cli import main
from tfgan_audio.config.loading import load_config
from tfgan_audio.config.schema import ExperimentConfig
from tfgan_audio.data.synthetic import made_noise

# Everything in it has a state of its own to lose: averages, half precision, critic steps.
TINY = (
    "model.frame_samples=128",
    "model.hop_samples=64",
    "model.channels=8",
    "model.dilations=[1,2]",
    "model.discriminator_channels=8",
    "losses.critic_steps=2",
    "data.segment_samples=2000",
    # DNSMOS looks at 9 s, for which it repeats what is shorter.
    "data.validation_segment_samples=73600",
    "data.num_validation_items=1",
    "train.num_steps=16",
    "train.validate_every_steps=8",
    "train.precision=mixed_bfloat16",
    "train.ema_momentum=0.8",
    "train.adversarial_start_step=4",
)


def tiny_overrides(data_dir: Path) -> list[str]:
    """Return overrides of `smoke/segan`, after making the sounds where they are missing."""
    for role, seed in (("speech", 1), ("noise", 2)):
        made_noise(data_dir / role, seconds=1.0, seed=seed)
    return [f"data.{role}_dir={data_dir / role}" for role in ("speech", "noise", "shards")] + [
        *TINY
    ]


def tiny_config(data_dir: Path, *overrides: str) -> ExperimentConfig:
    """Return the configuration of a tiny training."""
    return load_config("smoke/segan", [*tiny_overrides(data_dir), *overrides])


@functools.cache
def finished_run(base: Path) -> Path:
    """Train by the command line, once a session, and return the folder of the run."""
    run = base / "tiny-runs" / "finished"
    arguments = ["train", "smoke/segan", *tiny_overrides(base / "tiny-data"), "--run", str(run)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{run / 'model.keras'}\n{run / 'report.html'}\n"
    return run
