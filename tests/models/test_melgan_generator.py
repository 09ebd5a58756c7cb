"""The generator of MelGAN: sizes, lengths, reach, folding."""

from dataclasses import asdict, replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_melgan import FEATURES, SIZES, make_melgan, make_pairs

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.layers.pqmf import PQMFSynthesis
from tfgan_audio.models.melgan import MelGAN
from tfgan_audio.models.melgan_generator import build_generator, receptive_frames
from tfgan_audio.models.melgan_sizes import MelGANSizes

MULTI_BAND = {"base_channels": 384, "residual_layers": 4, "num_bands": 4}
SMALL_DISCRIMINATOR = {"discriminator_channels": 4, "discriminator_max_channels": 16}


@pytest.mark.parametrize(
    ("sizes", "num_weights"),
    [
        ({}, 4_260_257),
        ({"upsample_factors": (8, 8, 4), "residual_layers": 4}, 4_700_801),
        ({**MULTI_BAND, "upsample_factors": (8, 4, 2)}, 2_534_356),
        ({**MULTI_BAND, "upsample_factors": (3, 5, 5)}, 1_861_588),
    ],
)
def test_published_numbers_of_weights(sizes: dict, num_weights: int) -> None:
    """Without the gains: MelGAN, its full-band and multi-band successors, and a shipped one."""
    assert build_generator(MelGANSizes(**sizes), 80, weight_norm=False).count_params() == (
        num_weights
    )


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"upsample_factors": (3, 5), "residual_layers": 3},
        {"upsample_factors": (3, 5), "upsample_alignment": "tensorflow", "residual_layers": 1},
        {"upsample_factors": (8, 2), "num_bands": 1},
        {"upsample_factors": (8, 2), "num_bands": 1, "causal": True},
        {"residual_layers": 1, "kernel_size": 3, "causal": True},
        {"residual_kernel_size": 5, "kernel_size": 5},
    ],
)
def test_the_reach_of_a_frame(sizes: dict) -> None:
    """Gradients of its samples are zero beyond, and are not where it ends."""
    made_of = MelGANSizes(**{**SIZES, **sizes})
    keras.utils.set_random_seed(0)
    generator = build_generator(made_of, 3)
    reach, hop = receptive_frames(made_of), made_of.hop_samples
    middle = 2 * max(reach) + 2  # so far from both ends that no reflection counts
    draws = np.random.default_rng(0)
    mel = tf.constant(draws.standard_normal([1, 2 * middle + 1, 3]), tf.float32)
    weights = draws.uniform(1.0, 2.0, [hop, 1]).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(mel)
        samples = generator(mel)[0, middle * hop : (middle + 1) * hop]
        loss = tf.reduce_sum(weights * samples)
    touched = np.flatnonzero(np.any(tape.gradient(loss, mel)[0] != 0.0, axis=1))
    assert reach == (middle - touched[0], touched[-1] - middle)
    assert (reach[1] == 0) == (made_of.causal and made_of.num_bands == 1)


@pytest.mark.parametrize(
    ("factor", "options", "cut"),
    [
        (4, {"upsample_alignment": "torch"}, 2),
        (4, {"upsample_alignment": "tensorflow"}, 2),
        (5, {"upsample_alignment": "torch"}, 3),
        (5, {"upsample_alignment": "tensorflow"}, 2),
        (3, {"causal": True}, 3),
    ],
)
def test_where_the_outputs_of_an_upsampling_lie(factor: int, options: dict, cut: int) -> None:
    """PyTorch with padding s // 2 + s % 2 and output_padding s % 2; TensorFlow with "same".

    The causal one is ParallelWaveGAN's: the first input once more before it, whose own are cut.
    """
    sizes = MelGANSizes(base_channels=2, upsample_factors=(factor,), residual_layers=0, **options)
    generator = build_generator(sizes, 2)
    layers = [layer for layer in generator.layers if layer.name.startswith("upsample_0")]
    inner = keras.Model(layers[0].input, layers[-1].output)
    given = np.random.default_rng(0).standard_normal([6, 2]).astype(np.float32)
    frames = np.concatenate([given[:1], given]) if sizes.causal else given
    layer = generator.get_layer("upsample_0")
    full = np.zeros([(len(frames) + 1) * factor, 1])
    for start, frame in enumerate(frames):
        full[start * factor : (start + 2) * factor] += np.asarray(layer.kernel) @ frame
    expected = full[cut : cut + 6 * factor] + layer.bias.numpy()
    np.testing.assert_allclose(inner(given[None])[0], expected, atol=1e-6)


def test_a_causal_convolution_reflects_its_start() -> None:
    generator = make_melgan(causal=True, num_bands=1, upsample_factors=(4, 4)).generator
    layer = generator.get_layer("first")
    first = keras.Model(generator.input, layer.output)
    mel = np.random.default_rng(0).standard_normal([9, 8]).astype(np.float32)
    padded = np.concatenate([mel[6:0:-1], mel])
    taps = np.asarray(layer.kernel)
    expected = [np.einsum("kc,kcd->d", padded[n : n + 7], taps) for n in range(9)]
    np.testing.assert_allclose(first(mel[None])[0], expected + layer.bias.numpy(), atol=1e-5)


@pytest.mark.parametrize("num_bands", [1, 4])
def test_any_number_of_frames(num_bands: int) -> None:
    """From one on; and what is far from the ends does not depend on the number."""
    factors = (8, 8, 2, 2) if num_bands == 1 else (8, 4, 2)
    model = MelGAN(
        base_channels=16,
        upsample_factors=factors,
        num_bands=num_bands,
        **SMALL_DISCRIMINATOR,
    )
    mel = np.random.default_rng(0).standard_normal([1, 40, 80]).astype(np.float32)
    whole = model.vocode(mel)
    for num_frames in (1, 2, 3, 4, 13):
        part = model.vocode(mel[:, :num_frames])
        assert part.shape == (1, num_frames * 256, 1)
        eager = model.generator(mel[:, :num_frames])
        np.testing.assert_allclose(part, eager, rtol=0, atol=1e-6)
    cut, (_, behind) = model.vocode(mel[:, :30]), model.receptive_frames
    inside = (30 - behind) * 256
    peak = np.abs(whole).max()
    np.testing.assert_allclose(cut[:, :inside], whole[:, :inside], rtol=0, atol=1e-5 * peak)


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"upsample_factors": (3, 5), "residual_layers": 3},
        {"upsample_factors": (5, 3), "upsample_alignment": "tensorflow"},
        {"upsample_factors": (16,), "num_bands": 1, "causal": True},
        {"residual_kernel_size": 5, "causal": True},
    ],
)
def test_folding_changes_the_form_alone(tmp_path, sizes: dict) -> None:
    model = _with_gains(MelGANSizes(**{**SIZES, **sizes}))
    folded = model.fold()
    draws = np.random.default_rng(0)
    for num_frames in (1, 2, 3, 5, 40):  # from fewer frames on than are reflected
        mel = draws.standard_normal([2, num_frames, FEATURES.num_mels]).astype(np.float32)
        expected = model.vocode(mel)
        np.testing.assert_allclose(folded(mel), expected, atol=1e-5 * np.abs(expected).max())
    assert not any("norm" in type(layer).__name__.lower() for layer in folded.layers)
    num_gains = sum(v.shape[0] for v in model.generator.weights if v.path.endswith("gain"))
    assert folded.count_params() == model.generator.count_params() - num_gains
    folded.save(tmp_path / "folded.keras")
    again = keras.saving.load_model(tmp_path / "folded.keras")
    np.testing.assert_array_equal(again(mel), folded(mel))


def test_the_folded_generator_moves_no_signal_for_a_dilation() -> None:
    """Rearranging it for that, as Keras does, takes a tenth of the whole time."""
    model = make_melgan()
    for network, is_moved in ((model.generator, True), (model.fold(), False)):
        spec = tf.TensorSpec([None, None, FEATURES.num_mels], tf.float32)
        graph = tf.function(network, input_signature=[spec]).get_concrete_function().graph
        kinds = {operation.type for operation in graph.get_operations()}
        assert ("SpaceToBatchND" in kinds) == is_moved


def test_litert_takes_any_number_of_frames(tmp_path) -> None:
    """Built-in operators alone, also where there is less than what is reflected."""
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    model = make_melgan()
    folded, archive = model.fold(), keras.export.ExportArchive()
    archive.track(folded)
    spec = tf.TensorSpec([None, None, FEATURES.num_mels], tf.float32, name="mel")
    archive.add_endpoint("serve", lambda mel: {"waveform": folded(mel)}, [spec])
    archive.write_out(str(tmp_path), verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path), signature_keys=["serve"])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    runner = litert.Interpreter(model_content=converter.convert()).get_signature_runner("serve")
    mel, _ = make_pairs(1)
    for num_frames in (1, 2, 5, 72):
        found = runner(mel=mel[:1, :num_frames])["waveform"]
        expected = model.vocode(mel[:1, :num_frames])
        np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


def test_sub_bands_are_what_is_joined() -> None:
    model = make_melgan()
    mel, _ = make_pairs(1)
    bands = model.sub_band_generator(mel)
    assert bands.shape == (4, 72 * 8, 2)
    join = PQMFSynthesis(2, cutoff=0.267)
    np.testing.assert_allclose(model.vocode(mel), join(bands), atol=1e-6)
    alone = make_melgan(num_bands=1, upsample_factors=(4, 4))
    assert alone.sub_band_generator is alone.generator


def test_an_output_without_bounds() -> None:
    """What the bound output is the hyperbolic tangent of."""
    sizes = {"num_bands": 1, "upsample_factors": (4, 4)}
    bound, free = (make_melgan(output_activation=name, **sizes) for name in ("tanh", "linear"))
    mel, _ = make_pairs(1)
    for model in (bound, free):
        model.generator.get_layer("last").gain.assign([40.0])
    assert np.abs(free.vocode(mel)).max() > 1.0
    np.testing.assert_allclose(bound.vocode(mel), np.tanh(free.vocode(mel)), atol=1e-6)


def test_half_precision_is_near_single(rng) -> None:
    """The waveform stays float32, and its error is that of rounding."""
    sizes = MelGANSizes(base_channels=64)
    exact = build_generator(sizes, 80)
    for variable in exact.weights:  # so that signals keep their level from layer to layer
        is_bias = variable.path.endswith("bias")
        factor = 0.0 if is_bias else 1.7 if variable.path.endswith("gain") else 1.0
        variable.assign(factor * variable)
    mel = rng.standard_normal([1, 32, 80]).astype(np.float32)
    expected = exact(mel).numpy()
    assert 0.05 < expected.std() < 0.7
    for policy, least_db in (("mixed_bfloat16", 28.0), ("mixed_float16", 45.0)):
        keras.config.set_dtype_policy(policy)
        generator = build_generator(sizes, 80)
        generator.set_weights(exact.get_weights())
        assert generator.output.dtype == "float32"
        assert generator.get_layer("first").compute_dtype == policy[6:]
        error = generator(mel).numpy() - expected
        assert 10 * np.log10(np.mean(expected**2) / np.mean(error**2)) > least_db


def test_features_of_another_hop_need_other_factors() -> None:
    model = MelGAN(
        MelFeatures.preset("parallel_wavegan", sample_rate_hz=24000, hop_samples=300),
        upsample_factors=(5, 5, 3),
        num_bands=4,
        base_channels=16,
        **SMALL_DISCRIMINATOR,
    )
    assert model.generator(np.zeros([1, 2, 80])).shape == (1, 600, 1)
    assert FEATURES.hop_samples == make_melgan().hop_samples == 16


def _with_gains(sizes: MelGANSizes) -> MelGAN:
    """A model whose gains are not the lengths of its directions, so that they count."""
    features = replace(FEATURES, hop_samples=sizes.hop_samples)
    model = MelGAN(features, **asdict(sizes))
    for variable in model.generator.weights:
        if variable.path.endswith("gain"):
            variable.assign(np.linspace(0.5, 2.0, variable.shape[0]))
    return model
