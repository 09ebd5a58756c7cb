"""MelGAN as a model: its arguments, its terms, training, saving."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_melgan import FEATURES, dataset_of_pairs, make_melgan, make_pairs
from toy_family import Watch, flat, state_of

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.layers.pqmf import PQMFAnalysis
from tfgan_audio.losses import reconstruction, spectral
from tfgan_audio.models.melgan import MelGAN

EVERYTHING = {
    "feature_matching_weight": 2.0,
    "mel_l1_weight": 3.0,
    "mel_l2_weight": 0.5,
    "waveform_l1_weight": 0.7,
    "waveform_l2_weight": 0.3,
    "multi_resolution_stft_weight": 1.5,
    "sub_band_stft_weight": 1.1,
}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"upsample_factors": (4, 4)},
            r"upsample_factors: got 4 x 4 = 32, expected the features' hop_samples, 16, as "
            r"upsample_factors x num_bands \(2\)",
        ),
        ({"num_band": 2}, "num_band: got an unknown keyword of MelGAN, expected num_bands"),
        ({"base_channels": 6}, "base_channels: got 6, expected a multiple of 4"),
        ({"upsample_factors": (16, 1)}, r"upsample_factors: got \[16, 1\], expected whole numbers"),
        ({"upsample_factors": ()}, r"upsample_factors: got \[\], expected whole numbers"),
        ({"kernel_size": 4}, "kernel_size: got 4, expected odd whole numbers"),
        ({"output_activation": "relu"}, "output_activation: got relu, expected one of tanh, lin"),
        ({"upsample_alignment": "keras"}, "upsample_alignment: got keras, expected one of torch"),
        ({"pqmf_cutoff": 1.5}, "pqmf_cutoff: got 1.5, expected a number between 0 and 1"),
        (
            {"discriminator_channels": 3},
            "discriminator_channels and discriminator_max_channels: got layers of 3 and 6 chan",
        ),
        ({"discriminator_kernel_sizes": (5,)}, "discriminator_kernel_sizes: got .* two odd numb"),
        ({"periods": (1,)}, r"periods: got \[1\], expected whole numbers of at least 2"),
    ],
)
def test_what_no_melgan_is_made_of(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_melgan(**options)


def test_filters_that_hardly_join_are_warned_of(caplog) -> None:
    """Networks were trained with the cutoff of four bands for other numbers of them."""
    make_melgan(pqmf_cutoff=0.142)
    (record,) = {record.getMessage() for record in caplog.records}
    assert "pqmf_cutoff: 0.142 joins 2 bands" in record and "about 0.26" in record
    caplog.clear()
    make_melgan()
    assert not caplog.records


def test_arguments_come_back_as_they_were_given() -> None:
    changed = {"causal": True, "periods": [2, 3], "mel_discriminator": True, "name": "voice"}
    model = make_melgan(**changed)
    again = MelGAN.from_config(model.get_config())
    assert again.get_config() == model.get_config()
    assert again.features == FEATURES and again.sizes == model.sizes and again.name == "voice"
    by_name = MelGAN("hifigan", base_channels=16, discriminator_max_channels=64)
    assert by_name.features == MelFeatures.preset("hifigan")
    assert (by_name.sample_rate_hz, by_name.hop_samples) == (22050, 256)


def test_the_published_game() -> None:
    """Ten times the official sum, 4 / 5 of a third of it for each of 18 maps."""
    model = make_melgan(discriminator_strides=(2, 2, 2, 2))
    model.compile()
    weights = {name: weight for name, weight in model.term_weights.items() if weight}
    assert model.objective.name == "hinge"
    assert weights == {"adversarial": 1.0, "feature_matching": pytest.approx(10 * 4 / 5 / 3 * 18)}
    for optimizer in (model.generator_optimizer, model.discriminator_optimizer):
        settings = optimizer.learning_rate.numpy(), optimizer.beta_1, optimizer.beta_2
        assert settings == (pytest.approx(1e-4), 0.5, 0.9)


def test_a_silent_example_does_not_own_the_spectral_terms() -> None:
    """As a batch has one norm, one example less in it hardly matters."""
    model, (mel, real) = make_melgan(), make_pairs(1)
    model.compile(multi_resolution_stft_weight=1.0, sub_band_stft_weight=1.0)
    fake = model.vocode(mel)
    terms = [model.reconstruction_terms({"real": real}, fake)]
    real[0] = 0.0
    terms.append(model.reconstruction_terms({"real": real}, fake))
    for name in terms[0]:
        assert terms[1][name] < 4.0 * terms[0][name], name


def test_each_term_is_its_loss_times_its_weight() -> None:
    model = make_melgan()
    model.compile(**EVERYTHING)
    mel, real = make_pairs(1)
    logs = model.evaluate(dataset_of_pairs(1), verbose=0, return_dict=True)
    fake = model.vocode(mel)
    split = PQMFAnalysis(2, cutoff=0.267)
    stft = spectral.multi_resolution_stft
    bands, fake_bands = split(real), split(fake)
    resolutions = spectral.SUB_BAND_RESOLUTIONS
    expected = {
        "g_mel_l1": 3.0 * reconstruction.log_mel_l1(real[:, :, 0], fake[:, :, 0], FEATURES),
        "g_mel_l2": 0.5 * reconstruction.log_mel_l2(real[:, :, 0], fake[:, :, 0], FEATURES),
        "g_waveform_l1": 0.7 * np.mean(np.abs(real - fake)),
        "g_waveform_l2": 0.3 * np.mean((real - fake) ** 2),
        "g_multi_resolution_stft": 1.5 * stft(real, fake),
        "g_sub_band_stft": 1.1 * stft(bands, fake_bands, resolutions),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(logs[name], value, rtol=1e-4, err_msg=name)
    terms = [value for name, value in logs.items() if name.startswith("g_") and name != "g_loss"]
    np.testing.assert_allclose(logs["g_loss"], sum(terms), rtol=1e-5)
    np.testing.assert_allclose(3.0 * logs["mel_l1"], logs["g_mel_l1"], rtol=1e-5)


@pytest.mark.parametrize("objective", ["minimax", "lsgan", "hinge", "wgan", "wgan-gp"])
def test_any_objective_trains_both_networks(objective: str) -> None:
    model = make_melgan(mel_discriminator=True, periods=(2,), num_scales=1)
    model.compile(objective=objective, critic_steps=1, run_eagerly=True)
    before = flat(model.generator.trainable_weights), flat(model.discriminator.trainable_weights)
    history = model.fit(dataset_of_pairs(1), verbose=0).history
    assert np.isfinite([values[0] for values in history.values()]).all()
    assert np.any(flat(model.generator.trainable_weights) != before[0])
    assert np.any(flat(model.discriminator.trainable_weights) != before[1])


def test_every_weight_of_the_generator_learns() -> None:
    """From any one reconstruction term, without discriminators."""
    model, (mel, real) = make_melgan(), make_pairs(1)
    batch = {"mel": tf.constant(mel), "real": tf.constant(real)}
    names = [name.removesuffix("_weight") for name in EVERYTHING if "matching" not in name]
    for name in names:
        model.compile(adversarial_weight=0.0, feature_matching_weight=0.0, **{f"{name}_weight": 1})
        with tf.GradientTape() as tape:
            (term,) = model.reconstruction_terms(batch, model(mel)).values()
        for variable, gradient in zip(
            model.generator.trainable_variables,
            tape.gradient(term, model.generator.trainable_variables),
            strict=True,
        ):
            assert np.any(gradient != 0.0) and np.isfinite(gradient).all(), (name, variable.path)


def test_a_warm_up_runs_on_into_the_game_in_one_graph() -> None:
    model = make_melgan(num_scales=1)
    num_traces, unpack = 0, model.unpack

    def counted(data):
        nonlocal num_traces
        num_traces += 1
        return unpack(data)

    model.unpack = counted
    model.compile(mel_l1_weight=1.0, adversarial_start_step=2)
    watch = Watch()
    model.fit(dataset_of_pairs(4), verbose=0, callbacks=[watch])
    moved = [
        np.any(after != before)
        for before, after in zip(watch.discriminator, watch.discriminator[1:])
    ]
    assert moved == [False, False, True, True] and num_traces == 1
    assert all(np.any(a != b) for a, b in zip(watch.generator, watch.generator[1:]))
    assert watch.logs[2]["g_adversarial"] == 0.0 == watch.logs[2]["g_feature_matching"]
    assert watch.logs[3]["g_feature_matching"] > 0.0


def test_a_saved_model_goes_on_as_if_it_had_not_stopped(tmp_path) -> None:
    options = {**EVERYTHING, "adversarial_start_step": 1, "ema_momentum": 0.5, "run_eagerly": True}
    straight, stopped = make_melgan(num_scales=1), make_melgan(num_scales=1)
    straight.compile(**options)
    straight.fit(dataset_of_pairs(3), verbose=0)
    stopped.compile(**options)
    stopped.fit(dataset_of_pairs(3).take(2), verbose=0)
    stopped.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    mel, _ = make_pairs(1)
    np.testing.assert_array_equal(again.vocode(mel), stopped.vocode(mel))
    assert again.term_weights == straight.term_weights
    again.fit(dataset_of_pairs(3).skip(2), verbose=0)
    np.testing.assert_array_equal(state_of(again), state_of(straight))


def test_a_batch_in_parts_trains_as_at_once() -> None:
    """Real feature maps come from before the discriminator's update, part by part.

    Smooth terms only: rounding decides the sign that L1 gives a difference near zero.
    """
    states = []
    for num_parts in (1, 2):
        model = make_melgan(num_scales=1, periods=(3,))
        optimizers = keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01)
        smooth = {"mel_l1_weight": 0.0, "mel_l2_weight": 1.0}
        model.compile(*optimizers, num_micro_batches=num_parts, **smooth, run_eagerly=True)
        before = flat(model.weights)
        model.fit(dataset_of_pairs(2), verbose=0)
        states.append(flat(model.weights))
        assert np.abs(states[-1] - before).max() > 1e-3
    np.testing.assert_allclose(*states, atol=2e-6)


def has_grouped_gradients(dtype: str) -> bool:
    """Tell whether TensorFlow has kernels for them here; in float16 it depends on the processor."""
    signal, filters = tf.ones([1, 1, 8, 4], dtype), tf.ones([1, 3, 2, 4], dtype)
    try:
        with tf.GradientTape() as tape:
            tape.watch(signal)
            result = tf.nn.conv2d(signal, filters, 1, "SAME")
        tape.gradient(result, signal)
    except tf.errors.InvalidArgumentError:
        return False
    return True


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_losses_see_float32_under_half_precision(policy: str) -> None:
    if not has_grouped_gradients(policy[6:]):
        pytest.skip(f"this processor has no gradients of grouped convolutions in {policy[6:]}")
    keras.config.set_dtype_policy(policy)
    model = make_melgan(num_scales=1, mel_discriminator=True, periods=(2,))
    model.compile(**EVERYTHING, run_eagerly=True)
    before = flat(model.trainable_weights)
    history = model.fit(dataset_of_pairs(1), verbose=0).history
    assert np.isfinite([values[0] for values in history.values()]).all()
    assert np.abs(flat(model.trainable_weights) - before).max() > 1e-5
    assert all("16" not in variable.dtype for variable in model.trainable_weights)
    mel, waveform = make_pairs(1)
    assert model(mel).dtype == tf.float32
    judgement = model.discriminator(waveform)
    assert {maps[-1].dtype for maps in judgement} == {tf.float32}
    assert {maps[0].dtype.name for maps in judgement} == {policy[6:]}
    assert model.discriminator.get_layer("log_mel").compute_dtype == "float32"


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (
            lambda model: model.fit(tf.zeros([2, 8, 8]), tf.zeros([2, 100, 1]), verbose=0),
            "training pair: got 8 frames and 100 samples, expected 16 samples for each frame",
        ),
        (lambda model: model.vocode(np.zeros([1, 8, 8], int)), r"mel: got int64 values, exp"),
        (lambda model: model.vocode(np.zeros([8, 5])), r"mel: got shape \[8, 5\], expected"),
        (lambda model: model.vocode(np.zeros([1, 8, 5])), r"mel: got .* \[batch, frames, 8\]"),
        (lambda model: model.vocode(np.zeros([1, 0, 8])), r"mel: got shape \[1, 0, 8\]"),
    ],
)
def test_what_it_refuses(use, message: str) -> None:
    model = make_melgan()
    model.compile()
    with pytest.raises(InputError, match=message):
        use(model)


def test_a_loss_of_sub_bands_needs_some() -> None:
    model = make_melgan(num_bands=1, upsample_factors=(4, 4))
    with pytest.raises(InputError, match="sub_band_stft_weight: got 1.0, expected 0 for a gen"):
        model.compile(sub_band_stft_weight=1.0)
