"""A tiny acoustic model and a vocoder of the same mels."""

from pathlib import Path

import keras
from tiny_vocoders import make_melgan

from tfgan_audio.models.acoustic import AcousticModel
from tfgan_audio.text.symbols import SymbolTable


def make_acoustic(**changes) -> AcousticModel:
    """An acoustic model of English with drawn weights, which differ enough to be heard."""
    keras.utils.set_random_seed(4)
    symbols = SymbolTable.of_languages(["en"]).get_config()
    sizes = {"width": 16, "num_encoder_blocks": 1, "num_decoder_blocks": 1}
    sizes |= {"feed_forward_channels": 16, "predictor_channels": 16, "discriminator_channels": 4}
    names = {"speakers": ("amy", "bob"), "languages": ("en", "zh"), "styles": ("calm", "angry")}
    features = make_melgan("full band").features
    model = AcousticModel(symbols, features, **{**sizes, **names, **changes})
    model.generator.get_layer("duration_output").bias.assign([1.5])  # about four frames a symbol
    mel = model.generator.get_layer("mel_output")
    mel.kernel.assign(0.3 * mel.kernel)
    mel.bias.assign([-2.5] * features.num_mels)
    return model


def save_pair(folder: Path) -> AcousticModel:
    """Save a model as a run with its vocoder in it."""
    model = make_acoustic()
    model.save(folder / "model.keras")
    make_melgan("full band").save(folder / "vocoder.keras")
    return model
