"""Run all that `device_exports` wrote, where only NumPy and LiteRT are installed.

python device_results.py FOLDER results.npz
"""

import sys
from pathlib import Path

import numpy as np

import tfgan_audio as tga
from tfgan_audio.serving.speaker import Sentence


def result(path: Path, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """What a model makes of its input."""
    model = tga.load(path)
    if hasattr(model, "enhance"):
        return model.enhance(inputs["noisy"], model.sample_rate_hz)
    if hasattr(model, "vocode"):
        return model.vocode(inputs["mel"])
    if hasattr(model, "generate"):
        return np.stack(model.generate(2, seed=1, labels=["kick", "snare"]))
    sentence = {name: inputs[name] for name in inputs if name not in ("noisy", "mel")}
    vocoder = path.with_name("melgan-float32.tflite")
    return np.concatenate(
        list(model.speak_sentences([Sentence("", sentence, 0.0, False)], vocoder))
    )


def results(folder: Path) -> dict[str, np.ndarray]:
    """Those of all models, by the names of their files."""
    inputs = dict(np.load(folder / "inputs.npz"))
    return {path.stem: result(path, inputs) for path in sorted(folder.glob("*.tflite"))}


if __name__ == "__main__":
    np.savez(sys.argv[2], **results(Path(sys.argv[1])))
