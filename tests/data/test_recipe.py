"""Draws depend on (seed, index) alone, fill their ranges, and leave each other alone."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest

from tfgan_audio.data.recipe import Recipe, Values
from tfgan_audio.errors import InputError

FULL = Recipe(
    snr_db=(0, 10),
    num_noises=(1, 3),
    speechless_probability=0.1,
    reverb_probability=0.5,
    band_limit_probability=0.3,
    clipping_probability=0.2,
    augment=True,
)


def drawn(recipe: Recipe, num_items: int = 400, seed: int = 1) -> list[Values]:
    return [recipe.draw(seed, index) for index in range(num_items)]


def test_a_draw_does_not_depend_on_order() -> None:
    forwards = drawn(FULL)
    assert [FULL.draw(1, index) for index in reversed(range(400))] == forwards[::-1]
    assert drawn(FULL, seed=2) != forwards


def test_shares_and_ranges_are_met() -> None:
    values = drawn(FULL, 2000)
    share = {
        "silence": np.mean([each.is_speechless for each in values]),
        "rooms": np.mean([each.is_reverberant for each in values]),
        "limits": np.mean([each.band_limit_hz is not None for each in values]),
        "clips": np.mean([each.clipping_db is not None for each in values]),
    }
    # Four standard deviations of a share of 2000.
    expected = {"silence": 0.1, "rooms": 0.5, "limits": 0.3, "clips": 0.2}
    assert share == pytest.approx(expected, abs=0.045)
    assert {len(each.noises) for each in values} == {1, 2, 3}
    limits = [each.band_limit_hz for each in values if each.band_limit_hz]
    assert 2000 <= min(limits) and max(limits) <= 6000
    assert np.median(limits) == pytest.approx(np.sqrt(2000 * 6000), rel=0.1)
    depths = [each.clipping_db for each in values if each.clipping_db]
    assert 3 <= min(depths) < 4 and 19 < max(depths) <= 20
    speeds = [noise.speed for each in values for noise in each.noises]
    assert 0.6 <= min(speeds) < 0.62 and 1.65 < max(speeds) <= 1.7
    assert np.mean([speed == 1.0 for speed in speeds]) == pytest.approx(0.5, abs=0.035)
    assert all(each.noises[0].gain_db == 0.0 for each in values)
    others = [noise.gain_db for each in values for noise in each.noises[1:]]
    assert -10 <= min(others) < -9 and -1 < max(others) <= 0


@pytest.mark.parametrize(
    "changes",
    [
        {"speechless_probability": 0.5},
        {"reverb_probability": 0.0},
        {"band_limit_probability": 1.0},
        {"clipping_probability": 0.0},
        {"early_ms": None},
        {"augment": False},
        {"snr_by": "p56"},
    ],
)
def test_one_option_leaves_what_is_drawn_for_the_others(changes: dict) -> None:
    changed = drawn(replace(FULL, **changes))
    (key,) = changes
    own = {
        "speechless_probability": {"is_speechless"},
        "reverb_probability": {"is_reverberant", "early_ms"},
        "band_limit_probability": {"band_limit_hz"},
        "clipping_probability": {"clipping_db"},
        "early_ms": {"early_ms"},
        "augment": {"colour", "noises"},
        "snr_by": {"snr_by"},
    }[key]
    for one, other in zip(drawn(FULL), changed, strict=True):
        one, other = asdict(one), asdict(other)
        assert {name for name in one if one[name] != other[name]} <= own
    assert changed != drawn(FULL)


def test_the_values_are_ready_for_a_manifest() -> None:
    for values in drawn(FULL, 20):
        assert json.loads(json.dumps(asdict(values)))["snr_db"] == values.snr_db


def test_a_recipe_is_found_in_whatever_has_its_fields() -> None:
    section = SimpleNamespace(**vars(FULL), speech_dir="elsewhere")
    assert Recipe.of(section) == FULL


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"snr_db": (5, -5)}, r"snr_db: got \[5, -5\], expected \[low, high\] with low <= high"),
        ({"level_dbfs": (np.nan, 0)}, "level_dbfs: got"),
        ({"num_noises": (-1, 1)}, r"num_noises: got \[-1, 1\], expected at least 0"),
        ({"reverb_probability": 1.1}, "reverb_probability: got 1.1, expected from 0 to 1"),
        ({"band_limit_hz": (0, 4000)}, "band_limit_hz: got"),
        ({"snr_by": "loudness"}, "snr_by: got loudness, expected rms or p56"),
        ({"early_ms": -5.0}, "early_ms: got -5.0"),
    ],
)
def test_values_out_of_range_are_named(values: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Recipe(**values)
