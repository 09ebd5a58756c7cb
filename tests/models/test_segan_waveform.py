"""SEGAN and SEGAN+: sizes as published, windows, latents, training and saving."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_family import dataset_of, flat

from tfgan_audio.config import segan_schema
from tfgan_audio.errors import InputError
from tfgan_audio.models import segan_sizes
from tfgan_audio.models.segan import SEGAN

N = 256
SMALL = {
    "segan": {"encoder_channels": (2, 3, 4, 5), "discriminator_channels": (3, 3, 4, 4)},
    "segan_plus": {"encoder_channels": (2, 3), "discriminator_channels": (3, 4)},
}
COMMON = {"slice_samples": N, "kernel_size": 7, "latent_channels": 3}
VARIANTS = sorted(SMALL)


def make_segan(variant: str, sizes: dict | None = None, **options) -> SEGAN:
    """A small compiled model with drawn weights."""
    keras.utils.set_random_seed(4)
    model = SEGAN(variant, **{**COMMON, **SMALL[variant], **(sizes or {})})
    model.compile(**options)
    return model


def make_pairs(num_examples: int, num_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy and clean examples."""
    draws = np.random.default_rng(6)
    clean = draws.normal(0, 0.2, [num_examples, num_samples, 1]).cumsum(axis=1) / 10
    noisy = clean + draws.normal(0, 0.1, clean.shape)
    return noisy.astype(np.float32), clean.astype(np.float32)


@pytest.mark.parametrize(
    ("variant", "counts"),
    [("segan", (73_100_049, 24_373_081)), ("segan_plus", (64_770_561, 25_825_793))],
)
def test_the_published_numbers_of_parameters(variant: str, counts: tuple[int, int]) -> None:
    model = SEGAN(variant)
    found = [
        sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
        for network in (model.generator, model.discriminator)
    ]
    assert tuple(found) == counts
    shapes = [tuple(tensor.shape) for tensor in model.generator.inputs]
    num_frames = {"segan": 8, "segan_plus": 16}[variant]
    assert shapes == [(None, 16384, 1), (None, num_frames, 1024)]


@pytest.mark.parametrize(
    ("section", "sizes"),
    [
        (segan_schema.SEGANOriginalConfig, segan_sizes.SEGANSizes),
        (segan_schema.SEGANPlusConfig, segan_sizes.SEGANPlusSizes),
    ],
)
def test_the_configuration_has_the_same_keywords_and_defaults(section, sizes) -> None:
    in_section = dataclasses.asdict(section())
    del in_section["variant"]
    assert in_section == dataclasses.asdict(sizes())


@pytest.mark.parametrize(
    ("variant", "sizes", "text"),
    [
        ("segan", {"channels": 8}, "channels: got an unknown keyword of variant segan, expected"),
        ("segan", {"skip": "conv"}, "skip: got an unknown keyword of variant segan"),
        ("segan", {"pre_emphases": 0.9}, "expected pre_emphasis"),
        ("segan", {"encoder_channels": (2, 0)}, "encoder_channels: got [2, 0], expected whole"),
        ("segan", {"strides": (2, 2)}, "strides: got 2 strides, expected one for each of 4"),
        ("segan", {"pre_emphasis": 1.0}, "pre_emphasis: got 1.0, expected from 0 to below 1"),
        ("segan", {"activation": "relu"}, "activation: got relu, expected one of prelu, leaky"),
        ("segan", {"slice_samples": 250}, "decoder: got 64 samples beside an encoder layer of 63"),
        ("segan_plus", {"kernel_size": 3}, "strides: got 4, expected at most the kernel size, 3"),
        ("segan_plus", {"skip_kernel_size": 4}, "skip_kernel_size: got 4, expected an odd number"),
        ("segan_plus", {"decoder_channels": (3, 2)}, "expected 256 samples and 1 channel"),
        (
            "segan_plus",
            {"skip_merge": "sum", "decoder_channels": (5, 1)},
            "decoder_channels: got 5 channels to be added to 2",
        ),
    ],
)
def test_sizes_that_do_not_fit_are_told_in_one_line(variant: str, sizes: dict, text: str) -> None:
    with pytest.raises(InputError) as caught:
        make_segan(variant, sizes)
    assert text in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("variant", VARIANTS)
def test_windows_of_longer_examples_are_examples(variant: str) -> None:
    """Each is pre-emphasised by itself: its first sample stays as it is."""
    noisy, clean = make_pairs(2, 2 * N + 50)
    batch = make_segan(variant).unpack((tf.constant(noisy), tf.constant(clean)))
    windows = noisy[:, : 2 * N, 0].reshape(4, N)
    expected = np.concatenate([windows[:, :1], windows[:, 1:] - 0.95 * windows[:, :-1]], axis=1)
    np.testing.assert_allclose(batch["noisy"][:, :, 0], expected, atol=1e-6)
    with pytest.raises(InputError, match=f"training examples: got 255 samples.*window of {N}"):
        make_segan(variant).unpack((tf.constant(noisy[:, :255]), tf.constant(clean[:, :255])))


@pytest.mark.parametrize("variant", VARIANTS)
def test_latents_follow_from_the_seed_and_the_example(variant: str) -> None:
    model = make_segan(variant)
    batch = model.unpack(tuple(map(tf.constant, make_pairs(3, N))))
    first = model.synthesize(batch, tf.constant([1, 2]), training=False)
    again = model.synthesize(batch, tf.constant([1, 2]), training=False)
    other = model.synthesize(batch, tf.constant([1, 3]), training=False)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0
    same = {name: tf.repeat(tensor[:1], 3, axis=0) for name, tensor in batch.items()}
    three = model.synthesize(same, tf.constant([1, 2]), training=False)
    assert np.abs(three[0] - three[1]).max() > 0


@pytest.mark.parametrize(
    ("variant", "sizes"),
    [("segan", {}), ("segan_plus", {}), ("segan_plus", {"latent_channels": 0})],
)
def test_training_saving_and_going_on(tmp_path, variant: str, sizes: dict) -> None:
    """A loaded model goes on like the one that was saved, optimizers and draws included."""
    pairs = dataset_of(*make_pairs(8, N), batch_size=4)
    model = make_segan(variant, sizes, ema_momentum=0.9)
    networks = (model.generator, model.discriminator)
    before = [flat(network.trainable_weights) for network in networks]
    logs = model.fit(pairs, verbose=0).history
    assert set(logs) == {"d_loss", "g_loss", "g_adversarial", "g_waveform_l1"}
    assert np.isfinite(list(logs.values())).all()
    # A step of the smaller gradients is below the rounding of the weights.
    for network, weights in zip(networks, before, strict=True):
        assert (flat(network.trainable_weights) != weights).mean() > 0.1
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config() and loaded.sizes == model.sizes
    model.fit(pairs, verbose=0)
    loaded.fit(pairs, verbose=0)
    np.testing.assert_array_equal(flat(loaded.weights), flat(model.weights))
    scores = model.evaluate(pairs, verbose=0, return_dict=True)
    assert set(scores) == {*logs, "si_sdr"}


def test_scores_are_those_of_signals_without_emphasis() -> None:
    model = make_segan("segan")
    noisy, clean = make_pairs(2, N)
    batch = model.unpack((tf.constant(noisy), tf.constant(clean)))
    found = float(model.quality(batch, batch["noisy"])["si_sdr"])
    ratios = []
    for estimate, target in zip(noisy[:, :, 0], clean[:, :, 0]):
        part = target * (estimate @ target) / (target @ target)
        ratios.append(10 * np.log10(np.sum(part**2) / np.sum((estimate - part) ** 2)))
    assert found == pytest.approx(np.mean(ratios), abs=1e-2)


def test_fakes_are_normalised_by_the_moments_of_the_real_pairs() -> None:
    """So an example's judgement hardly depends on its neighbours, but on the real ones."""
    model = make_segan("segan")
    for layer in model.discriminator.layers:
        for weight in layer.weights:
            weight.assign(weight + 0.3 * np.random.default_rng(1).standard_normal(weight.shape))
    noisy, clean = map(tf.constant, make_pairs(12, N))
    batch = model.unpack((noisy, clean))
    judged = model.judge(batch["noisy"], batch, training=True).numpy()
    others = tf.concat([batch["noisy"][:1], 3 * batch["noisy"][1:]], axis=0)
    beside_others = model.judge(others, batch, training=True).numpy()
    alone = model.discriminator([others, batch["noisy"]]).numpy()
    spread = np.std(judged)
    assert np.abs(beside_others[0] - judged[0]) < 0.3 * np.abs(alone[0] - judged[0]) + 1e-6
    assert spread > 0
    real = model.judge(batch["real"], batch, training=True)
    np.testing.assert_array_equal(real, model.discriminator([batch["real"], batch["noisy"]]))


@pytest.mark.parametrize("variant", VARIANTS)
def test_micro_batches_train_as_the_whole_where_nothing_mixes_examples(variant: str) -> None:
    sizes = {"discriminator_norm": "none"}
    sizes |= {"max_shift_samples": 0} if variant == "segan_plus" else {}
    pairs = dataset_of(*make_pairs(8, N), batch_size=4)
    whole = make_segan(variant, sizes)
    parts = make_segan(variant, sizes, num_micro_batches=4)
    before = flat(whole.trainable_weights)
    for model in (whole, parts):
        for optimizer in (model.generator_optimizer, model.discriminator_optimizer):
            optimizer.learning_rate = 1e-3
            optimizer.epsilon = 1e-3  # the first steps follow the size of a gradient, not its sign
        model.fit(pairs, verbose=0)
    moved = np.abs(flat(whole.trainable_weights) - before).max()
    assert moved > 1e-3
    np.testing.assert_allclose(
        flat(parts.trainable_weights), flat(whole.trainable_weights), atol=1e-3 * moved
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_recordings_of_any_length_in_chunks_of_any_size(variant: str) -> None:
    model = make_segan(variant)
    for num_samples in (1, N - 1, N, 3 * N + 77):
        recording = make_pairs(1, num_samples)[0]
        enhanced = model.enhance(recording, seed=3)
        assert enhanced.shape == recording.shape and np.isfinite(enhanced).all()
        stream = model.stream(seed=3)
        parts = [stream.process(chunk) for chunk in np.array_split(recording[0, :, 0], 5)]
        np.testing.assert_array_equal(np.concatenate([*parts, stream.flush()]), enhanced[0, :, 0])
    other = model.enhance(recording, seed=4)
    assert np.abs(other - enhanced).max() > 0


def test_bad_options_of_streams() -> None:
    model = make_segan("segan")
    recording = make_pairs(1, 3 * N)[0]
    with pytest.raises(InputError, match=r"latents: got shape \[1, 2, 2\], expected \[windows, 16"):
        model.stream(latents=np.zeros([1, 2, 2]))
    with pytest.raises(InputError, match="latents: got 2, expected one for window 2 too"):
        model.enhance(recording, overlap=0.0, latents=np.zeros([2, 16, 3]))
    with pytest.raises(InputError, match="feature_matching_weight: got 1.0, expected 0"):
        model.compile(feature_matching_weight=1.0)
    with pytest.raises(InputError, match="overlap: got an option of streams"):
        SEGAN(channels=4, dilations=(1,)).stream(overlap=0.5)


@pytest.mark.parametrize(
    ("variant", "policy"), [("segan", "mixed_float16"), ("segan_plus", "mixed_bfloat16")]
)
def test_mixed_precision_keeps_signals_and_scores_in_float32(variant: str, policy: str) -> None:
    keras.config.set_dtype_policy(policy)
    try:
        model = make_segan(variant)
    finally:
        keras.config.set_dtype_policy("float32")
    logs = model.fit(dataset_of(*make_pairs(4, N), batch_size=4), verbose=0).history
    assert np.isfinite(list(logs.values())).all()
    batch = model.unpack(tuple(map(tf.constant, make_pairs(2, N))))
    fake = model.synthesize(batch, tf.constant([0, 0]), training=True)
    assert fake.dtype == model.judge(fake, batch, training=True).dtype == tf.float32
