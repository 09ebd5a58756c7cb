"""The ranges of the configuration's values."""

import dataclasses
from typing import get_type_hints

import pytest

from tfgan_audio.config import schema
from tfgan_audio.errors import InputError

MIXTURES = {"speech_dir": "s", "noise_dir": "n", "shards_dir": "x"}
PAIRS = {"noisy_dir": "n", "clean_dir": "c", "shards_dir": "x"}
DATA = schema.MixturesDataConfig(**MIXTURES)


@pytest.mark.parametrize(
    ("kind", "values", "key"),
    [
        (schema.SEGANModelConfig, {"channels": 0}, "channels"),
        (schema.SEGANModelConfig, {"dilations": ()}, "dilations"),
        (schema.SEGANModelConfig, {"dilations": (1, 0)}, "dilations"),
        (schema.SEGANLossesConfig, {"snr_weight": -0.1}, "snr_weight"),
        (schema.SEGANLossesConfig, {"snr_weight": float("nan")}, "snr_weight"),
        (schema.SEGANLossesConfig, {"adversarial_weight": float("inf")}, "adversarial_weight"),
        (schema.SEGANLossesConfig, {"critic_steps": 0}, "critic_steps"),
        (schema.OptimizerConfig, {"generator_learning_rate": 0.0}, "generator_learning_rate"),
        (schema.MixturesDataConfig, MIXTURES | {"snr_db": (15.0, -5.0)}, "snr_db"),
        (schema.MixturesDataConfig, MIXTURES | {"snr_db": (0.0, float("inf"))}, "snr_db"),
        (schema.MixturesDataConfig, MIXTURES | {"level_dbfs": (-20.0, 0.5)}, "level_dbfs"),
        (schema.MixturesDataConfig, MIXTURES | {"sample_rate_hz": 0}, "sample_rate_hz"),
        (schema.PairsDataConfig, PAIRS | {"segment_samples": 0}, "segment_samples"),
        (schema.PairsDataConfig, PAIRS | {"validation_fraction": 0.0}, "validation_fraction"),
        (schema.PairsDataConfig, PAIRS | {"validation_fraction": 1.0}, "validation_fraction"),
        (schema.TrainConfig, {"num_steps": 0}, "num_steps"),
        (schema.TrainConfig, {"ema_momentum": 1.0}, "ema_momentum"),
        (schema.TrainConfig, {"batch_size": 6, "num_replicas": 4}, "batch_size"),
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
        (schema.SEGANLossesConfig, {"snr_weight": 0.0, "critic_steps": 1}),
        (schema.MixturesDataConfig, MIXTURES | {"snr_db": (5.0, 5.0), "level_dbfs": (-9.0, 0.0)}),
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


def test_configurations_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        schema.TrainConfig().num_steps = 3


def test_every_experiment_names_its_family_once() -> None:
    """The loader picks the class by this value, so it must be one and no other's."""
    families = [get_type_hints(kind)["family"].__args__ for kind in schema.EXPERIMENTS]
    assert all(len(choice) == 1 for choice in families)
    assert len(set(families)) == len(families)
