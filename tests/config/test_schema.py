"""The ranges of the configuration's values."""

import dataclasses
from typing import get_type_hints

import pytest

from tfgan_audio.config import schema, segan_schema
from tfgan_audio.config.mix_schema import MixConfig
from tfgan_audio.errors import InputError

MIXTURES = {"speech_dir": "s", "noise_dir": "n", "shards_dir": "x"}
PAIRS = {"noisy_dir": "n", "clean_dir": "c", "shards_dir": "x"}
VOICEBANK = {"root_dir": "v", "shards_dir": "x"}
MIX = {"name": "m", "speech_dir": "s", "noise_dir": "n"}
DATA = schema.MixturesDataConfig(**MIXTURES)


@pytest.mark.parametrize(
    ("kind", "values", "key"),
    [
        (segan_schema.SEGANCausalConfig, {"channels": 0}, "channels"),
        (segan_schema.SEGANCausalConfig, {"frame_samples": 96, "hop_samples": 32}, "frame_samples"),
        (segan_schema.SEGANCausalConfig, {"dilations": ()}, "dilations"),
        (segan_schema.SEGANCausalConfig, {"dilations": (1, 0)}, "dilations"),
        (segan_schema.SEGANLossesConfig, {"snr_weight": -0.1}, "snr_weight"),
        (segan_schema.SEGANLossesConfig, {"snr_weight": float("nan")}, "snr_weight"),
        (
            segan_schema.SEGANLossesConfig,
            {"adversarial_weight": float("inf")},
            "adversarial_weight",
        ),
        (segan_schema.SEGANLossesConfig, {"critic_steps": 0}, "critic_steps"),
        (schema.OptimizerConfig, {"generator_learning_rate": 0.0}, "generator_learning_rate"),
        (schema.MixturesDataConfig, MIXTURES | {"snr_db": (15.0, -5.0)}, "snr_db"),
        (schema.MixturesDataConfig, MIXTURES | {"snr_db": (0.0, float("inf"))}, "snr_db"),
        (schema.MixturesDataConfig, MIXTURES | {"level_dbfs": (-20.0, 0.5)}, "level_dbfs"),
        (schema.MixturesDataConfig, MIXTURES | {"sample_rate_hz": 0}, "sample_rate_hz"),
        (schema.MixturesDataConfig, MIXTURES | {"noise_dir": None}, "noise_dir"),
        (schema.MixturesDataConfig, MIXTURES | {"num_noises": (2, 1)}, "num_noises"),
        (schema.MixturesDataConfig, MIXTURES | {"num_noises": (-1, 1)}, "num_noises"),
        (schema.MixturesDataConfig, MIXTURES | {"reverb_probability": 1.5}, "reverb_probability"),
        (schema.MixturesDataConfig, MIXTURES | {"early_ms": -1.0}, "early_ms"),
        (schema.MixturesDataConfig, MIXTURES | {"early_ms": float("nan")}, "early_ms"),
        (schema.MixturesDataConfig, MIXTURES | {"num_rooms": 1}, "num_rooms"),
        (schema.MixturesDataConfig, MIXTURES | {"rt60_s": (0.0, 0.5)}, "rt60_s"),
        (schema.MixturesDataConfig, MIXTURES | {"band_limit_hz": (0.0, 9.0)}, "band_limit_hz"),
        (schema.MixturesDataConfig, MIXTURES | {"clipping_db": (-1.0, 9.0)}, "clipping_db"),
        (schema.MixturesDataConfig, MIXTURES | {"validation_fraction": 0.0}, "validation_fraction"),
        (
            schema.VoiceBankDataConfig,
            VOICEBANK | {"validation_speakers": ()},
            "validation_speakers",
        ),
        (MixConfig, MIX | {"speaker_pattern": "("}, "speaker_pattern"),
        (MixConfig, MIX | {"speaker_pattern": "no group"}, "speaker_pattern"),
        (MixConfig, MIX | {"test_fraction": 0.5}, "test_fraction"),
        (MixConfig, MIX | {"seconds": 0.0}, "seconds"),
        (MixConfig, MIX | {"num_train": 0, "num_validation": 0, "num_test": 0}, "num_train"),
        (MixConfig, MIX | {"seed": -1}, "seed"),
        (schema.PairsDataConfig, PAIRS | {"segment_samples": 0}, "segment_samples"),
        (schema.PairsDataConfig, PAIRS | {"validation_fraction": 0.0}, "validation_fraction"),
        (schema.PairsDataConfig, PAIRS | {"validation_fraction": 1.0}, "validation_fraction"),
        (schema.TrainConfig, {"num_steps": 0}, "num_steps"),
        (schema.TrainConfig, {"ema_momentum": 1.0}, "ema_momentum"),
        (schema.TrainConfig, {"batch_size": 6, "num_replicas": 4}, "batch_size"),
        (
            schema.TrainConfig,
            {"batch_size": 12, "num_replicas": 2, "num_micro_batches": 4},
            "batch_size",
        ),
        (segan_schema.SEGANOriginalConfig, {"slice_samples": 0}, "slice_samples"),
        (segan_schema.SEGANOriginalConfig, {"pre_emphasis": 1.0}, "pre_emphasis"),
        (segan_schema.SEGANPlusConfig, {"strides": (4, 0)}, "strides"),
        (segan_schema.SEGANPlusConfig, {"encoder_channels": ()}, "encoder_channels"),
        (schema.SEGANExperiment, {"name": " ", "family": "segan", "data": DATA}, "name"),
        (
            schema.SEGANExperiment,
            {"name": "n", "family": "segan", "data": DATA, "seed": 2**31},
            "seed",
        ),
    ],
)
def test_a_value_out_of_range_is_refused_by_its_key(kind: type, values: dict, key: str) -> None:
    with pytest.raises(InputError) as caught:
        kind(**values)
    assert caught.value.name == key


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (segan_schema.SEGANCausalConfig, {"frame_samples": 128, "hop_samples": 32}),
        (segan_schema.SEGANLossesConfig, {"snr_weight": 0.0, "critic_steps": 1}),
        (segan_schema.SEGANLossesConfig, {"adversarial_weight": 0.0, "snr_weight": 0.0}),
        (schema.MixturesDataConfig, MIXTURES | {"snr_db": (5.0, 5.0), "level_dbfs": (-9.0, 0.0)}),
        (schema.MixturesDataConfig, MIXTURES | {"noise_dir": None, "num_noises": (0, 0)}),
        (schema.MixturesDataConfig, MIXTURES | {"early_ms": 0.0, "reverb_probability": 1.0}),
        (schema.MixturesDataConfig, MIXTURES | {"early_ms": None, "num_rooms": 2}),
        (MixConfig, MIX | {"num_train": 0, "num_validation": 0, "speaker_pattern": "(s)"}),
        (schema.TrainConfig, {"num_steps": 1, "ema_momentum": 0.0, "num_samples": 0}),
        (schema.TrainConfig, {"batch_size": 12, "num_replicas": 4}),
        (schema.SEGANExperiment, {"name": "n", "family": "segan", "data": DATA, "seed": 0}),
    ],
)
def test_the_ends_of_the_ranges_are_good(kind: type, values: dict) -> None:
    made = dataclasses.asdict(kind(**values))
    assert {key: made[key] for key in values if key != "data"} == {
        key: value for key, value in values.items() if key != "data"
    }


CAUSAL_ZEROS = {"adversarial_weight": 0.0, "snr_weight": 0.0, "magnitude_l1_weight": 0.0}
WAVEFORM_ZEROS = {"adversarial_weight": 0.0, "waveform_l1_weight": 0.0}


@pytest.mark.parametrize(
    ("model", "weights", "is_good"),
    [
        (segan_schema.SEGANCausalConfig(), CAUSAL_ZEROS, False),
        (segan_schema.SEGANCausalConfig(), CAUSAL_ZEROS | {"waveform_l2_weight": 0.1}, True),
        (segan_schema.SEGANCausalConfig(), WAVEFORM_ZEROS, True),
        (segan_schema.SEGANOriginalConfig(), WAVEFORM_ZEROS, False),
        (segan_schema.SEGANPlusConfig(), WAVEFORM_ZEROS, False),
        (segan_schema.SEGANPlusConfig(), CAUSAL_ZEROS, True),
    ],
)
def test_some_term_has_to_have_a_weight(model, weights: dict, is_good: bool) -> None:
    losses = segan_schema.SEGANLossesConfig(**weights)
    values = {"name": "n", "family": "segan", "model": model, "losses": losses, "data": DATA}
    if is_good:
        assert schema.SEGANExperiment(**values).losses == losses
        return
    with pytest.raises(InputError, match="^losses.adversarial_weight: got 0.0, expected above 0"):
        schema.SEGANExperiment(**values)


def test_examples_have_to_hold_a_window() -> None:
    model = segan_schema.SEGANOriginalConfig(slice_samples=40_000)
    with pytest.raises(InputError, match="^data.segment_samples: got 32000, expected at least"):
        schema.SEGANExperiment(name="n", family="segan", model=model, data=DATA)


def test_configurations_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        schema.TrainConfig().num_steps = 3


def test_every_experiment_names_its_family_once() -> None:
    """The loader picks the class by this value, so it must be one and no other's."""
    families = [get_type_hints(kind)["family"].__args__ for kind in schema.EXPERIMENTS]
    assert all(len(choice) == 1 for choice in families)
    assert len(set(families)) == len(families)
