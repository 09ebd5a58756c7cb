"""The ranges of what MelGAN is configured with, and how its sections fit each other."""

import math
from dataclasses import fields, replace

import pytest

from tfgan_audio.audio.features import PRESETS, MelFeatures
from tfgan_audio.config import schema, speech_schema
from tfgan_audio.config.features_schema import MelFeaturesConfig
from tfgan_audio.config.loading import config_names, load_config
from tfgan_audio.config.melgan_schema import MelGANConfig, MelGANLossesConfig
from tfgan_audio.errors import InputError

SPEECH = speech_schema.SpeechDataConfig
PLACES = {"speech_dir": "s", "shards_dir": "x"}
ROOT = {"root_dir": "r", "shards_dir": "x"}
DATA = SPEECH(**PLACES)
EXPERIMENT = {"name": "n", "family": "melgan", "data": DATA}


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (MelGANConfig, {"base_channels": 0}, "base_channels: got 0, expected at least 1"),
        (MelGANConfig, {"upsample_factors": ()}, r"upsample_factors: got \[\], expected whole"),
        (MelGANConfig, {"upsample_factors": (8, 0)}, "upsample_factors: got"),
        (MelGANConfig, {"discriminator_strides": (4, -1)}, "discriminator_strides: got"),
        (MelGANConfig, {"discriminator_kernel_sizes": (5, 0)}, "discriminator_kernel_sizes: got"),
        (MelGANConfig, {"residual_layers": -1}, "residual_layers: got -1, expected at least 0"),
        (MelGANConfig, {"pqmf_cutoff": 1.0}, "pqmf_cutoff: got 1.0, expected above 0 and below 1"),
        (MelGANConfig, {"periods": (2, 3, 2)}, r"periods: got \[2, 3, 2\], expected .* each once"),
        (MelGANConfig, {"periods": (1,)}, "periods: got"),
        (MelGANLossesConfig, {"critic_steps": 0}, "critic_steps: got 0"),
        (MelGANLossesConfig, {"mel_l1_weight": -1.0}, "mel_l1_weight: got -1.0"),
        (MelGANLossesConfig, {"sub_band_stft_weight": math.inf}, "sub_band_stft_weight: got inf"),
        (SPEECH, PLACES | {"sample_rate_hz": 0}, "sample_rate_hz: got 0"),
        (
            SPEECH,
            PLACES | {"segment_samples": 8000},
            "segment_samples: got 8000, expected a multiple of features.hop_samples, 256",
        ),
        (SPEECH, PLACES | {"segment_samples": 0}, "segment_samples: got 0"),
        (SPEECH, PLACES | {"gain": (0.0, 1.0)}, "gain: got .*, expected two factors above 0, up"),
        (SPEECH, PLACES | {"gain": (0.5, 1.1)}, "gain: got"),
        (SPEECH, PLACES | {"gain": (0.9, 0.5)}, "gain: got .*, expected the lower number first"),
        (SPEECH, PLACES | {"num_validation_items": 0}, "num_validation_items: got 0"),
        (SPEECH, PLACES | {"validation_seconds": 0.0}, "validation_seconds: got 0.0"),
        (SPEECH, PLACES | {"validation_fraction": 1.0}, "validation_fraction: got 1.0"),
        (
            SPEECH,
            PLACES | {"sample_rate_hz": 8000, "features": MelFeaturesConfig(preset="hifigan")},
            r"features.fmax_hz: got 8000.0, expected .* at most half the rate \(4000\)",
        ),
        (
            SPEECH,
            PLACES | {"features": MelFeaturesConfig(window_samples=2048)},
            r"features.window_samples: got 2048, expected at most fft_samples \(1024\)",
        ),
        (
            speech_schema.PredictedDataConfig,
            {"reader": "r", "shards_dir": "x", "features": MelFeaturesConfig(standardize=True)},
            "features.standardize: got true, expected false, or mean and scale of a model",
        ),
        (
            speech_schema.PredictedDataConfig,
            {"reader": "r", "shards_dir": "x", "segment_samples": 8000},
            "segment_samples: got 8000, expected a multiple of features.hop_samples, 256",
        ),
        (
            speech_schema.VCTKDataConfig,
            ROOT | {"validation_speakers": ()},
            "validation_speakers: got .*, expected at least one speaker",
        ),
        (speech_schema.LibriTTSDataConfig, ROOT | {"training_parts": ()}, "training_parts: got"),
        (
            speech_schema.LibriTTSDataConfig,
            ROOT | {"validation_parts": ("train-clean-100",)},
            "validation_parts: got .*, expected parts that are not trained on",
        ),
        (
            MelFeaturesConfig,
            {"standardize": True, "mean": (0.0,) * 80, "scale": (1.0,) * 80},
            "standardize: got true, expected false beside mean, scale or normalised_elsewhere",
        ),
        (
            schema.OptimizerConfig,
            {"schedule": "halving"},
            r"halve_at_updates: got \[\], expected some with schedule: halving",
        ),
        (schema.OptimizerConfig, {"halve_at_updates": (5,)}, r"halve_at_updates: got \[5\]"),
        (
            schema.OptimizerConfig,
            {"schedule": "halving", "halve_at_updates": (5, 5)},
            "halve_at_updates: got .*, expected rising numbers of at least 1",
        ),
        (schema.OptimizerConfig, {"betas": (0.9, 1.0)}, "betas: got .*, expected two numbers from"),
    ],
)
def test_a_value_out_of_range_is_refused_by_its_key(kind: type, values: dict, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        kind(**values)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"model": MelGANConfig(upsample_factors=(5, 5, 3), num_bands=4)},
            "data.features.hop_samples: got 256, expected the product of model.upsample_factors "
            "times model.num_bands, 5 x 5 x 3 x 4 = 300",
        ),
        (
            {"losses": MelGANLossesConfig(adversarial_weight=0.0, feature_matching_weight=0.0)},
            "losses.adversarial_weight: got 0.0, expected above 0, or another weight above 0",
        ),
        (
            {"losses": MelGANLossesConfig(sub_band_stft_weight=1.0)},
            "losses.sub_band_stft_weight: got 1.0, expected null or 0: model.num_bands is 1",
        ),
        (
            {"train": schema.TrainConfig(adversarial_start_step=9)},
            "train.adversarial_start_step: got 9, expected 0, or a weight above 0 of what is",
        ),
    ],
)
def test_sections_that_do_not_fit_each_other_are_refused(changes: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        schema.MelGANExperiment(**EXPERIMENT | changes)
    assert str(caught.value).startswith(message)


def test_sections_that_fit_are_good() -> None:
    model = MelGANConfig(upsample_factors=(8, 4, 2), num_bands=4)
    losses = MelGANLossesConfig(adversarial_weight=0.0, sub_band_stft_weight=1.0)
    train = schema.TrainConfig(adversarial_start_step=9)
    config = schema.MelGANExperiment(**EXPERIMENT, model=model, losses=losses, train=train)
    assert config.model.hop_samples == 256


def test_keys_are_the_keywords_of_what_is_built_from_them() -> None:
    from tfgan_audio.models.melgan_sizes import MelGANSizes

    sizes = {field.name: field.default for field in fields(MelGANSizes)}
    assert vars(MelGANConfig()) == sizes


def test_features_are_those_of_the_convention_at_the_rate_of_the_data() -> None:
    for name, preset in PRESETS.items():
        assert MelFeaturesConfig(preset=name).features_at(22_050) == preset
    section = SPEECH(
        **PLACES,
        sample_rate_hz=16_000,
        segment_samples=8000,
        features=MelFeaturesConfig(preset="parallel_wavegan", hop_samples=200, num_mels=40),
    )
    expected = replace(
        PRESETS["parallel_wavegan"], sample_rate_hz=16_000, hop_samples=200, num_mels=40
    )
    assert section.mel_features == expected


@pytest.mark.parametrize(
    ("features", "preset"),
    [
        *[(features, name) for name, features in PRESETS.items()],
        (MelFeatures.preset("hifigan", fmax_hz=None, num_mels=100), "hifigan"),
        (MelFeatures.preset("tacotron2", sample_rate_hz=16_000), "tacotron2"),
        (
            MelFeatures.preset(
                "parallel_wavegan", hop_samples=300, mean=(0.5,) * 80, scale=(2.0,) * 80
            ),
            "parallel_wavegan",
        ),
        (MelFeatures.preset("parallel_wavegan", normalised_elsewhere=True), "parallel_wavegan"),
    ],
)
def test_a_definition_is_described_by_the_nearest_convention(features, preset: str) -> None:
    section = MelFeaturesConfig.of(features)
    assert section.preset == preset
    made = section.features_at(features.sample_rate_hz)
    assert made.fingerprint() == features.fingerprint()


def test_shipped_recipes_are_the_published_ones() -> None:
    paper = load_config("melgan_ljspeech")
    assert paper.model == MelGANConfig() and paper.losses == MelGANLossesConfig()
    assert paper.data.mel_features == PRESETS["melgan_official"]
    assert (paper.train.batch_size, paper.data.segment_samples) == (16, 8192)
    for name, rate_hz, factors in (
        ("mb_melgan_ljspeech", 22_050, (8, 4, 2)),
        ("mb_melgan_baker", 24_000, (5, 5, 3)),
    ):
        config = load_config(name)
        assert (config.data.sample_rate_hz, config.model.upsample_factors) == (rate_hz, factors)
        assert (config.model.base_channels, config.model.num_bands) == (384, 4)
        assert config.train.adversarial_start_step == 200_000
        assert config.data.features.standardize and config.data.mel_features.fmax_hz == 7600
    names = [name for name in config_names() if "melgan" in name]
    assert len(names) == 8 and all(load_config(name).family == "melgan" for name in names)


def test_a_tuned_vocoder_is_the_small_one_on_the_mels_of_the_small_reader() -> None:
    tuned, voice = load_config("mb_melgan_tuned"), load_config("mb_melgan_small")
    assert (tuned.model, tuned.losses) == (voice.model, voice.losses)
    reader = load_config("acoustic_small")
    assert tuned.data.mel_features == voice.data.mel_features == reader.data.mel_features
    with pytest.raises(InputError, match="data.gain: got a key of another kind"):
        load_config("mb_melgan_tuned", ["data.gain=[1, 1]"])
