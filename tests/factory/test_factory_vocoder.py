"""Every entry of a vocoder's configuration arrives where it belongs."""

import keras
import numpy as np
import pytest
import soundfile

from tfgan_audio.config.loading import load_config
from tfgan_audio.data.prepare import prepare
from tfgan_audio.errors import InputError
from tfgan_audio.factory import build_model, held_out_speech, training_source
from tfgan_audio.training.continuation import refuse_another
from tfgan_audio.training.run import train


def build(*overrides: str):
    """Build the model of the smoke configuration."""
    return build_model(load_config("smoke/melgan", overrides))


def test_sections_arrive() -> None:
    model = build(
        "model.kernel_size=5",
        "model.periods=[3]",
        "model.mel_discriminator=true",
        "data.features.num_mels=40",
        "losses.objective=lsgan",
        "losses.mel_l2_weight=3",
        "optimizer.discriminator_learning_rate=0.25",
        "train.adversarial_start_step=7",
        "train.ema_momentum=0.9",
        "seed=5",
    )
    assert (model.sample_rate_hz, model.features.num_mels, model.seed) == (16_000, 40, 5)
    assert (model.sizes.kernel_size, model.sizes.periods) == (5, (3,))
    assert model.sizes.mel_discriminator and model.objective.name == "lsgan"
    # Four strided layers have 48, as the official code sums; two have 10 * 4 / 3 * 4.
    weights = {name: weight for name, weight in model.term_weights.items() if weight}
    assert weights == {
        "adversarial": 1.0,
        "feature_matching": pytest.approx(160 / 3),
        "mel_l1": 1.0,
        "mel_l2": 3.0,
        "sub_band_stft": 1.0,
    }
    generator, discriminator = model.generator_optimizer, model.discriminator_optimizer
    assert generator.use_ema and float(discriminator.learning_rate) == 0.25
    assert (generator.beta_1, generator.beta_2) == (0.5, 0.9)
    assert model.adversarial_start_step == 7


def test_rates_are_halved_after_so_many_updates(tmp_path) -> None:
    model = build(
        "optimizer.generator_learning_rate=1",
        "optimizer.schedule=halving",
        "optimizer.halve_at_updates=[10, 15]",
    )
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for optimizer in (model.generator_optimizer, loaded.generator_optimizer):
        rates = []
        for updates in (0, 9, 10, 14, 15, 1000):
            optimizer.iterations.assign(updates)
            rates.append(float(optimizer.learning_rate))
        assert rates == [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]


def test_a_run_with_halved_rates_may_be_made_longer() -> None:
    halving = ["optimizer.schedule=halving", "optimizer.halve_at_updates=[10]"]
    kept = load_config("smoke/melgan", halving)
    refuse_another(kept, load_config("smoke/melgan", [*halving, "train.num_steps=30"]))
    with pytest.raises(InputError, match="train.num_steps: got 10, expected 20 as in the run, or"):
        refuse_another(kept, load_config("smoke/melgan", [*halving, "train.num_steps=10"]))


def test_adam_gets_its_memory_and_others_have_none() -> None:
    model = build("optimizer.betas=[0.8, 0.99]")
    for optimizer in (model.generator_optimizer, model.discriminator_optimizer):
        assert (optimizer.beta_1, optimizer.beta_2) == (0.8, 0.99)
    config = load_config("smoke/wavegan", ["optimizer.betas=[0.8, 0.99]", "losses.objective=lsgan"])
    with pytest.raises(InputError, match=r"optimizer.betas: got \[0.8, 0.99\], expected null"):
        build_model(config)


def test_training_and_held_out_speech_are_apart_and_of_the_measured_features(tmp_path, rng) -> None:
    for number in range(5):
        path = tmp_path / "speech" / f"{number}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, 0.1 * (1 + number) * rng.uniform(-1, 1, 16_000), 16_000)
    config = load_config(
        "smoke/melgan",
        [
            f"data.speech_dir={tmp_path / 'speech'}",
            f"data.shards_dir={tmp_path / 'shards'}",
            "data.features.standardize=true",
            "data.gain=[0.5, 0.5]",
            "data.validation_fraction=0.4",
            "data.validation_seconds=0.5",
        ],
    )
    prepared = prepare(config.data)
    source, held_out = training_source(config, prepared), held_out_speech(config, prepared)
    assert len(held_out) == 2
    assert {each.name for each in held_out}.isdisjoint(source.clips.names)
    assert all(each.waveform.shape == (7936, 1) for each in held_out)  # 31 frames of 256 samples
    mel, waveform = source.batch(0, 8)
    assert mel.shape == (8, 16, 80) and waveform.shape == (8, 4096, 1)
    assert 0.4 < np.abs(waveform).max() <= 0.4751
    assert source.features.mean is not None
    assert build_model(config, features=source.features).features == source.features
    # Standardized, but for the gain, which lowers every bin by log10(2).
    expected = np.log10(0.5) / np.array(source.features.scale)
    np.testing.assert_allclose(mel.mean(axis=(0, 1)), expected, atol=0.5)
    assert (mel - expected).std() == pytest.approx(1.0, abs=0.15)


def test_impossible_sizes_are_refused_before_the_work_on_the_data(tmp_path) -> None:
    """The folder of recordings, which is not there, has not even been looked for."""
    places = [f"data.speech_dir={tmp_path / 'speech'}", f"data.shards_dir={tmp_path / 'shards'}"]
    config = load_config("smoke/melgan", [*places, "model.base_channels=6"])
    expected = "model.base_channels: got 6, expected a multiple of 8, 2 for each of the upsample_f"
    with pytest.raises(InputError, match=expected):
        train(config, tmp_path / "run")
    assert not any(tmp_path.iterdir())
