"""A small model, and what its exports gave."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from tfgan_audio.models.segan import SEGAN


@dataclass(frozen=True)
class Exported:
    """A model, its two artefacts and what their exports returned."""

    model: SEGAN
    saved_model: Path
    tflite: Path
    saved_model_figures: dict[str, float]
    tflite_figures: dict[str, float]

    def offline(self, waveform: np.ndarray) -> np.ndarray:
        """What the Keras network makes of a whole recording [T]."""
        return self.model.generator(waveform[None, :, None]).numpy()[0, :, 0]


def make_model(seed: int = 3, **sizes) -> SEGAN:
    """A small model whose mask is far from one everywhere."""
    keras.utils.set_random_seed(seed)
    model = SEGAN(channels=16, dilations=(1, 4), discriminator_channels=4, **sizes)
    draws = np.random.default_rng(seed)
    enhancer = model.generator.get_layer("enhancer")
    enhancer.set_weights([draws.normal(0.0, 0.2, weight.shape) for weight in enhancer.weights])
    return model


def change_step(monkeypatch, model: SEGAN, change) -> None:
    """Change what a step with histories returns; the offline network stays right."""
    enhancer = model.generator.get_layer("enhancer")
    step = enhancer.step

    def changed(blocks, histories=None):
        outputs = step(blocks, histories)
        return outputs if histories is None else change(*outputs)

    monkeypatch.setattr(enhancer, "step", changed)
