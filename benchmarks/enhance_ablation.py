r"""What each term of the generator's loss does to speech enhancement: all of them, then one less.

Every variant trains for the same steps on the data of `segan_default`, from the same seed. The
weights make each reconstruction term about 1 for a mixture as it is. Run it where the folder `data`
is that `default_enhancer_data.py` has made; started again it goes on.

    python benchmarks/enhance_ablation.py --out DIR [--steps 2000] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from enhance_quality import (
    METRIC_NAMES,
    RATE_HZ,
    Pairs,
    make_mixtures,
    print_table,
    row,
    run_system,
)

from tfgan_audio.config.loading import load_config
from tfgan_audio.evaluation.scoring import score_pairs
from tfgan_audio.files import write_json
from tfgan_audio.loading import load, load_trained
from tfgan_audio.training.run import train

WEIGHTS = {
    "adversarial_weight": 0.1,
    "waveform_l1_weight": 60.0,
    "waveform_l2_weight": 800.0,
    "time_frequency_l1_weight": 3.0,
    "time_frequency_l2_weight": 2.0,
}
OFF = {
    "snr_weight": 0.0,
    "magnitude_l1_weight": 0.0,
    "compressed_spectral_weight": 0.0,
    "stoi_weight": 0.0,
}
LEFT_OUT = {
    "all terms": (),
    "no adversarial term": ("adversarial_weight",),
    "no waveform L1": ("waveform_l1_weight",),
    "no waveform L2": ("waveform_l2_weight",),
    "no time-frequency terms": ("time_frequency_l1_weight", "time_frequency_l2_weight"),
}
SNR_DB = 5.0


def train_variant(name: str, num_steps: int, out_dir: Path) -> Path:
    """Train without some terms, or go on with that; return the folder of the run."""
    weights = {key: 0.0 if key in LEFT_OUT[name] else value for key, value in WEIGHTS.items()}
    overrides = [f"losses.{key}={value}" for key, value in (OFF | weights).items()]
    steps = [f"train.num_steps={num_steps}", f"train.validate_every_steps={num_steps // 4}"]
    start = "train.adversarial_start_step=0"
    config = load_config("segan_default", (*overrides, *steps, start, "model.recurrent=false"))
    run_dir = out_dir / name.replace(" ", "-")
    train(config, run_dir, resume=run_dir.exists())
    return run_dir


def figures_of(run_dir: Path, mixtures: Pairs) -> dict:
    """Score the best model of a run."""
    enhancer = load(run_dir)
    estimates, factor = run_system(lambda noisy: enhancer.enhance(noisy, RATE_HZ), mixtures)
    return row(score_pairs(estimates, METRIC_NAMES, num_workers=2)) | {
        "real_time_factor": factor,
        "num_parameters": load_trained(run_dir).generator.count_params(),
    }


def main() -> None:
    """Train and score every variant, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs")
    parser.add_argument("--steps", type=int, default=2000, help="of every variant")
    parser.add_argument("--items", type=int, default=48, help="mixtures of the test")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    arguments = parser.parse_args()
    runs = {name: train_variant(name, arguments.steps, arguments.out) for name in LEFT_OUT}
    mixtures = make_mixtures(
        Path("data/test/speech"), Path("data/test/noise"), None, SNR_DB, arguments.items
    )
    results = {name: figures_of(run_dir, mixtures) for name, run_dir in runs.items()}
    print_table(f"{SNR_DB:g} dB, {arguments.steps} steps", results)
    if arguments.json:
        write_json(arguments.json, {"num_steps": arguments.steps, "variants": results})


if __name__ == "__main__":
    main()
