"""Sounds by seed, label and latent: with a made renderer, and with the real families."""

import keras
import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.latents import draw_latents
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.models.wavegan import WaveGAN
from tfgan_audio.serving.latent_paths import latent_path
from tfgan_audio.serving.sound_generator import SoundGenerator

NAMES = ("kick", "snare", "open hat", "7")


def echo(latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """Render [N, 5, 1]: the latent, its label, and the number of sounds asked for at once."""
    label = np.zeros(len(latents)) if labels is None else labels
    if label.ndim == 2:
        label = label @ np.arange(label.shape[1])
    columns = [*latents.T, label, np.full(len(latents), len(latents))]
    return np.stack(columns, axis=1)[:, :, None].astype(np.float32)


@pytest.fixture
def plain() -> SoundGenerator:
    """A generator without labels."""
    return SoundGenerator(echo, 3, 5, 16000)


@pytest.fixture
def labelled() -> SoundGenerator:
    """A generator with labels."""
    return SoundGenerator(echo, 3, 5, 16000, label_names=NAMES)


def test_sounds_are_those_of_the_drawn_latents_each_by_itself(plain) -> None:
    sounds = plain.generate(6, seed=4, truncation=0.5)
    np.testing.assert_array_equal(sounds[:, :3, 0], draw_latents(6, 3, 4, 0.5))
    np.testing.assert_array_equal(sounds[:, 4, 0], 1)
    np.testing.assert_array_equal(plain.generate(2, seed=4, truncation=0.5), sounds[:2])
    np.testing.assert_array_equal(plain.generate(latents=sounds[3:5, :3, 0]), sounds[3:5])
    np.testing.assert_array_equal(plain.generate(6), plain.generate(6, seed=0))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (None, [0, 1, 2, 3, 0]),
        ("snare", [1] * 5),
        (2, [2] * 5),
        (np.int64(3), [3] * 5),
        ("7", [3] * 5),
        (["snare"], [1] * 5),
        (["snare", 0, "7", "kick", 2], [1, 0, 3, 0, 2]),
        (np.array([1, 0, 3, 0, 2]), [1, 0, 3, 0, 2]),
    ],
)
def test_labels_by_name_or_index(labelled, labels, expected: list[int]) -> None:
    assert labelled.generate(5, labels=labels)[:, 3, 0].tolist() == expected
    assert labelled.indices(labels, 5).dtype == np.int32


def test_a_way_between_seeds_or_latents(plain, labelled) -> None:
    ends = np.concatenate([draw_latents(1, 3, seed) for seed in (5, 9)])
    for kind in ("linear", "spherical"):
        expected = latent_path(ends, 4, kind)
        for start, end in [(5, 9), (ends[0], 9), (5, ends[1])]:
            sounds = plain.interpolate(start, end, 4, kind)
            np.testing.assert_array_equal(sounds[:, :3, 0], expected)
    between = labelled.interpolate(5, 9, 5, labels=("snare", 3))
    np.testing.assert_allclose(between[:, 3, 0], [1, 1.5, 2, 2.5, 3])
    np.testing.assert_array_equal(labelled.interpolate(5, 9, 5, labels=2)[:, 3, 0], 2)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda g: g.generate(2, labels="snar"), "snar: got an unknown label, expected snare"),
        (lambda g: g.generate(2, labels="x"), "x: got an unknown label, expected one of kick, sn"),
        (lambda g: g.generate(2, labels=4), "label: got 4, expected an index from 0 to 3"),
        (lambda g: g.generate(2, labels=-1), "label: got -1, "),
        (lambda g: g.generate(3, labels=[0, 1]), "labels: got 2, expected one for all, or 3"),
        (lambda g: g.generate(3, labels=[]), "labels: got 0, expected one for all, or 3"),
        (lambda g: g.generate(), "num: got None, expected a whole number of at least 1"),
        (lambda g: g.generate(0), "num: got 0, "),
        (lambda g: g.generate(2, seed=-1), "seed: got -1, "),
        (lambda g: g.generate(2, truncation=2.0), "truncation: got 2.0, "),
        (lambda g: g.generate(2, latents=np.zeros([3, 3])), "num: got 2, expected 3, the number"),
        (lambda g: g.generate(latents=np.zeros([2, 4])), "latents: got shape [2, 4], expected [N,"),
        (lambda g: g.generate(latents=np.full([2, 3], np.nan)), "latents: got numbers that are no"),
        (lambda g: g.generate(latents=[["a"] * 3]), "latents: got <U1 values, expected numbers"),
        (lambda g: g.interpolate(0, 1, 1, labels=0), "num: got 1, expected at least 2"),
        (lambda g: g.interpolate(0, -1, 3, labels=0), "seed: got -1, "),
        (lambda g: g.interpolate(0, np.zeros(4), 3, labels=0), "latents: got shape [1, 4], "),
        (
            lambda g: g.interpolate(0, 1, 3, "cubic", 0),
            "kind: got cubic, expected one of spherical",
        ),
        (lambda g: g.interpolate(0, 1, 3), "labels: got none, expected one of kick, snare, open"),
        (lambda g: g.interpolate(0, 1, 3, labels=[0, 1, 2]), "labels: got 3, expected one for al"),
    ],
)
def test_bad_input_is_one_line(labelled, action, message: str) -> None:
    with pytest.raises(InputError) as error:
        action(labelled)
    assert str(error.value).startswith(message), error.value


def test_a_label_for_a_model_without_any_is_refused(plain) -> None:
    with pytest.raises(InputError, match="^label: got kick, expected none, as the model knows no"):
        plain.generate(2, labels="kick")


@pytest.fixture(scope="module", params=["wavegan", "stereo", "specgan"])
def model(request) -> keras.Model:
    """A small model of each family, with three labels that differ."""
    keras.utils.set_random_seed(8)
    if request.param == "specgan":
        model = SpecGAN(latent_dim=4, base_channels=2, num_classes=3)
    else:
        model = WaveGAN(
            4096,
            4,
            base_channels=16,
            strides=(4, 4, 4, 4),
            num_classes=3,
            num_channels=2 if request.param == "stereo" else 1,
            batch_norm=request.param == "stereo",
            postfilter_taps=64,
        )
    vectors = model.generator.get_layer("label_vector").kernel
    vectors.assign(keras.random.uniform(vectors.shape, -0.5, 0.5, seed=9))
    return model


@pytest.fixture(scope="module")
def generator(model) -> SoundGenerator:
    """What makes its sounds."""
    return SoundGenerator(
        model.render, 4, model.slice_samples, 16000, model.num_channels, ("a", "b", "c")
    )


def test_a_sound_is_the_same_to_the_bit_in_any_company(model, generator) -> None:
    sounds = generator.generate(5, seed=2)
    assert sounds.dtype == np.float32
    assert sounds.shape == (5, model.slice_samples, model.num_channels)
    latents = draw_latents(5, 4, seed=2)
    for index in (4, 2):
        alone = generator.generate(latents=latents[index : index + 1], labels=index % 3)
        np.testing.assert_array_equal(alone[0], sounds[index])
    turned = generator.generate(latents=latents[::-1], labels=[1, 0, 2, 1, 0])
    np.testing.assert_array_equal(turned[::-1], sounds)


@pytest.mark.parametrize("model", ["wavegan", "stereo"], indirect=True)
def test_a_sound_is_what_the_generator_makes(model, generator) -> None:
    batch = model.generator([draw_latents(4, 4, seed=2), np.array([1, 1, 1, 1])], training=False)
    sounds = generator.generate(4, seed=2, labels="b")
    np.testing.assert_allclose(sounds, batch, atol=1e-6)
    assert np.abs(sounds[1] - sounds[0]).max() > 1e-3


def test_a_way_begins_and_ends_at_the_sounds_of_its_seeds(generator) -> None:
    sounds = generator.interpolate(3, 6, 3, "spherical", ["a", "c"])
    np.testing.assert_array_equal(sounds[0], generator.generate(1, 3, "a")[0])
    np.testing.assert_array_equal(sounds[2], generator.generate(1, 6, "c")[0])
    halfway = latent_path(
        np.concatenate([draw_latents(1, 4, seed) for seed in (3, 6)]), 3, "spherical"
    )
    for label in "abc":
        pure = generator.generate(latents=halfway[1:2], labels=label)[0]
        assert np.abs(pure - sounds[1]).max() > 1e-4
