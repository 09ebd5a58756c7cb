"""WaveGAN: what its networks are, what is drawn for them, and what keeps of a model on disk."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_family import dataset_of, flat, state_of

from tfgan_audio.errors import InputError
from tfgan_audio.layers.phase_shuffle import PhaseShuffle
from tfgan_audio.models.rmsprop import TensorFlow1RMSprop
from tfgan_audio.models.wavegan import WaveGAN

SMALL = {"slice_samples": 256, "strides": (4, 2, 2), "base_channels": 2, "latent_dim": 5}
NAMES = ("kick", "snare", "hat")


def make_wavegan(**options) -> WaveGAN:
    """A small model with drawn weights."""
    keras.utils.set_random_seed(1)
    return WaveGAN(**{**SMALL, **options})


def sounds(num: int, num_channels: int = 1) -> np.ndarray:
    """Sounds to train on."""
    shape = [num, SMALL["slice_samples"], num_channels]
    return np.random.default_rng(3).uniform(-0.8, 0.8, shape).astype(np.float32)


def num_trainable(network: keras.Model) -> int:
    """Numbers that training may change."""
    return sum(math.prod(weight.shape) for weight in network.trainable_weights)


@pytest.mark.parametrize(
    ("slice_samples", "generator", "discriminator"),
    [
        (16384, 19_065_345, 17_427_969),
        (32768, 73_149_953, 69_875_201),
        (65536, 73_149_953, 69_875_201),
    ],
)
def test_published_numbers_of_parameters(slice_samples, generator, discriminator) -> None:
    model = WaveGAN(slice_samples)
    assert num_trainable(model.generator) == generator
    assert num_trainable(model.discriminator) == discriminator
    assert model.generator.output_shape == (None, slice_samples, 1)


@pytest.mark.parametrize(("slice_samples", "num_shuffles"), [(16384, 4), (32768, 4), (65536, 4)])
def test_where_the_critic_shuffles(slice_samples: int, num_shuffles: int) -> None:
    model = WaveGAN(slice_samples, base_channels=1, phase_shuffle=3)
    names = [layer.name for layer in model.discriminator.layers if isinstance(layer, PhaseShuffle)]
    assert names == [f"shuffle_{index}" for index in range(num_shuffles)]
    before = [
        model.discriminator.layers[model.discriminator.layers.index(layer) - 1].name
        for layer in model.discriminator.layers
        if isinstance(layer, PhaseShuffle)
    ]
    assert before == [f"relu_{index}" for index in range(num_shuffles)]
    assert {model.discriminator.get_layer(name).max_shift for name in names} == {3}


def test_shuffling_is_for_training_alone() -> None:
    model, (real,) = make_wavegan(phase_shuffle=2), [tf.constant(sounds(4))]
    without = make_wavegan(phase_shuffle=0)
    without.discriminator.set_weights(
        [w for w in model.discriminator.get_weights() if w.shape != ()]
    )
    np.testing.assert_array_equal(model.discriminator(real), without.discriminator(real))
    trained = [model.discriminator(real, training=True).numpy() for _ in range(6)]
    assert len({scores.tobytes() for scores in trained}) > 3


@pytest.mark.parametrize("num_channels", [1, 3])
@pytest.mark.parametrize("taps", [8, 9])
def test_the_post_filter_correlates_each_channel(num_channels: int, taps: int, rng) -> None:
    """With one more sample of padding behind than before, where the number of taps is even."""
    model = make_wavegan(num_channels=num_channels, postfilter_taps=taps)
    latent = rng.uniform(-1, 1, [2, 5]).astype(np.float32)
    before = keras.Model(model.generator.inputs[0], model.generator.get_layer("tanh").output)
    clean, kernel = before(latent).numpy(), model.generator.get_layer("postfilter").kernel.numpy()
    padded = np.pad(clean, [(0, 0), ((taps - 1) // 2, taps // 2), (0, 0)])
    found = model.generator(latent).numpy()
    for channel in range(num_channels):
        expected = [
            np.correlate(example, kernel[:, channel, 0], "valid")
            for example in padded[..., channel]
        ]
        np.testing.assert_allclose(found[..., channel], expected, atol=1e-6)


def test_nearest_upsampling_repeats_frames(rng) -> None:
    """A last kernel with one tap in the middle passes the repeated frames."""
    model = make_wavegan(upsampling="nearest", kernel_size=5)
    layer = model.generator.get_layer("up_2")
    kernel = np.zeros(layer.kernel.shape, np.float32)
    kernel[2, 0, 0] = 1.0
    layer.kernel.assign(kernel)
    found = model.generator(rng.uniform(-1, 1, [2, 5]).astype(np.float32)).numpy()
    np.testing.assert_array_equal(found[:, ::2], found[:, 1::2])
    assert found.std() > 1e-4


def test_latents_are_uniform_and_of_their_update() -> None:
    model = make_wavegan()
    latent = keras.Input([5])
    model.generator = keras.Model(latent, keras.layers.Identity()(latent))
    batch = {"real": tf.zeros([2000, 256, 1])}
    first, again, *others = [
        model.synthesize(batch, tf.constant(key), training=True).numpy()
        for key in ([0, 1], [0, 1], [0, 2], [1, 1])
    ]
    np.testing.assert_array_equal(first, again)
    assert first.shape == (2000, 5) and first.min() < -0.99 and first.max() > 0.99
    assert np.histogram(first, bins=10)[0].min() > 850 and abs(first).max() <= 1.0
    for other in others:
        assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.05


@pytest.mark.parametrize(
    ("objective", "kind", "settings"),
    [
        ("wgan-gp", keras.optimizers.Adam, (1e-4, 0.5, 0.9, 1e-8)),
        ("hinge", keras.optimizers.Adam, (1e-4, 0.5, 0.9, 1e-8)),
        ("minimax", keras.optimizers.Adam, (2e-4, 0.5, 0.999, 1e-8)),
        ("wgan", TensorFlow1RMSprop, (5e-5, 0.9, 1e-10)),
        ("lsgan", TensorFlow1RMSprop, (1e-4, 0.9, 1e-10)),
    ],
)
def test_published_training(objective: str, kind: type, settings: tuple) -> None:
    model = make_wavegan()
    model.compile(objective=objective)
    names = ("learning_rate", "beta_1", "beta_2", "epsilon")
    if kind is TensorFlow1RMSprop:
        names = ("learning_rate", "rho", "epsilon")
    for optimizer in (model.generator_optimizer, model.discriminator_optimizer):
        assert type(optimizer) is kind
        found = [float(getattr(optimizer, name)) for name in names]
        np.testing.assert_allclose(found, settings, rtol=1e-6)
    assert model.generator_optimizer is not model.discriminator_optimizer
    assert model.objective.critic_steps == 5
    assert model.objective.weight_clip == (0.01 if objective == "wgan" else None)
    assert model.objective.gradient_penalty_weight == (10.0 if objective == "wgan-gp" else 0.0)


def test_a_step_is_five_updates_on_fresh_data_and_one() -> None:
    model = make_wavegan()
    model.compile(run_eagerly=True)
    seen, judge = [], model.judge
    model.judge = lambda candidate, batch, training: (
        seen.append(batch["real"].numpy()) or judge(candidate, batch, training)
    )
    data = sounds(2 * 5 * 2)
    model.fit(dataset_of(data, batch_size=2), verbose=0)
    assert model.generator_optimizer.iterations.numpy() == 2
    assert model.discriminator_optimizer.iterations.numpy() == 10
    # Real, fake and mixed for each update of the critic, fake for the generator's.
    assert len(seen) == 2 * (5 * 3 + 1)
    used = np.concatenate(
        [seen[step * 16 + update * 3] for step in range(2) for update in range(5)]
    )
    np.testing.assert_array_equal(used, data)


@pytest.mark.slow
def test_it_learns_a_level() -> None:
    """Sounds of one constant: after some steps most of what is made lies near it."""
    model = make_wavegan(phase_shuffle=1)
    model.compile(*(keras.optimizers.Adam(1e-3, 0.5, 0.9) for _ in range(2)), critic_steps=2)
    data = np.full([8 * 2 * 80, 256, 1], 0.5, np.float32)
    latents = np.random.default_rng(0).uniform(-1, 1, [20, 5])
    distances = [np.abs(model.render(latents) - 0.5).mean()]
    model.fit(dataset_of(data, batch_size=8), verbose=0)
    distances.append(np.abs(model.render(latents) - 0.5).mean())
    assert distances[0] > 0.45 and distances[1] < 0.25


@pytest.mark.parametrize(
    "options",
    [
        {"num_classes": 3, "label_names": NAMES},
        {"batch_norm": True, "num_channels": 2, "postfilter_taps": 6, "sample_rate_hz": 44100},
        {"upsampling": "nearest", "phase_shuffle_per_example": True, "name": "mine"},
    ],
)
def test_a_loaded_model_goes_on_as_the_saved_one(tmp_path, options: dict) -> None:
    model = make_wavegan(**options)
    model.compile(critic_steps=2, augment=["gain", "mask"], seed=3, run_eagerly=True)
    data = (
        sounds(8, model.num_channels),
        *([np.arange(8, dtype=np.int32) % 3] * ("num_classes" in options)),
    )
    dataset = dataset_of(*data, batch_size=2)
    model.fit(dataset, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    assert loaded.get_compile_config() == model.get_compile_config()
    for name, value in options.items():
        assert getattr(loaded, name, None) == value or getattr(loaded.sizes, name) == value
    latents = np.random.default_rng(0).uniform(-1, 1, [3, 5])
    labels = [2, 0, 1] if model.num_classes else None
    np.testing.assert_array_equal(loaded.render(latents, labels), model.render(latents, labels))
    for each in (model, loaded):
        each.fit(dataset, verbose=0)
    np.testing.assert_array_equal(state_of(loaded), state_of(model))


def test_batch_norm_trains_on_the_batch_and_renders_on_what_was_kept(rng) -> None:
    model = make_wavegan(batch_norm=True)
    latent = rng.uniform(-1, 1, [6, 5]).astype(np.float32)
    before = model.generator(latent).numpy()
    trained = model.generator(latent, training=True).numpy()
    assert np.abs(trained - before).max() > 1e-3
    first = keras.Model(model.generator.inputs[0], model.generator.get_layer("frames").output)
    mean = np.mean(first(latent), axis=(0, 1))
    kept = model.generator.get_layer("norm_0").running_mean
    np.testing.assert_allclose(kept, 0.01 * mean, atol=1e-6)
    rendered = model.generator(latent).numpy()
    assert 1e-6 < np.abs(rendered - before).max() < 0.2 * np.abs(trained - before).max()
    # The critic goes by the batch at all times.
    scores = [model.discriminator(sounds(4)[:num], training=False).numpy() for num in (2, 4)]
    assert np.abs(scores[0] - scores[1][:2]).max() > 1e-6


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision(policy: str) -> None:
    keras.config.set_dtype_policy(policy)
    model = make_wavegan(num_classes=3, batch_norm=True, postfilter_taps=4)
    model.compile(critic_steps=1, run_eagerly=True)
    labels = np.arange(6, dtype=np.int32) % 3
    before = flat(model.trainable_weights)
    # The scale of losses in float16 comes down from 2^15 until the penalty's slopes are finite.
    dataset = dataset_of(sounds(6), labels, batch_size=3)
    logs = model.fit(dataset, epochs=6 if policy == "mixed_float16" else 1, verbose=0).history
    assert np.isfinite(list(logs.values())).all()
    after = flat(model.trainable_weights)
    assert np.isfinite(after).all() and np.abs(after - before).max() > 1e-5
    assert model.generator.output.dtype == model.discriminator.output.dtype == "float32"


@pytest.mark.slow
def test_xla_trains() -> None:
    model = make_wavegan(num_classes=3)
    model.compile(critic_steps=1, jit_compile=True, augment=["shift", "gain", "polarity", "mask"])
    labels = np.arange(6, dtype=np.int32) % 3
    before = flat(model.trainable_weights)
    logs = model.fit(dataset_of(sounds(6), labels, batch_size=3), verbose=0).history
    assert np.isfinite(list(logs.values())).all()
    assert np.abs(flat(model.trainable_weights) - before).max() > 1e-5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"slice_samples": 16000, "strides": None},
            "got 16000, expected one of 16384, 32768, 65536, or strides",
        ),
        ({"slice_samples": 16384, "strides": (4, 4)}, r"\[4, 4\], which make 256 samples"),
        ({"strides": (4, 0)}, "strides: got 0, expected a whole number of at least 1"),
        ({"strides": ()}, r"strides: got \[\], which make 16"),
        ({"kernel_size": 3}, "kernel_size: got 3, expected at least the largest stride, 4"),
        ({"upsampling": "linear"}, "upsampling: got linear, expected one of transposed, nearest"),
        ({"base_channels": 0}, "base_channels: got 0"),
        ({"latent_dim": 1.5}, "latent_dim: got 1.5, expected a whole number"),
        ({"num_channels": 0}, "num_channels: got 0"),
        ({"phase_shuffle": -1}, "phase_shuffle: got -1, expected a whole number of at least 0"),
        ({"phase_shuffle": 64}, "phase shuffle: got 64 for 64 steps"),
        ({"postfilter_taps": -1}, "postfilter_taps: got -1"),
        ({"num_classes": 2, "label_names": NAMES}, "kick, snare, hat, expected a name for each of"),
        ({"label_names": ("a",)}, "label_names: got a, expected a name for each of 0 classes"),
        ({"num_classes": 2, "label_names": ("a", "a", "b")}, "label_names: got a, a, b"),
    ],
)
def test_wrong_sizes(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        WaveGAN(**{**SMALL, **options})
