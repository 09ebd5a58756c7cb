"""A model from elsewhere as a run: used at once, and trained further."""

import json

import keras
import numpy as np
import pytest

import tfgan_audio as tga
from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.config.loading import load_config
from tfgan_audio.errors import InputError
from tfgan_audio.models.melgan import MelGAN
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.models.wavegan import WaveGAN
from tfgan_audio.training.imported_run import write_imported_run

SIZES = {
    "slice_samples": 1024,
    "encoder_channels": (2, 4),
    "latent_channels": 3,
    "discriminator_channels": (2, 2),
}


@pytest.fixture
def model() -> SEGAN:
    """A small model with settings of its own."""
    keras.utils.set_random_seed(8)
    model = SEGAN("segan_plus", sample_rate_hz=8000, skip="conv", **SIZES)
    model.compile(keras.optimizers.RMSprop(3e-4), waveform_l1_weight=0.0, waveform_l2_weight=7.0)
    return model


def test_it_is_used_like_any_run(tmp_path, model, rng) -> None:
    run = write_imported_run(model, tmp_path / "run", "mine", ["train.num_steps=7"])
    waveform = rng.uniform(-1, 1, 3000)
    expected = model.enhance(waveform[None, :, None])[0, :, 0]
    found = tga.load(run.path).enhance(waveform, 8000)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    config = load_config(run.config)
    assert config.train.num_steps == 7 and config.name == "mine"
    assert config.model.skip == "conv" and config.model.encoder_channels == (2, 4)
    assert config.losses.waveform_l2_weight == 7.0 and config.losses.waveform_l1_weight == 0.0
    assert config.optimizer.generator_learning_rate == 3e-4
    assert config.optimizer.discriminator_learning_rate == 5e-5
    assert config.data.sample_rate_hz == 8000 and config.data.segment_samples == 1024


def test_the_state_before_the_first_step_is_the_model(tmp_path, model) -> None:
    from tfgan_audio.factory import build_model
    from tfgan_audio.training.resumable_state import ResumableState

    run = write_imported_run(model, tmp_path / "run", "mine")
    fresh = build_model(load_config(run.config))
    assert ResumableState(run).restore(fresh).step == 0
    for one, other in zip(fresh.weights, model.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_refused(tmp_path, model) -> None:
    with pytest.raises(InputError, match="other sizes than the checkpoint's"):
        write_imported_run(model, tmp_path / "run", "mine", ["model.kernel_size=9"])
    assert not (tmp_path / "run").exists()
    write_imported_run(model, tmp_path / "run", "mine")
    with pytest.raises(InputError, match="a run there already"):
        write_imported_run(model, tmp_path / "run", "mine")


@pytest.fixture
def sounds_model() -> WaveGAN:
    """A small stereo model with settings of its own."""
    keras.utils.set_random_seed(8)
    model = WaveGAN(
        256, 5, 2, num_channels=2, strides=(4, 4), batch_norm=True, sample_rate_hz=8000,
        upsampling="nearest", postfilter_taps=6, phase_shuffle=1,
    )  # fmt: skip
    model.compile(keras.optimizers.Adam(3e-4), objective="lsgan", critic_steps=2)
    return model


def test_a_generator_of_sounds_is_used_like_any_run(tmp_path, sounds_model, rng) -> None:
    run = write_imported_run(sounds_model, tmp_path / "run", "mine", ["train.batch_size=7"])
    latents = rng.uniform(-1, 1, [3, 5])
    generator = tga.load(run.path)
    found = generator.generate(latents=latents)
    np.testing.assert_array_equal(found, sounds_model.render(latents))
    assert generator.sample_rate_hz == 8000 and found.shape == (3, 256, 2)
    config = load_config(run.config)
    assert config.train.batch_size == 7 and config.data.num_channels == 2
    assert config.model.strides == (4, 4) and config.model.upsampling == "nearest"
    assert (config.losses.objective, config.losses.critic_steps) == ("lsgan", 2)
    assert config.losses.gradient_penalty_weight == 0.0
    assert config.optimizer.generator_learning_rate == 3e-4
    assert config.optimizer.discriminator_learning_rate == 1e-4
    with pytest.raises(InputError, match="other sizes than the checkpoint's"):
        write_imported_run(sounds_model, tmp_path / "other", "mine", ["data.num_channels=1"])


@pytest.fixture
def vocoder() -> MelGAN:
    """A small model of features that no preset has."""
    keras.utils.set_random_seed(8)
    features = MelFeatures.preset(
        "parallel_wavegan", sample_rate_hz=16_000, hop_samples=300, num_mels=4, fmax_hz=None,
        mean=(-2.0, -1.0, 0.0, 1.0), scale=(1.0, 2.0, 3.0, 4.0),
    )  # fmt: skip
    model = MelGAN(
        features, base_channels=8, upsample_factors=(5, 15), residual_layers=1, num_bands=4,
        upsample_alignment="tensorflow", num_scales=2, discriminator_strides=(2, 2),
        discriminator_channels=4, discriminator_max_channels=8, periods=(2,),
    )  # fmt: skip
    model.compile(
        keras.optimizers.Adam(3e-4, 0.8, 0.99), keras.optimizers.Adam(1e-4, 0.8, 0.99),
        objective="lsgan", sub_band_stft_weight=0.5, adversarial_start_step=30,
    )  # fmt: skip
    return model


def test_a_vocoder_is_used_like_any_run(tmp_path, vocoder, rng) -> None:
    run = write_imported_run(vocoder, tmp_path / "run", "mine", ["data.speech_dir=voices"])
    mel = rng.uniform(-1, 0, [7, 4]).astype(np.float32)
    found = np.ravel(tga.load(run.path).vocode(mel))
    np.testing.assert_allclose(found, vocoder.vocode(mel[None])[0, :, 0], atol=1e-6)
    config = load_config(run.config)
    assert config.data.speech_dir == "voices" and config.data.segment_samples == 8400
    assert config.data.mel_features.fingerprint() == vocoder.features.fingerprint()
    assert config.model.periods == (2,) and config.model.upsample_alignment == "tensorflow"
    losses = config.losses
    assert (losses.objective, losses.sub_band_stft_weight, losses.mel_l1_weight) == (
        "lsgan", 0.5, 0.0,
    )  # fmt: skip
    assert losses.feature_matching_weight == vocoder.term_weights["feature_matching"]
    assert config.optimizer.generator_learning_rate == 3e-4
    assert config.optimizer.betas == (0.8, 0.99)
    assert config.train.adversarial_start_step == 30
    environment = json.loads(run.environment.read_text())
    assert environment["feature_fingerprint"] == vocoder.features.fingerprint()
