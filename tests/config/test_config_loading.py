"""Configurations by name and by path, with overrides, and written out again."""

import dataclasses

import pytest

from tfgan_audio.config import schema
from tfgan_audio.config.loading import config_names, dump_config, load_config, override_config
from tfgan_audio.config.mix_schema import MixConfig
from tfgan_audio.config.schema import EXPERIMENTS
from tfgan_audio.config.sounds_schema import SoundsDataConfig
from tfgan_audio.config.wavegan_schema import WaveGANLossesConfig
from tfgan_audio.errors import InputError

SMALL = """
name: small
family: segan
data:
  kind: mixtures
  speech_dir: speech
  noise_dir: noise
  shards_dir: shards
  snr_db: [-5, 15]
optimizer: {generator_learning_rate: 1e-4}
"""
PAIRS_SECTION = "data={kind: pairs, noisy_dir: n, clean_dir: c, shards_dir: s}"


@pytest.fixture
def small(tmp_path):
    """A small configuration in a file."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def message(*arguments) -> str:
    """Return the text of the error that loading raises."""
    with pytest.raises(InputError) as caught:
        load_config(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_becomes_the_dataclass_that_python_would_build(small) -> None:
    data = schema.MixturesDataConfig(
        speech_dir="speech", noise_dir="noise", shards_dir="shards", snr_db=(-5.0, 15.0)
    )
    optimizer = schema.OptimizerConfig(generator_learning_rate=0.0001)
    assert load_config(small) == schema.SEGANExperiment(
        name="small", family="segan", data=data, optimizer=optimizer
    )
    assert load_config(str(small)) == load_config(small)


@pytest.mark.parametrize("name", config_names())
def test_every_shipped_configuration_loads_and_survives_a_round_trip(name: str, tmp_path) -> None:
    kinds = (MixConfig,) if name.startswith("mix_") else EXPERIMENTS
    config = load_config(name, kinds=kinds)
    path = tmp_path / "resolved.yaml"
    path.write_text(dump_config(config))
    assert load_config(path, kinds=kinds) == config


def test_a_configuration_of_another_kind_is_told_in_one_line() -> None:
    with pytest.raises(InputError, match="family: got nothing, expected one of segan, wavegan"):
        load_config("mix_denoise")
    with pytest.raises(InputError, match="family: got an unknown key"):
        load_config("segan_denoise", kinds=(MixConfig,))


SOUNDS = """
name: sounds
family: wavegan
data:
  kind: sounds
  sound_dir: drums
  shards_dir: shards
"""


def test_each_family_has_its_own_sections(tmp_path) -> None:
    path = tmp_path / "sounds.yaml"
    path.write_text(SOUNDS)
    config = load_config(path, ["data.labels=true", "losses.augment=[mask, gain]"])
    assert config == schema.WaveGANExperiment(
        name="sounds",
        family="wavegan",
        losses=WaveGANLossesConfig(augment=("mask", "gain")),
        data=SoundsDataConfig(sound_dir="drums", shards_dir="shards", labels=True),
    )
    assert load_config(path, ["family=specgan"]).model.kernel_size == 5
    digits = load_config(path, ["data.kind=speech_commands"]).data
    assert len(digits.words) == 10 and digits.pad and digits.position == "start"


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (["data.kind=mixtures"], 'data.kind: got "mixtures", expected one of sounds, speech_comma'),
        (["data.words=[one]"], "data.words: got a key of another kind of section"),
        (["data.segment_samples=9"], "data.segment_samples: got a key of another kind of section"),
        (["model.num_class=3"], "model.num_class: got an unknown key"),
        (
            ["data.slice_samples=9"],
            "data.slice_samples: got an unknown key, expected model.slice_s",
        ),
        (["losses.augment=[shft]"], "any of shift, gain, polarity, mask"),
        (["family=specgan", "losses.augment=[gain]"], "expected a list of any of shift, mask"),
        (["losses.augment=mask"], 'losses.augment: got "mask", expected a list of any of shift'),
        (
            ["data.kind=speech_commands", "data.words=one"],
            'data.words: got "one", expected a list of texts',
        ),
        (["family=specgan", "model.strides=[4]"], "model.strides: got a key of another kind of se"),
        (["data.balanced=true"], "data.balanced: got true, expected false, or labels: true"),
        (
            ["train.adversarial_start_step=9"],
            "train.adversarial_start_step: got 9, expected 0: there is no other loss term",
        ),
        (
            ["family=specgan", "data.num_channels=2"],
            "data.num_channels: got 2, expected 1: SpecGAN is mono",
        ),
    ],
)
def test_a_bad_section_of_sounds_is_told_in_one_line(tmp_path, overrides, expected: str) -> None:
    path = tmp_path / "sounds.yaml"
    path.write_text(SOUNDS)
    assert expected in message(path, overrides)


def test_a_round_trip_keeps_values_that_look_like_others(small, tmp_path) -> None:
    odd = ["name='1e-4'", "data.speech_dir=/a b: #1", "data.noise_dir=no", "seed=2147483647"]
    config = load_config(small, [*odd, "optimizer.discriminator_learning_rate=1e-30"])
    assert (config.name, config.data.speech_dir, config.data.noise_dir) == (
        "1e-4",
        "/a b: #1",
        "no",
    )
    path = tmp_path / "resolved.yaml"
    path.write_text(dump_config(config))
    assert load_config(path) == config
    assert config.optimizer.discriminator_learning_rate == 1e-30


def test_names_are_found_before_files_and_from_any_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "segan_causal").write_text("not: this")
    assert load_config("segan_causal").name == "segan_causal"
    assert load_config("smoke/segan").name == "smoke_segan"


def test_overrides_change_the_values_they_name_and_no_others(small) -> None:
    config = load_config(small, ["train.num_steps=7", "data.snr_db=[0, 3.5]", PAIRS_SECTION])
    assert config.data == schema.PairsDataConfig(noisy_dir="n", clean_dir="c", shards_dir="s")
    config = load_config(small, ["train.num_steps=7", "data.snr_db=[0, 3.5]"])
    plain = load_config(small)
    expected = dataclasses.replace(
        plain,
        train=dataclasses.replace(plain.train, num_steps=7),
        data=dataclasses.replace(plain.data, snr_db=(0.0, 3.5)),
    )
    assert config == expected
    assert override_config(plain, ["train.num_steps=7", "data.snr_db=[0, 3.5]"]) == expected
    assert plain == load_config(small)


def test_the_last_override_of_a_key_wins(small) -> None:
    assert load_config(small, ["seed=1", "seed=2"]).seed == 2


def test_sections_that_share_an_alias_are_overridden_apart(tmp_path) -> None:
    path = tmp_path / "alias.yaml"
    path.write_text(SMALL.replace("optimizer: {", "optimizer: &shared {") + "model: *shared\n")
    assert message(path, ["optimizer.generator_learning_rate=1"]).startswith(
        "model.generator_learning_rate: got an unknown key"
    )
    config_text = SMALL + "model: &shared {}\nlosses: *shared\n"
    path.write_text(config_text)
    assert load_config(path, ["losses.snr_weight=3"]).losses.snr_weight == 3


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        (
            "train.num_step=1",
            "train.num_step: got an unknown key, expected train.num_steps",
        ),
        ("num_steps=1", "num_steps: got an unknown key, expected train.num_steps"),
        ("train.num_steps=many", 'train.num_steps: got "many", expected a whole number'),
        ("train.num_steps=1.5", "train.num_steps: got 1.5, expected a whole number"),
        ("train.num_steps=0", "train.num_steps: got 0, expected at least 1"),
        ("train.num_steps=", "train.num_steps: got null, expected a whole number"),
        ("train.num_steps", "train.num_steps: got no value, expected KEY=VALUE such as"),
        ("=1", "=1: got no value, expected KEY=VALUE such as"),
        ("train..num_steps=1", "train..num_steps=1: got no value, expected KEY=VALUE"),
        ("data.snr_db=[1, 2", 'data.snr_db: got "[1, 2", expected a list of 2 numbers'),
        ("data.kind.x=1", 'data.kind: got "mixtures", expected a section for data.kind.x'),
        (
            "data.kind=mixture",
            'data.kind: got "mixture", expected one of mixtures, pairs, voicebank',
        ),
        ("family=segna", 'family: got "segna", expected one of segan, wavegan, specgan'),
        (
            "losses.objective=gan",
            'losses.objective: got "gan", expected one of minimax, lsgan, hinge, wgan, wgan-gp',
        ),
        (
            "train.num_replicas=5",
            "train.batch_size: got 12, expected a multiple of num_replicas times "
            "num_micro_batches, 5",
        ),
    ],
)
def test_a_bad_override_is_told_in_one_line(small, override: str, expected: str) -> None:
    assert message(small, [override]).startswith(expected)


def test_a_missing_key_is_named(tmp_path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(SMALL.replace("  noise_dir: noise\n", ""))
    assert message(path) == "data.noise_dir: got nothing, expected text or null"
    path.write_text("name: x\nfamily: segan\n")
    assert message(path) == "data: got nothing, expected a section"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "got an empty file, expected a configuration"),
        (b"# only a comment\n", "got an empty file, expected a configuration"),
        (b"- 1\n", "got [1], expected `key: value` lines"),
        (b"name: \xff\xfe", "got bytes that are not UTF-8 at 6, expected text"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "got special characters are not allowed"),
    ],
)
def test_a_file_that_holds_no_configuration_is_named(tmp_path, content, expected: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    assert message(path).startswith(f"{path}: {expected}")


def test_what_is_not_there_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert message("none.yaml") == "none.yaml: got no such file, expected a YAML file"
    assert message(tmp_path) == f"{tmp_path}: got a folder, expected a YAML file"
    nearest = "segan_casual: got an unknown configuration, expected segan_causal"
    assert message("segan_casual") == nearest
    assert message("qqqq").endswith(f"expected one of {', '.join(config_names())}")


def test_another_kind_of_data_leaves_out_what_the_file_had_for_its_own() -> None:
    overrides = ["data.kind=pairs", "data.noisy_dir=n", "data.clean_dir=c"]
    data = load_config("segan_causal", overrides).data
    assert (data.kind, data.noisy_dir, data.clean_dir) == ("pairs", "n", "c")
    assert data.segment_samples == load_config("segan_causal").data.segment_samples
    assert override_config(load_config("segan_causal"), overrides).data == data
    for wrong in ("data.speech_dir", "data.speech_dri"):
        with pytest.raises(InputError, match=f"^{wrong}: got "):
            load_config("segan_causal", [*overrides, f"{wrong}=s"])
