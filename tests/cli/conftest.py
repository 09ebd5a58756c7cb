"""Small models that make sounds, for the verbs that use them."""

import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def sound_models(tmp_path_factory) -> Path:
    """A folder with WaveGANs, `labelled.keras` and `plain.keras`, and a SpecGAN, `spectra.keras`.

    `segan.keras` is one of another family.
    """
    import keras
    import numpy as np

    from tfgan_audio.models.segan import SEGAN
    from tfgan_audio.models.specgan import SpecGAN
    from tfgan_audio.models.wavegan import WaveGAN

    keras.utils.set_random_seed(12)
    sizes = {"latent_dim": 4, "base_channels": 4, "sample_rate_hz": 8000}
    waves = {"slice_samples": 1024, "strides": (4, 4, 4), **sizes}
    models = {
        "labelled": WaveGAN(**waves, num_classes=3, label_names=("kick", "snare", "open/hat")),
        "plain": WaveGAN(**waves, num_channels=2, postfilter_taps=8),
        "spectra": SpecGAN(**sizes),
    }
    folder = tmp_path_factory.mktemp("sound_models")
    draws = np.random.default_rng(5)
    for name, model in models.items():
        for weight in model.generator.trainable_weights:  # loud, where 16 bits tell sounds apart
            weight.assign(weight + 0.1 * draws.standard_normal(weight.shape))
        model.save(folder / f"{name}.keras")
    SEGAN(channels=8, dilations=(1,), discriminator_channels=4).save(folder / "segan.keras")
    return folder


@pytest.fixture(scope="session")
def speaking_run(tmp_path_factory) -> Path:
    """The run folder of a small acoustic model of English, with its vocoder in it."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
    from tiny_speakers import save_pair

    folder = tmp_path_factory.mktemp("speaking")
    save_pair(folder)
    return folder
