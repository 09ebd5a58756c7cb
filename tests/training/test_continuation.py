"""Which changes of a configuration a run can take in its course."""

import pytest

from tfgan_audio.config.loading import load_config
from tfgan_audio.errors import InputError
from tfgan_audio.training.continuation import refuse_another


def config(*overrides: str):
    """A configuration of 20 steps with some entries changed."""
    return load_config("smoke/segan", overrides)


def test_the_same_configuration_is_taken() -> None:
    refuse_another(config(), config("train.num_steps=20", "data.snr_db=[-5, 15]"))


def test_more_steps_are_taken_where_the_rates_are_constant() -> None:
    refuse_another(config(), config("train.num_steps=21"))


@pytest.mark.parametrize(
    ("kept", "wanted", "line"),
    [
        (
            [],
            ["train.num_steps=19"],
            "train.num_steps: got 19, expected 20 as in the run, or more",
        ),
        (
            ["optimizer.schedule=cosine"],
            ["optimizer.schedule=cosine", "train.num_steps=21"],
            "train.num_steps: got 21, expected 20 as in the run, whose cosine schedule ends there",
        ),
        (
            ["optimizer.schedule=cosine"],
            ["optimizer.schedule=cosine", "train.num_steps=19"],
            "train.num_steps: got 19, expected 20 as in the run, whose cosine schedule ends there",
        ),
        (
            [],
            ["train.num_steps=40", "train.batch_size=4"],
            "train.batch_size: got 4, expected 2 as in the run",
        ),
        (
            ["train.ema_momentum=0.9"],
            [],
            "train.ema_momentum: got null, expected 0.9 as in the run",
        ),
        (
            ["model.dilations=[1, 2, 4]"],
            ["model.dilations=[1, 2]"],
            "model.dilations: got [1, 2], expected [1, 2, 4] as in the run",
        ),
        ([], ["seed=1"], "seed: got 1, expected 0 as in the run"),
        (
            [],
            ["data={kind: pairs, noisy_dir: a, clean_dir: b, shards_dir: c}"],
            "data.kind: got pairs, expected mixtures as in the run",
        ),
    ],
)
def test_any_other_change_is_refused_by_name(kept: list, wanted: list, line: str) -> None:
    with pytest.raises(InputError) as error:
        refuse_another(config(*kept), config(*wanted))
    assert str(error.value) == line
