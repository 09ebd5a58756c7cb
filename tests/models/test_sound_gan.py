"""What WaveGAN and SpecGAN have in common: labels, augmentation, rendering."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_family import dataset_of, flat

from tfgan_audio.errors import InputError
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.models.wavegan import WaveGAN

NUM_CLASSES = 3


@pytest.fixture(params=["wavegan", "specgan"])
def model(request) -> WaveGAN | SpecGAN:
    """A small model with labels; its weights are drawn, those of labels and the moments too."""
    keras.utils.set_random_seed(1)
    options = {"latent_dim": 5, "num_classes": NUM_CLASSES}
    if request.param == "wavegan":
        model = WaveGAN(slice_samples=256, strides=(4, 4), base_channels=2, **options)
    else:
        model = SpecGAN(base_channels=1, **options)
        model.adapt(tf.data.Dataset.from_tensors(sounds(model, 4)))
    for network in (model.generator, model.discriminator):
        vectors = network.get_layer("label_vector").kernel
        assert not np.any(vectors)
        vectors.assign(keras.random.uniform(vectors.shape, -0.5, 0.5, seed=2))
    return model


def sounds(model: WaveGAN | SpecGAN, num: int) -> np.ndarray:
    """Sounds to train on."""
    shape = [num, model.slice_samples, model.num_channels]
    return np.random.default_rng(3).uniform(-0.8, 0.8, shape).astype(np.float32)


def latents(num: int) -> np.ndarray:
    """Latents as training draws them."""
    return np.random.default_rng(4).uniform(-1, 1, [num, 5]).astype(np.float32)


def test_a_label_changes_the_sound(model) -> None:
    by_label = [model.render(latents(2), label) for label in range(NUM_CLASSES)]
    scale = by_label[0].std()
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(by_label[one] - by_label[other]).max() > 0.1 * scale
    each = model.render(latents(2), [2, 0])
    np.testing.assert_array_equal(each, [by_label[2][0], by_label[0][1]])


def test_rendering_is_the_generator_and_shares_mix_labels(model) -> None:
    """Shares stand for a mixture of the vectors of labels, which a label with it would have."""
    label = np.array([1, 2], np.int32)
    made = model.generator([latents(2), label], training=False)
    expected = np.stack([model.to_waveforms(made[index : index + 1])[0] for index in range(2)])
    found = model.render(latents(2), label)
    peak = np.abs(expected).max()
    # The search for phases makes more of other rounding.
    tolerance = peak * (5e-3 if isinstance(model, SpecGAN) else 1e-5)
    np.testing.assert_allclose(found, expected, atol=tolerance)
    np.testing.assert_array_equal(model.render(latents(2), np.eye(3)[label]), found)
    mixed = model.render(latents(1), [[0.25, 0.0, 0.75]])
    table = model.generator.get_layer("label_vector").kernel
    vectors = table.numpy()
    table.assign([[0.25, 0.0, 0.75] @ vectors, vectors[1], vectors[2]])
    np.testing.assert_allclose(mixed, model.render(latents(1), 0), atol=tolerance)


def test_a_sound_does_not_depend_on_those_beside_it(model) -> None:
    whole = model.render(latents(5), 1)
    assert whole.dtype == np.float32
    assert whole.shape == (5, model.slice_samples, model.num_channels)
    for index in (0, 3):
        alone = model.render(latents(5)[index : index + 1], [1])
        np.testing.assert_array_equal(alone[0], whole[index])
    assert model.render(latents(0), 1).shape == (0, *whole.shape[1:])


def test_the_critic_projects_features_on_the_label(model) -> None:
    """The difference between labels is that of their vectors times the features."""
    critic, real = model.discriminator, model.represent(tf.constant(sounds(model, 2)))
    last = critic.get_layer("flatten").output
    features = keras.Model(critic.inputs, last)([real, tf.zeros([2], tf.int32)]).numpy()
    vectors = critic.get_layer("label_vector").kernel.numpy()
    scores = [critic([real, tf.fill([2], label)]).numpy() for label in range(3)]
    for label in (1, 2):
        expected = features @ (vectors[label] - vectors[0])
        found = (scores[label] - scores[0])[:, 0]
        np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(scores[0]).max() + 1e-6)


def test_training_moves_everything_and_repeats(model) -> None:
    labels = np.array([0, 1, 2, 0], np.int32)
    dataset = dataset_of(sounds(model, 4), labels, batch_size=2)
    # Under "wgan-gp" the offset of scores would have no slope.
    options = {"objective": "lsgan", "gradient_penalty_weight": 10.0, "critic_steps": 2}
    options |= {"augment": ["shift", "mask"], "run_eagerly": True}

    def compile_anew(seed: int) -> None:
        model.compile(*(keras.optimizers.Adam(1e-2) for _ in range(2)), seed=seed, **options)

    compile_anew(seed=4)
    start = model.get_weights()
    logs = model.fit(dataset, verbose=0).history
    assert set(logs) == {"d_loss", "d_penalty", "g_loss", "g_adversarial"}
    # The label vectors of all classes move too; only labels and moments may stay.
    for variable, before in zip(model.weights, start, strict=True):
        changed = np.abs(variable.numpy() - before).max() > 0.0
        assert changed == variable.trainable or "num_draws" in variable.path, variable.path
    end = flat(model.weights)
    model.set_weights(start)
    compile_anew(seed=4)
    assert model.fit(dataset, verbose=0).history == logs
    np.testing.assert_array_equal(flat(model.weights), end)
    model.set_weights(start)
    compile_anew(seed=5)
    assert model.fit(dataset, verbose=0).history != logs


def test_validation_changes_nothing(model) -> None:
    model.compile(run_eagerly=True, augment=["mask"])
    before = flat(model.weights)
    dataset = dataset_of(sounds(model, 4), np.zeros(4, np.int32), batch_size=2)
    first, again = (model.evaluate(dataset, verbose=0, return_dict=True) for _ in range(2))
    assert first == again
    np.testing.assert_array_equal(flat(model.weights), before)


def test_augmentation_is_for_the_critic_in_training_alone(model) -> None:
    """All candidates of an update are changed alike, those of the next one otherwise."""
    model.compile(augment=["shift", "mask"], run_eagerly=True)
    real = model.represent(tf.constant(sounds(model, 2))) + 3.0  # nothing is zero of itself
    seen, critic = [], model.discriminator
    batch = {"real": real, "label": tf.zeros([2], tf.int32)}
    model.discriminator = lambda inputs, training: seen.append(inputs[0].numpy()) or inputs[0]
    for training in (False, True, True):
        model.judge(real, batch, training)
    model.judge(2.0 * real, batch, training=True)
    model.discriminator_optimizer.iterations.assign(1)
    model.judge(real, batch, training=True)
    model.discriminator = critic
    untouched, first, again, louder, later = seen
    np.testing.assert_array_equal(untouched, real)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(louder, 2.0 * first)
    gone = [(changed == 0.0).mean() for changed in (first, later)]
    assert min(gone) > 0.0 and not np.array_equal(first, later)


@pytest.mark.parametrize(
    ("labels", "seen"),
    [(None, "none"), ([0, 1], "[0, 1]"), ([0, 1, 3], "[0, 1, 3]"), (-1, "-1"), (0.5, "0.5")],
)
def test_labels_that_do_not_fit(model, labels, seen: str) -> None:
    with pytest.raises(InputError) as caught:
        model.render(latents(3), labels)
    assert f"labels: got {seen}, expected indices from 0 to 2" in str(caught.value)


def test_latents_that_do_not_fit(model) -> None:
    for wrong in (latents(3)[:, :4], latents(3)[0]):
        with pytest.raises(InputError, match="latents: got shape .*, expected \\[sounds, 5\\]"):
            model.render(wrong, 0)


def test_data_that_do_not_fit(model) -> None:
    model.compile(critic_steps=1, run_eagerly=True)
    real, labels = sounds(model, 2), np.zeros(2, np.int32)
    for data, message in (
        ((real,), "waveforms alone, expected those of a model with num_classes 3"),
        ((real[:, 1:], labels), "training examples: got shape"),
    ):
        with pytest.raises(InputError, match=message):
            model.fit(dataset_of(*data, batch_size=2), verbose=0)


def test_options_that_there_are_not(model) -> None:
    with pytest.raises(InputError, match="got an unknown augmentation, expected shift"):
        model.compile(augment=["shft"])
    with pytest.raises(InputError, match="wgan-gp"):
        model.compile(objective="wgangp")
    with pytest.raises(InputError, match="gradient_penalty_weight: got -1"):
        model.compile(gradient_penalty_weight=-1)


def test_without_labels_there_are_none() -> None:
    model = WaveGAN(slice_samples=64, strides=(4,), base_channels=1, latent_dim=5)
    with pytest.raises(InputError, match="labels: got labels, expected none"):
        model.render(latents(1), [0])
    model.compile(critic_steps=1, run_eagerly=True)
    pair = (sounds(model, 2), np.zeros(2, np.int32))
    with pytest.raises(InputError, match="waveforms and labels, expected those of a model with"):
        model.fit(dataset_of(*pair, batch_size=2), verbose=0)
