"""Make the file that the package ships of a trained model: small, without optimizers.

    python benchmarks/default_weights.py runs/enhancer tfgan_audio/weights/default.keras
    python benchmarks/default_weights.py runs/reader tfgan_audio/weights/speaker/model.keras
    python benchmarks/default_weights.py runs/voice tfgan_audio/weights/speaker/vocoder.keras

Weights are rounded to half precision, still stored as float32: their last 13 bits are then zeros,
which the archive packs away.
"""

from __future__ import annotations

import argparse
import os
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from tfgan_audio.files import replacing
from tfgan_audio.loading import load_trained


def rounded(model: keras.Model) -> keras.Model:
    """Return a model with the weights of another in half precision, and no optimizers."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights([weight.astype(np.float16) for weight in model.get_weights()])
    return copy


def main() -> None:
    """Load, round, pack."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, help="run folder or .keras file")
    parser.add_argument("out", type=Path, help=".keras file to write")
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(arguments.out) as partial:
        rounded(load_trained(arguments.run)).save(partial)
        with zipfile.ZipFile(partial) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
