"""What can be exported of a model, whatever its family.

Each family's file makes the signatures, and what an artefact of them is compared with.
"""

from __future__ import annotations

import keras
import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.serving.exportable_enhancers import ExportableEnhancer, ExportableWindowEnhancer
from tfgan_audio.serving.exportable_sounds import ExportableSounds
from tfgan_audio.serving.exportable_speech import ExportableAcousticModel
from tfgan_audio.serving.exportable_vocoder import ExportableVocoder, ExportableVocoderStep

Arrays = dict[str, np.ndarray]

Exportable = (
    ExportableEnhancer
    | ExportableWindowEnhancer
    | ExportableVocoder
    | ExportableVocoderStep
    | ExportableSounds
    | ExportableAcousticModel
)


def exportable(model: keras.Model) -> Exportable:
    """Return what can be exported of a model.

    Args:
        model: SEGAN, MelGAN, WaveGAN, SpecGAN or AcousticModel.

    Raises:
        InputError: Another model.
    """
    if hasattr(model, "variant"):
        kind = ExportableEnhancer if model.variant == "causal" else ExportableWindowEnhancer
        return kind(model)
    if hasattr(model, "vocode"):
        return ExportableVocoder(model)
    if hasattr(model, "render"):
        return ExportableSounds(model)
    if hasattr(model, "predict_mel"):
        return ExportableAcousticModel(model)
    expected = "a SEGAN, MelGAN, WaveGAN, SpecGAN or AcousticModel"
    raise InputError("model", f"a {type(model).__name__}", expected)
