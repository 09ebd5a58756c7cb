"""The ranges of what WaveGAN and SpecGAN are configured with."""

import inspect
import math

import pytest

from tfgan_audio.config import schema, sounds_schema, wavegan_schema
from tfgan_audio.errors import InputError

FOLDERS = {"sound_dir": "s", "shards_dir": "x"}
SOUNDS = sounds_schema.SoundsDataConfig
COMMANDS = sounds_schema.SpeechCommandsDataConfig
WAVEGAN, LOSSES = wavegan_schema.WaveGANConfig, wavegan_schema.WaveGANLossesConfig


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (WAVEGAN, {"slice_samples": 20_000}, "slice_samples: got 20000, expected 16384, 32768, 65"),
        (
            WAVEGAN,
            {"slice_samples": 1024, "strides": (4, 4)},
            "slice_samples: got 1024, expected 16 times the product of strides, 256",
        ),
        (WAVEGAN, {"strides": (4, 0)}, "strides: got"),
        (WAVEGAN, {"strides": ()}, "strides: got"),
        (WAVEGAN, {"base_channels": 0}, "base_channels: got 0"),
        (WAVEGAN, {"phase_shuffle": -1}, "phase_shuffle: got -1, expected at least 0"),
        (WAVEGAN, {"postfilter_taps": -1}, "postfilter_taps: got -1"),
        (wavegan_schema.SpecGANConfig, {"latent_dim": 0}, "latent_dim: got 0"),
        (LOSSES, {"critic_steps": 0}, "critic_steps: got 0"),
        (LOSSES, {"adversarial_weight": 0.0}, "adversarial_weight: got 0.0, expected above 0"),
        (LOSSES, {"gradient_penalty_weight": -1.0}, "gradient_penalty_weight: got -1.0"),
        (LOSSES, {"gradient_penalty_weight": math.nan}, "gradient_penalty_weight: got nan"),
        (LOSSES, {"augment": ("mask", "mask")}, "augment: got .*, expected each change once"),
        (SOUNDS, FOLDERS | {"sample_rate_hz": 0}, "sample_rate_hz: got 0"),
        (SOUNDS, FOLDERS | {"num_channels": 0}, "num_channels: got 0"),
        (SOUNDS, FOLDERS | {"num_validation_items": 1}, "num_validation_items: got 1"),
        (SOUNDS, FOLDERS | {"validation_fraction": 0.0}, "validation_fraction: got 0.0"),
        (SOUNDS, FOLDERS | {"balanced": True}, "balanced: got true, expected false, or labels"),
        (COMMANDS, FOLDERS | {"words": ()}, "words: got .*, expected at least 1, each once"),
        (COMMANDS, FOLDERS | {"words": ("one", "one")}, "words: got"),
        (COMMANDS, FOLDERS | {"words": ("one",), "labels": True}, "words: got .* at least 2"),
    ],
)
def test_a_value_out_of_range_is_refused_by_its_key(kind: type, values: dict, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        kind(**values)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        *[(WAVEGAN, {"slice_samples": length}) for length in (16_384, 32_768, 65_536)],
        (WAVEGAN, {"slice_samples": 8192, "strides": (4, 4, 4, 4, 2)}),
        (WAVEGAN, {"phase_shuffle": 0, "postfilter_taps": 512}),
        (LOSSES, {"gradient_penalty_weight": 0.0, "augment": ("mask", "shift")}),
        (SOUNDS, FOLDERS | {"labels": True, "balanced": True, "num_channels": 2}),
        (COMMANDS, FOLDERS | {"words": ("one",)}),
    ],
)
def test_the_ends_of_the_ranges_are_good(kind: type, values: dict) -> None:
    made = kind(**values)
    assert {key: getattr(made, key) for key in values} == values


def test_keys_are_the_keywords_of_what_is_built_from_them() -> None:
    """What the data decides is left to the data."""
    from tfgan_audio.models.specgan import SpecGAN
    from tfgan_audio.models.wavegan import WaveGAN

    decided_by_data = {"num_classes", "num_channels", "sample_rate_hz", "label_names"}
    for family, config in ((WaveGAN, WAVEGAN), (SpecGAN, wavegan_schema.SpecGANConfig)):
        keywords = inspect.signature(family).parameters
        by_name = {key: keywords[key].default for key in vars(config())}
        assert by_name == vars(config())
        assert set(keywords) - set(by_name) - decided_by_data == {"kwargs"}
    assert wavegan_schema.SpecGANConfig().slice_samples == SpecGAN(base_channels=1).slice_samples


def test_sections_of_sounds_have_what_the_layouts_need_by_default() -> None:
    """A word and a note are shorter than the next slice length, and begin at their start."""
    for kind in (COMMANDS, sounds_schema.NSynthDataConfig):
        section = kind(**FOLDERS)
        assert section.pad and section.position == "start"
    plain = SOUNDS(**FOLDERS)
    assert not plain.pad and plain.position == "random"


def test_shipped_recipes_of_the_paper_are_the_paper_s() -> None:
    from tfgan_audio.config.loading import load_config

    for name in ("wavegan_sc09", "wavegan_drums", "wavegan_piano", "specgan_sc09"):
        config = load_config(name)
        assert config.losses.objective == "wgan-gp" and config.losses.critic_steps is None
        assert (config.train.batch_size, config.train.num_steps) == (64, 200_000)
        assert (config.model.base_channels, config.model.latent_dim) == (64, 100)
    assert isinstance(load_config("specgan_sc09"), schema.SpecGANExperiment)
    drums, piano = (load_config(f"wavegan_{name}").data for name in ("drums", "piano"))
    assert (drums.position, drums.pad) == ("start", True)
    assert (piano.position, piano.pad) == ("random", False)
