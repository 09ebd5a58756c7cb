"""Small models of each family as TFLite files, and what to give them, for runs on devices.

python device_exports.py FOLDER WEIGHTS...
"""

import sys
from pathlib import Path

import keras
import numpy as np
from small_segan import make_model
from tiny_speakers import make_acoustic
from tiny_vocoders import make_melgan

import tfgan_audio as tga
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.models.wavegan import WaveGAN
from tfgan_audio.serving.tflite import export_tflite
from tfgan_audio.serving.trial import Trial


def make_windows() -> SEGAN:
    """A small enhancer of windows with noise that is far from leaving its input as it is."""
    keras.utils.set_random_seed(4)
    sizes = {"encoder_channels": (2, 3), "latent_channels": 3, "discriminator_channels": (3, 3)}
    model = SEGAN("segan_plus", slice_samples=256, kernel_size=7, **sizes)
    model.generator.set_weights([3 * weight for weight in model.generator.get_weights()])
    return model


LABELS = {"num_classes": 2, "label_names": ("kick", "snare"), "latent_dim": 5}


def make_spectra() -> SpecGAN:
    """A small generator of two kinds of sounds by way of their spectra."""
    keras.utils.set_random_seed(4)
    model = SpecGAN(base_channels=2, **LABELS)
    model.generator.set_weights([3 * weight for weight in model.generator.get_weights()])
    model.spectrum.deviation.assign(2.0 + 0.0 * model.spectrum.deviation)
    return model


def make_sounds() -> WaveGAN:
    """A small generator of two kinds of sounds that are loud."""
    keras.utils.set_random_seed(4)
    model = WaveGAN(slice_samples=1024, strides=(4, 4, 4), base_channels=8, **LABELS)
    model.generator.set_weights([3 * weight for weight in model.generator.get_weights()])
    return model


MODELS = {
    "segan": (make_model, None),
    "segan_step": (make_model, 1),
    "segan_windows": (make_windows, None),
    "melgan": (lambda: make_melgan("full band"), None),
    "melgan_step": (lambda: make_melgan("causal sub-bands"), 6),
    "wavegan": (make_sounds, None),
    "specgan": (make_spectra, None),
    "acoustic": (make_acoustic, None),
}
"""How to make each model, and the frames or blocks that its shapes are fixed to."""


def export_all(folder: Path, kinds_of_weights: list[str]) -> None:
    """Write NAME-WEIGHTS.tflite of all models, and inputs.npz.

    An acoustic model gets no integers: another machine might round a duration to another frame.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draws = np.random.default_rng(1)
    noisy = np.sin(np.arange(16_000) / 900) * draws.normal(0.0, 0.2, 16_000)
    inputs = {"noisy": noisy.astype(np.float32)}
    inputs["mel"] = draws.uniform(-4.5, -1.5, [50, 6]).astype(np.float32)
    for name, (make, fixed) in MODELS.items():
        model, exact = make(), folder / f"{name}-float32.tflite"
        export_tflite(model, exact, fixed=fixed)
        trial = Trial(tga.load(exact), [inputs["noisy"]], 16_000, lambda *_: {})
        for weights in kinds_of_weights:
            path = folder / f"{name}-{weights}.tflite"
            if path == exact or (name == "acoustic" and "int8" in weights):
                continue
            needed = trial if weights == "int8-full" else None
            export_tflite(model, path, weights, allow_loss=True, trial=needed, fixed=fixed)
    (sentence,) = tga.load(folder / "acoustic-float32.tflite").sentences("Good day!")
    np.savez(folder / "inputs.npz", **inputs, **sentence.inputs)


if __name__ == "__main__":
    export_all(Path(sys.argv[1]), sys.argv[2:])
