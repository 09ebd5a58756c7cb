"""Every entry of a configuration arrives where it belongs."""

import dataclasses

import keras
import numpy as np
import pytest
import soundfile

from tfgan_audio.config.loading import load_config
from tfgan_audio.data.mixing import SILENCE_DBFS
from tfgan_audio.data.prepare import prepare
from tfgan_audio.errors import InputError
from tfgan_audio.factory import build_model, held_out_source, training_source
from tfgan_audio.models.rmsprop import TensorFlow1RMSprop

SMALL = ("model.channels=4", "model.dilations=[1,2]", "model.discriminator_channels=4")


def build(*overrides: str):
    """Build the model of the smoke configuration, small."""
    return build_model(load_config("smoke/segan", [*SMALL, *overrides]))


def rate_after(optimizer: keras.optimizers.Optimizer, num_updates: int) -> float:
    """Learning rate once an optimizer has made so many updates."""
    optimizer.iterations.assign(num_updates)
    return float(optimizer.learning_rate)


def test_the_model_section_sizes_the_networks() -> None:
    model = build("model.kernel_size=5", "model.hop_samples=64", "data.sample_rate_hz=8000")
    assert model.sample_rate_hz == 8000 and model.sizes.hop_samples == 64
    enhancer = model.generator.get_layer("enhancer")
    assert (enhancer.channels, enhancer.kernel_size, enhancer.dilations) == (4, 5, (1, 2))
    assert model.discriminator.get_layer("conv_0").filters == 4


def test_the_losses_section_sets_the_game() -> None:
    model = build(
        "losses.objective=hinge",
        "losses.critic_steps=3",
        "losses.adversarial_weight=0.5",
        "losses.snr_weight=0",
        "losses.waveform_l1_weight=2",
        "seed=7",
        "train.adversarial_start_step=11",
    )
    assert (model.objective.name, model.objective.critic_steps, model.seed) == ("hinge", 3, 7)
    weights = {name: weight for name, weight in model.term_weights.items() if weight}
    assert weights == {"adversarial": 0.5, "magnitude_l1": 1.0, "waveform_l1": 2.0}
    assert model.adversarial_start_step == 11


def test_the_train_section_sets_the_average() -> None:
    model = build("train.ema_momentum=0.9")
    assert model.generator_optimizer.use_ema and model.generator_optimizer.ema_momentum == 0.9
    assert not model.discriminator_optimizer.use_ema
    assert not build().generator_optimizer.use_ema


def test_constant_rates_stay() -> None:
    model = build(
        "optimizer.generator_learning_rate=0.25", "optimizer.discriminator_learning_rate=0.125"
    )
    for updates in (0, 10_000):
        assert rate_after(model.generator_optimizer, updates) == 0.25
        assert rate_after(model.discriminator_optimizer, updates) == 0.125


@pytest.mark.parametrize(
    ("overrides", "num_discriminator_updates"),
    [
        ([], 100),
        (["losses.critic_steps=3"], 300),
        (["losses.objective=wgan-gp"], 500),
        (["train.adversarial_start_step=60"], 40),
        (["train.adversarial_start_step=60", "losses.critic_steps=2"], 80),
        (["train.adversarial_start_step=100"], 1),
    ],
)
def test_cosine_rates_end_with_the_training_for_both_networks(
    overrides: list[str], num_discriminator_updates: int
) -> None:
    model = build(
        "optimizer.schedule=cosine",
        "optimizer.generator_learning_rate=1",
        "optimizer.discriminator_learning_rate=0.5",
        "train.num_steps=100",
        *overrides,
    )
    for optimizer, start, num_updates in (
        (model.generator_optimizer, 1.0, 100),
        (model.discriminator_optimizer, 0.5, num_discriminator_updates),
    ):
        assert rate_after(optimizer, 0) == pytest.approx(start)
        assert rate_after(optimizer, num_updates) == pytest.approx(start / 50, rel=1e-4)
        if num_updates > 1:
            half = start * (1 + 1 / 50) / 2
            assert rate_after(optimizer, num_updates // 2) == pytest.approx(half, rel=1e-4)


WARM_UP = (
    "optimizer.schedule=cosine",
    "optimizer.warm_up_learning_rate=3e-3",
    "optimizer.generator_learning_rate=1e-3",
    "train.adversarial_start_step=60",
    "train.num_steps=100",
)


def test_the_rate_of_a_warm_up_falls_and_begins_anew() -> None:
    optimizer = build(*WARM_UP).generator_optimizer
    for num_updates, rate in {0: 3e-3, 30: 1.53e-3, 60: 1e-3, 80: 0.51e-3, 100: 0.02e-3}.items():
        assert rate_after(optimizer, num_updates) == pytest.approx(rate, rel=1e-4)
    assert rate_after(optimizer, 59) < 0.07e-3


@pytest.mark.parametrize("start", [0, 100])
def test_a_rate_of_a_warm_up_needs_one(start: int) -> None:
    with pytest.raises(InputError, match="optimizer.warm_up_learning_rate: got 0.003, expected"):
        build(*WARM_UP, f"train.adversarial_start_step={start}")


@pytest.mark.parametrize(
    "overrides", [("optimizer.schedule=cosine", "train.num_steps=100"), WARM_UP]
)
def test_a_schedule_survives_saving(tmp_path, overrides: tuple[str, ...]) -> None:
    model = build(*overrides)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for num_updates in (40, 70):
        rate = rate_after(model.generator_optimizer, num_updates)
        assert rate_after(loaded.generator_optimizer, num_updates) == rate
    assert rate < 1e-3


@pytest.fixture
def folders(tmp_path, rng):
    """Three recordings a role, of levels that tell them apart: each is a constant."""
    for role in ("speech", "noise", "noisy", "clean"):
        for number in range(3):
            level = (1 + number) / 16 + (role in ("noise", "noisy")) / 4
            path = tmp_path / role / f"{number}.wav"
            path.parent.mkdir(exist_ok=True)
            signs = rng.choice([-1.0, 1.0], 4000)
            soundfile.write(path, level * signs, 16_000)
    return tmp_path


def mixtures_config(folders, *overrides: str):
    """Mixtures of three recordings each, one held out."""
    places = [f"data.{role}_dir={folders / role}" for role in ("speech", "noise", "shards")]
    sizes = ("data.segment_samples=1000", "data.validation_segment_samples=2000")
    return load_config("smoke/segan", [*places, *sizes, "data.validation_fraction=0.3", *overrides])


def test_mixtures_have_the_ratios_and_levels_of_the_data_section(folders) -> None:
    config = mixtures_config(
        folders,
        "data.snr_db=[20, 21]",
        "data.validation_snr_db=[-3, -3]",
        "data.level_dbfs=[-30, -29]",
    )
    prepared = prepare(config.data)
    for source, ratios, num_samples in (
        (training_source(config, prepared), (20, 21), 1000),
        (held_out_source(config, prepared), (-3, -3), 2000),
    ):
        for step in range(4):
            noisy, clean = (part.astype(np.float64) for part in source.batch(step, 2))
            assert noisy.shape == (2, num_samples, 1)
            power = np.mean(clean**2, axis=(1, 2)) / np.mean((noisy - clean) ** 2, axis=(1, 2))
            ratio_db = 10 * np.log10(power)
            assert (ratios[0] - 0.01 <= ratio_db).all() and (ratio_db <= ratios[1] + 0.01).all()
            level_dbfs = 10 * np.log10(np.mean(noisy**2, axis=(1, 2)))
            assert (-30.01 <= level_dbfs).all() and (level_dbfs <= -28.99).all()
            assert (level_dbfs > SILENCE_DBFS).all()


def test_what_is_held_out_is_not_trained_on_and_not_drawn_by_the_seed(folders) -> None:
    config = mixtures_config(folders)
    prepared = prepare(config.data)
    clips = {
        role: [
            set(getattr(source(config, prepared).mixer, role).names)
            for source in (training_source, held_out_source)
        ]
        for role in ("speech", "noise")
    }
    for training, held_out in clips.values():
        assert training and held_out and training.isdisjoint(held_out)
    other = dataclasses.replace(config, seed=1)
    same = [held_out_source(each, prepared).batch(0, 2)[0] for each in (config, other)]
    np.testing.assert_array_equal(*same)
    drawn = [training_source(each, prepared).batch(0, 2)[0] for each in (config, other)]
    assert np.abs(drawn[0] - drawn[1]).max() > 0.01


def test_the_keys_of_the_data_section_are_what_may_happen(folders) -> None:
    path = folders / "rooms" / "0.wav"
    path.parent.mkdir()
    for number in range(3):
        response = np.zeros(500)
        response[[20, 300]] = 0.5, 0.1 * number
        soundfile.write(path.with_name(f"{number}.wav"), response, 16_000)
    config = mixtures_config(
        folders,
        f"data.response_dir={path.parent}",
        "data.reverb_probability=1.0",
        "data.early_ms=0",
        "data.num_noises=[2, 2]",
        "data.augment=true",
        "data.snr_by=p56",
        "data.clipping_probability=1.0",
        "data.band_limit_probability=1.0",
    )
    prepared = prepare(config.data)
    training, held_out = (
        source(config, prepared).mixer for source in (training_source, held_out_source)
    )
    for mixer, num_rooms, is_augmented in ((training, 2, True), (held_out, 1, False)):
        plan = mixer.plan(3)
        values = plan.values
        assert mixer.responses.num_clips == num_rooms and plan.response is not None
        assert (values.snr_by, values.early_ms, len(plan.noises)) == ("p56", 0, 2)
        assert (values.colour is not None) == is_augmented
        assert (values.noises[0].colour is not None) == is_augmented
        assert values.clipping_db is not None and values.band_limit_hz is not None
    assert held_out.recipe.snr_db == config.data.validation_snr_db
    noisy, clean = training_source(config, prepared).batch(0, 2)
    assert np.isfinite(noisy).all() and np.abs(noisy - clean).max() > 0.01


def test_speech_alone_needs_no_noise(folders) -> None:
    config = mixtures_config(folders, "data.noise_dir=null", "data.num_noises=[0, 0]")
    source = training_source(config, prepare(config.data))
    np.testing.assert_array_equal(*source.batch(0, 2))


def test_voicebank_pairs_are_held_out_by_speaker(folders) -> None:
    for side in ("noisy", "clean"):
        folder = folders / "voicebank" / f"{side}_trainset_28spk_wav"
        folder.mkdir(parents=True)
        for number, speaker in enumerate(("p226", "p230", "p287")):
            content = (folders / side / f"{number}.wav").read_bytes()
            (folder / f"{speaker}_001.wav").write_bytes(content)
    config = load_config(
        "smoke/segan",
        [
            f"data={{kind: voicebank, root_dir: {folders / 'voicebank'}, "
            f"shards_dir: {folders / 'pairs'}, segment_samples: 1000}}"
        ],
    )
    prepared = prepare(config.data)
    training, held_out = (source(config, prepared) for source in (training_source, held_out_source))
    assert training.noisy.names == training.clean.names == ["p230_001.wav"]
    assert held_out.noisy.names == held_out.clean.names == ["p226_001.wav", "p287_001.wav"]


def test_pairs_keep_partners_together(folders) -> None:
    config = load_config(
        "smoke/segan",
        [
            f"data={{kind: pairs, noisy_dir: {folders / 'noisy'}, clean_dir: {folders / 'clean'}, "
            f"shards_dir: {folders / 'pairs'}, segment_samples: 1000, validation_fraction: 0.3}}"
        ],
    )
    prepared = prepare(config.data)
    for source in (training_source(config, prepared), held_out_source(config, prepared)):
        noisy, clean = source.batch(0, 4)
        levels = [np.sqrt(np.mean(part[:, :1000] ** 2, axis=(1, 2))) for part in (noisy, clean)]
        np.testing.assert_allclose(levels[0] - levels[1], 0.25, atol=1e-3)


@pytest.mark.parametrize("family", ["wavegan", "specgan"])
def test_sections_of_sounds_arrive(family: str) -> None:
    model = build_model(
        load_config(
            f"smoke/{family}",
            [
                "model.base_channels=1",
                "data.sample_rate_hz=8000",
                "losses.objective=lsgan",
                "losses.augment=[mask]",
                "losses.gradient_penalty_weight=0.5",
                "optimizer.discriminator_learning_rate=0.25",
                "optimizer.schedule=cosine",
                "train.num_steps=100",
                "train.ema_momentum=0.9",
            ],
        ),
        num_classes=2,
        label_names=("a", "b"),
    )
    assert (model.sample_rate_hz, model.label_names) == (8000, ("a", "b"))
    assert (model.objective.name, model.objective.critic_steps) == ("lsgan", 5)
    assert model.objective.gradient_penalty_weight == 0.5 and model.augment == ("mask",)
    generator, discriminator = model.generator_optimizer, model.discriminator_optimizer
    assert isinstance(generator, TensorFlow1RMSprop) and generator.use_ema
    assert rate_after(generator, 0) == pytest.approx(1e-4)
    assert rate_after(discriminator, 0) == 0.25
    # Five updates of the critic for each of a hundred steps.
    assert rate_after(discriminator, 500) == pytest.approx(0.02 * 0.25)
    assert rate_after(discriminator, 250) == pytest.approx(0.51 * 0.25)
