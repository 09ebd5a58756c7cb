"""SEGAN: streams equal to the whole, terms by their weights, training that helps."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_family import dataset_of, flat

from tfgan_audio.errors import InputError
from tfgan_audio.losses.adversarial import OBJECTIVES
from tfgan_audio.models.segan import SEGAN

FRAME, HOP = 128, 64
SMALL = {
    "frame_samples": FRAME,
    "hop_samples": HOP,
    "channels": 8,
    "dilations": (1, 2),
    "discriminator_channels": 4,
}
WEIGHTS = [name for name in inspect.signature(SEGAN.compile).parameters if name.endswith("_weight")]
RECONSTRUCTION = sorted(set(WEIGHTS) - {"adversarial_weight", "feature_matching_weight"})


def make_segan(**options) -> SEGAN:
    """A small compiled model with drawn weights."""
    keras.utils.set_random_seed(2)
    model = SEGAN(**SMALL)
    model.compile(**{"run_eagerly": True, **options})
    return model


def make_pairs(num_examples: int, num_samples: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Tones with as much white noise, and the tones alone."""
    draws = np.random.default_rng(seed)
    turns = draws.uniform(0.02, 0.1, [num_examples, 1]) * np.arange(num_samples)
    clean = 0.3 * np.sin(2 * np.pi * (turns + draws.uniform(size=[num_examples, 1])))
    noisy = clean + 0.2 * draws.standard_normal(clean.shape)
    return noisy[..., None].astype(np.float32), clean[..., None].astype(np.float32)


def si_sdr(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Scale-invariant signal-to-distortion ratio in decibels, mean over examples."""
    ratios = []
    for target, heard in zip(
        reference.reshape(len(reference), -1), estimate.reshape(len(estimate), -1)
    ):
        target = target * (heard @ target) / (target @ target)
        ratios.append(10 * np.log10(np.sum(target**2) / np.sum((heard - target) ** 2)))
    return float(np.mean(ratios))


# Streams ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def enhancer() -> SEGAN:
    """A model whose mask is far from one."""
    model = make_segan()
    draws = np.random.default_rng(3)
    for weight in model.generator.weights:
        weight.assign(draws.normal(0.0, 0.3, weight.shape))
    return model


def offline(model: SEGAN, signal: np.ndarray) -> np.ndarray:
    """The whole signal at once."""
    return model(signal[None, :, None]).numpy()[0, :, 0]


def streamed(stream, signal: np.ndarray, sizes: list[int]) -> np.ndarray:
    """A signal in chunks of such sizes, the last size repeated."""
    parts, position = [], 0
    while position < len(signal):
        size = sizes[min(len(parts), len(sizes) - 1)]
        parts.append(stream.process(signal[position : position + size]))
        position += size
    return np.concatenate([*parts, stream.flush()])


@pytest.mark.parametrize(
    ("num_samples", "chunk_samples"),
    [(1, 1), (40, 1), (300, 1), (1000, 7), (1000, 128), (3000, 3000), (63, 64), (129, 64)],
)
def test_streamed_equals_offline(enhancer, rng, num_samples: int, chunk_samples: int) -> None:
    signal = rng.uniform(-1, 1, num_samples).astype(np.float32)
    found = streamed(enhancer.stream(), signal, [chunk_samples])
    np.testing.assert_allclose(found, offline(enhancer, signal), atol=1e-5)


def test_streamed_in_drawn_chunks_equals_offline(enhancer, rng) -> None:
    signal = rng.uniform(-1, 1, 4000).astype(np.float32)
    expected = offline(enhancer, signal)
    for _ in range(5):
        sizes = rng.integers(1, 400, 60).tolist()
        np.testing.assert_allclose(streamed(enhancer.stream(), signal, sizes), expected, atol=1e-5)


def test_no_sample_waits_for_more_than_a_frame(enhancer, rng) -> None:
    stream, num_sent = enhancer.stream(), 0
    for num_received, sample in enumerate(rng.uniform(-1, 1, [400, 1]), start=1):
        num_sent += len(stream.process(sample))
        assert num_sent >= num_received - FRAME + 1
    assert num_sent == 400 // HOP * HOP - (FRAME - HOP)


@pytest.mark.parametrize("end", ["flush", "reset"])
def test_a_stream_can_start_again(enhancer, rng, end: str) -> None:
    signal = rng.uniform(-1, 1, 500).astype(np.float32)
    stream = enhancer.stream()
    stream.process(signal[::-1])
    getattr(stream, end)()
    np.testing.assert_allclose(
        streamed(stream, signal, [100]), offline(enhancer, signal), atol=1e-5
    )


def test_streams_of_one_model_are_independent(enhancer, rng) -> None:
    signals = rng.uniform(-1, 1, [2, 600]).astype(np.float32)
    streams, parts = [enhancer.stream(), enhancer.stream()], [[], []]
    for start in range(0, 600, 50):
        for stream, signal, found in zip(streams, signals, parts, strict=True):
            found.append(stream.process(signal[start : start + 50]))
    for stream, signal, found in zip(streams, signals, parts, strict=True):
        whole = np.concatenate([*found, stream.flush()])
        np.testing.assert_allclose(whole, offline(enhancer, signal), atol=1e-5)


def test_a_chunk_with_nan_is_refused_and_forgotten(enhancer, rng) -> None:
    signal = rng.uniform(-1, 1, 400).astype(np.float32)
    stream = enhancer.stream()
    begin = stream.process(signal[:150])
    with pytest.raises(InputError, match="^chunk: got NaN or infinity, expected finite samples$"):
        stream.process(np.array([0.1, np.nan], np.float32))
    found = np.concatenate([begin, stream.process(signal[150:]), stream.flush()])
    np.testing.assert_allclose(found, offline(enhancer, signal), atol=1e-5)


def test_a_stream_follows_weights_that_change(rng) -> None:
    model, signal = make_segan(), rng.uniform(-1, 1, 300).astype(np.float32)
    streamed(model.stream(), signal, [100])
    for weight in model.generator.weights:
        weight.assign(weight + 0.1)
    np.testing.assert_allclose(
        streamed(model.stream(), signal, [100]), offline(model, signal), atol=1e-5
    )


# Terms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_weight_switches_its_term_on(weight: str) -> None:
    name = f"g_{weight.removesuffix('_weight')}"
    model = make_segan(**{**dict.fromkeys(WEIGHTS, 0.0), weight: 0.5})
    before = flat(model.generator.weights)
    # The term of intelligibility needs 0.4 s of sound.
    logs = model.fit(dataset_of(*make_pairs(2, 8000), batch_size=2), verbose=0).history
    assert set(logs) == {"d_loss", "g_loss", name}
    assert logs["g_loss"] == logs[name] != [0.0]
    after = flat(model.generator.weights)
    assert np.isfinite(after).all() and (after != before).any()


def test_weights_scale_their_terms() -> None:
    pairs = dataset_of(*make_pairs(2, 1100), batch_size=2)
    low, high = (
        make_segan(**dict.fromkeys(WEIGHTS, factor)).evaluate(pairs, verbose=0, return_dict=True)
        for factor in (0.5, 1.5)
    )
    terms = {f"g_{weight.removesuffix('_weight')}" for weight in WEIGHTS}
    assert set(low) == {"d_loss", "g_loss", "si_sdr", *terms}
    for name in terms:
        np.testing.assert_allclose(high[name], 3 * low[name], rtol=1e-5)


@pytest.mark.parametrize("weight", RECONSTRUCTION)
def test_reconstruction_terms_are_lower_nearer_to_the_clean_signal(weight: str) -> None:
    noisy, clean = make_pairs(2, 8000)
    model = make_segan(**{**dict.fromkeys(WEIGHTS, 0.0), weight: 1.0})
    batch = model.unpack((noisy, clean))
    values = []
    for share in (1.0, 0.5, 0.0):
        (term,) = model.reconstruction_terms(batch, clean + share * (noisy - clean)).values()
        values.append(float(term))
    assert values[0] > values[1] > values[2]


def test_waveform_terms_have_the_values_of_their_definitions() -> None:
    noisy, clean = make_pairs(3, 500)
    names = ["waveform_l1_weight", "waveform_l2_weight", "snr_weight"]
    model = make_segan(**{**dict.fromkeys(WEIGHTS, 0.0), **dict.fromkeys(names, 1.0)})
    scores = model.evaluate(dataset_of(noisy, clean, batch_size=3), verbose=0, return_dict=True)
    enhanced = model(noisy).numpy()
    error = enhanced - clean
    signal, noise = (np.mean(part**2, axis=(1, 2)) for part in (clean, error))
    np.testing.assert_allclose(scores["g_waveform_l1"], np.abs(error).mean(), rtol=1e-4)
    np.testing.assert_allclose(scores["g_waveform_l2"], np.square(error).mean(), rtol=1e-4)
    # The ratio ends softly at 30 dB, and counts what is below -40 dB as silence.
    snr = -10 * np.log10(noise / (signal + 1e-4) + 1e-3)
    np.testing.assert_allclose(scores["g_snr"], -snr.mean(), atol=1e-3)
    np.testing.assert_allclose(scores["si_sdr"], si_sdr(clean, enhanced), atol=1e-3)


def test_the_discriminator_judges_the_pair() -> None:
    model = make_segan()
    noisy, clean = make_pairs(1, 800)
    maps = model.discriminator([clean, noisy])
    assert [part.shape[-1] for part in maps] == [4, 4, 4, 1]
    for other in ([clean, clean], [noisy, noisy], [noisy, clean]):
        assert np.abs(model.discriminator(other)[-1] - maps[-1]).max() > 1e-3
    batch = model.unpack((noisy, clean))
    (judged,) = model.judge(batch["real"], batch, training=False)
    np.testing.assert_array_equal(judged[-1], maps[-1])


# Training ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_moves_both_networks(objective: str) -> None:
    model = make_segan(objective=objective, critic_steps=2, feature_matching_weight=1.0)
    before = [flat(network.weights) for network in (model.generator, model.discriminator)]
    logs = model.fit(dataset_of(*make_pairs(4, 700), batch_size=2), verbose=0).history
    assert np.isfinite(list(logs.values())).all()
    for network, weights in zip((model.generator, model.discriminator), before, strict=True):
        after = flat(network.weights)
        assert np.isfinite(after).all() and (after != weights).any()


@pytest.mark.parametrize(
    "policy", ["float32", pytest.param("mixed_bfloat16", marks=pytest.mark.slow)]
)
def test_training_removes_noise(policy: str) -> None:
    noisy, clean = make_pairs(48, 2048)
    unheard = make_pairs(8, 2048, seed=1)
    keras.config.set_dtype_policy(policy)
    try:
        keras.utils.set_random_seed(0)
        model = SEGAN(**{**SMALL, "channels": 24})
        model.compile(keras.optimizers.Adam(3e-3))
        model.fit(dataset_of(noisy, clean, batch_size=8), epochs=8, verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")
    enhanced = model(unheard[0])
    assert enhanced.dtype == tf.float32
    gain = si_sdr(unheard[1], enhanced.numpy()) - si_sdr(unheard[1], unheard[0])
    assert gain > 3.0


# Keras ------------------------------------------------------------------------------------------


def test_a_saved_model_comes_back_whole(tmp_path) -> None:
    keras.utils.set_random_seed(2)
    model = SEGAN(sample_rate_hz=8000, **SMALL)
    model.compile(objective="hinge", snr_weight=0.3, feature_matching_weight=0.7, ema_momentum=0.9)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    noisy, _ = make_pairs(1, 500)
    np.testing.assert_array_equal(loaded(noisy), model(noisy))
    assert loaded.get_config() == model.get_config()
    assert loaded.sample_rate_hz == 8000 and loaded.sizes.dilations == (1, 2)
    assert loaded.term_weights == model.term_weights
    assert loaded.term_weights["snr"] == 0.3 and loaded.objective.name == "hinge"


def test_call_keeps_length_and_place_of_any_signal() -> None:
    model = make_segan()
    for weight in model.generator.get_layer("enhancer").mask.weights:
        weight.assign(0.0 * weight)
    for num_samples in (1, HOP - 1, HOP, FRAME + 1):
        noisy, _ = make_pairs(2, num_samples)
        np.testing.assert_allclose(model(noisy), noisy, atol=1e-5)


WINDOWS = {"encoder_channels": (2, 3), "discriminator_channels": (3, 3), "slice_samples": 256}


@pytest.mark.parametrize(("variant", "sizes"), [("causal", SMALL), ("segan_plus", WINDOWS)])
def test_integers_are_refused_as_nobody_knows_their_full_scale(variant: str, sizes) -> None:
    with pytest.raises(InputError, match="^noisy: got int16 samples, expected floats"):
        SEGAN(variant=variant, **sizes).enhance(np.ones([1, 3000, 1], np.int16))


def test_an_unknown_variant_is_told_in_one_line() -> None:
    with pytest.raises(InputError) as error:
        SEGAN(variant="casual")
    assert str(error.value) == "variant: got casual, expected one of causal, segan, segan_plus"
