"""Spectral losses against hand-computed values, librosa's STFT, and the original code."""

import librosa
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.layers.pqmf import PQMFAnalysis
from tfgan_audio.losses.spectral import (
    FULL_BAND_RESOLUTIONS,
    SUB_BAND_RESOLUTIONS,
    StftResolution,
    compressed_spectral,
    magnitude_l1,
    multi_resolution_stft,
    time_frequency_l1,
    time_frequency_l2,
)

RESOLUTION = StftResolution(fft_samples=512, hop_samples=128, window_samples=400)
# Periodic Hann window [0, 1] and one reflected sample: a signal [a, b] has two frames [0, a], and
# each transforms to [a, -a].
TWO_SAMPLES = StftResolution(fft_samples=2, hop_samples=2, window_samples=2)
LOSSES = {
    "time_frequency_l1": lambda r, e: time_frequency_l1(r, e, RESOLUTION),
    "time_frequency_l2": lambda r, e: time_frequency_l2(r, e, RESOLUTION),
    "magnitude_l1": lambda r, e: magnitude_l1(r, e, RESOLUTION),
    "compressed_spectral": lambda r, e: compressed_spectral(r, e, RESOLUTION),
    "multi_resolution_stft": multi_resolution_stft,
    "sub_bands": lambda r, e: multi_resolution_stft(r, e, SUB_BAND_RESOLUTIONS),
    "per_example": lambda r, e: multi_resolution_stft(r, e, per_example=True),
}


@pytest.fixture
def pair(rng) -> tuple[np.ndarray, np.ndarray]:
    """Decaying noise [2, 3000] and the same with another noise on it."""
    decay = np.exp(-np.arange(3000) / 800.0)
    reference = 0.3 * rng.normal(size=[2, 3000]) * decay
    estimate = reference + 0.05 * rng.normal(size=reference.shape)
    return reference.astype(np.float32), estimate.astype(np.float32)


def spectrum_of(waveform: np.ndarray, resolution: StftResolution) -> np.ndarray:
    """Return librosa's STFT in double precision."""
    return librosa.stft(
        waveform.astype(np.float64),
        n_fft=resolution.fft_samples,
        hop_length=resolution.hop_samples,
        win_length=resolution.window_samples,
        center=True,
        pad_mode="reflect",
    )


def by_numpy(name: str, reference: np.ndarray, estimate: np.ndarray) -> float:
    """Return a loss of [B, T] waveforms computed without TensorFlow."""
    if name in ("multi_resolution_stft", "sub_bands", "per_example"):
        return multi_resolution_by_numpy(name, reference, estimate)
    target, value = (spectrum_of(x, RESOLUTION) for x in (reference, estimate))
    views = [np.real, np.imag, np.abs]
    if name == "time_frequency_l1":
        return sum(np.mean(np.abs(view(value) - view(target))) for view in views)
    if name == "time_frequency_l2":
        return sum(np.mean((view(value) - view(target)) ** 2) for view in views)
    if name == "magnitude_l1":
        return np.mean(np.abs(np.abs(value) - np.abs(target)))
    target, value = (4.0 / RESOLUTION.window_samples * x for x in (target, value))
    power_t, power_v = (np.abs(x) ** 2 + 1e-6 for x in (target, value))
    level = np.mean((power_v**0.15 - power_t**0.15) ** 2)
    phase = np.mean(np.abs(value * power_v**-0.35 - target * power_t**-0.35) ** 2)
    return 0.7 * level + 0.3 * phase


def multi_resolution_by_numpy(name: str, reference: np.ndarray, estimate: np.ndarray) -> float:
    """Return spectral convergence + log magnitude distance."""
    values = []
    for resolution in SUB_BAND_RESOLUTIONS if name == "sub_bands" else FULL_BAND_RESOLUTIONS:
        target, value = (
            np.sqrt(np.maximum(np.abs(spectrum_of(x, resolution)) ** 2, 1e-7))
            for x in (reference, estimate)
        )
        log_distance = np.mean(np.abs(np.log(value) - np.log(target)))
        parts = zip(target, value, strict=True) if name == "per_example" else [(target, value)]
        ratios = [np.linalg.norm((v - t).ravel()) / np.linalg.norm(t.ravel()) for t, v in parts]
        values.append(np.mean(ratios) + log_distance)
    return float(np.mean(values))


@pytest.mark.parametrize("name", LOSSES)
def test_values_agree_with_librosa_and_numpy(name: str, pair) -> None:
    loss = LOSSES[name](*pair)
    assert loss.shape == [] and loss.dtype == tf.float32
    np.testing.assert_allclose(loss, by_numpy(name, *pair), rtol=2e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_agree_with_finite_differences(name: str, pair, rng, gradient_of) -> None:
    reference, estimate = (signal.astype(np.float64) for signal in pair)
    direction = rng.normal(size=estimate.shape)
    step = 1e-7 * direction
    ahead, behind = (by_numpy(name, reference, estimate + s) for s in (step, -step))
    slope = gradient_of(lambda x: LOSSES[name](pair[0], x), pair[1])
    np.testing.assert_allclose(np.sum(slope * direction), (ahead - behind) / 2e-7, rtol=2e-3)


def test_two_samples_by_hand() -> None:
    """Spectra [1, -1] and [3, -3]."""
    pair = np.array([[1.0, 7.0]]), np.array([[3.0, -5.0]])
    np.testing.assert_allclose(time_frequency_l1(*pair, TWO_SAMPLES), 2.0 + 0.0 + 2.0)
    np.testing.assert_allclose(time_frequency_l2(*pair, TWO_SAMPLES), 4.0 + 0.0 + 4.0)
    np.testing.assert_allclose(magnitude_l1(*pair, TWO_SAMPLES), 2.0)
    np.testing.assert_allclose(
        multi_resolution_stft(*pair, [TWO_SAMPLES]), 2.0 / 1.0 + np.log(3.0), rtol=1e-6
    )
    np.testing.assert_allclose(  # scaled by 4 / window: magnitudes 2 and 6
        compressed_spectral(*pair, TWO_SAMPLES, exponent=0.5, floor_db=-200.0),
        (6.0**0.5 - 2.0**0.5) ** 2,
        rtol=1e-5,
    )


def test_only_the_phase_aware_losses_see_a_flipped_sign() -> None:
    """Spectra [1, -1] and [-1, 1]."""
    pair = np.array([[1.0, 0.0]]), np.array([[-1.0, 0.0]])
    np.testing.assert_allclose(time_frequency_l1(*pair, TWO_SAMPLES), 2.0)
    np.testing.assert_allclose(time_frequency_l2(*pair, TWO_SAMPLES), 4.0)
    assert float(magnitude_l1(*pair, TWO_SAMPLES)) == 0.0
    assert float(multi_resolution_stft(*pair, [TWO_SAMPLES])) < 1e-6
    flipped = compressed_spectral(*pair, TWO_SAMPLES, exponent=1.0, complex_weight=0.25)
    np.testing.assert_allclose(flipped, 0.25 * 4.0**2, rtol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_identity_costs_nothing(name: str, pair, gradient_of) -> None:
    reference, estimate = pair
    np.testing.assert_allclose(LOSSES[name](reference, reference), 0.0, atol=1e-6)
    assert np.max(np.abs(gradient_of(lambda x: LOSSES[name](reference, x), reference))) == 0.0
    assert float(LOSSES[name](reference, estimate)) > 1e-4


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("silent", ["reference", "estimate", "both"])
def test_silence_gives_finite_values_and_gradients(
    name: str, silent: str, pair, gradient_of
) -> None:
    reference, estimate = (
        0.0 * signal if silent in (which, "both") else signal
        for which, signal in zip(("reference", "estimate"), pair, strict=True)
    )
    assert np.isfinite(LOSSES[name](reference, estimate))
    assert np.isfinite(gradient_of(lambda x: LOSSES[name](reference, x), estimate)).all()


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float16])
def test_low_precision_waveforms_have_float32_spectra(
    name: str, dtype: tf.DType, pair, gradient_of
) -> None:
    low = [tf.cast(signal, dtype) for signal in pair]
    loss = LOSSES[name](*low)
    assert loss.dtype == tf.float32
    np.testing.assert_array_equal(loss, LOSSES[name](*[tf.cast(x, tf.float32) for x in low]))
    assert np.isfinite(gradient_of(lambda x: LOSSES[name](low[0], x), low[1])).all()


@pytest.mark.parametrize("name", ["time_frequency_l1", "compressed_spectral", "sub_bands"])
def test_traced_for_unknown_shapes_as_in_training(name: str, pair, gradient_of) -> None:
    @tf.function(input_signature=[tf.TensorSpec([None, None, 1])] * 2)
    def traced(reference: tf.Tensor, estimate: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(estimate)
            loss = LOSSES[name](reference, estimate)
        return loss, tape.gradient(loss, estimate)

    for num_samples in (3000, 2000):
        reference, estimate = (signal[:, :num_samples, None] for signal in pair)
        loss, slope = traced(reference, estimate)
        eager = gradient_of(lambda x, r=reference: LOSSES[name](r, x), estimate)
        np.testing.assert_allclose(loss, LOSSES[name](reference, estimate), rtol=1e-6)
        np.testing.assert_allclose(slope, eager, atol=1e-5 * np.max(np.abs(eager)))


@pytest.mark.parametrize(
    ("name", "degree"),
    [
        ("time_frequency_l1", 1),
        ("time_frequency_l2", 2),
        ("magnitude_l1", 1),
        ("multi_resolution_stft", 0),
    ],
)
def test_losses_follow_the_common_scale(name: str, degree: int, pair) -> None:
    scaled = LOSSES[name](*(4.0 * signal for signal in pair))
    np.testing.assert_allclose(scaled, 4.0**degree * LOSSES[name](*pair), rtol=1e-4)


@pytest.mark.parametrize("name", LOSSES)
def test_channels_are_signals_of_their_own(name: str, pair, rng) -> None:
    """[B, T, C], as sub-bands come, equals [B * C, T]."""
    flat = [np.concatenate([signal, 0.5 * signal[:, ::-1]]) for signal in pair]
    bands = [signal.reshape(2, 2, -1).transpose(0, 2, 1) for signal in flat]
    np.testing.assert_allclose(LOSSES[name](*bands), LOSSES[name](*flat), rtol=1e-6)
    mono = [signal[:, :, None] for signal in pair]
    np.testing.assert_allclose(LOSSES[name](*mono), LOSSES[name](*pair), rtol=1e-6)


def test_full_scale_cosine_has_magnitude_one() -> None:
    """Bins k - 1, k, k + 1 hold 0.5, 1, 0.5; reflection at both ends continues the cosine."""
    cosine = np.cos(2 * np.pi * 16 * np.arange(1025) / 256)[None]
    resolution = StftResolution(fft_samples=256, hop_samples=64, window_samples=256)
    loss = compressed_spectral(0.0 * cosine, cosine, resolution, 1.0, 1.0, floor_db=-200.0)
    np.testing.assert_allclose(loss, (0.25 + 1.0 + 0.25) / 129, rtol=1e-5)


def test_compression_does_not_hand_the_gradient_to_silent_bins(pair, rng, gradient_of) -> None:
    """With a floor far below, the same nearly silent estimate pulls 1000 times harder."""
    reference, estimate = pair
    faint = (1e-7 * rng.normal(size=estimate.shape)).astype(np.float32)

    def pull(at: np.ndarray, floor_db: float) -> float:
        loss = gradient_of(
            lambda x: compressed_spectral(reference, x, RESOLUTION, floor_db=floor_db), at
        )
        return float(np.linalg.norm(loss))

    ordinary = pull(estimate, -60.0)
    assert pull(faint, -60.0) < 10.0 * ordinary
    assert pull(0.0 * faint, -60.0) < 10.0 * ordinary
    assert pull(faint, -200.0) > 1000.0 * ordinary


def test_log_magnitudes_of_faint_estimates_are_tamed_by_the_floor(pair, rng, gradient_of) -> None:
    reference, estimate = pair
    noise = rng.normal(size=estimate.shape).astype(np.float32)

    def pull(level: float, power_floor: float) -> float:
        slope = gradient_of(
            lambda x: multi_resolution_stft(reference, x, [RESOLUTION], power_floor=power_floor),
            np.float32(level) * noise,
        )
        return float(np.linalg.norm(slope))

    assert pull(1e-6, 1e-7) == 0.0
    hardest = pull(1e-4, 1e-7)
    assert max(pull(level, 1e-2) for level in (1e-4, 1e-2)) < 0.05 * hardest


def test_a_silent_example_does_not_own_the_spectral_convergence(pair) -> None:
    """Silence counts as -60 dB: noise at -26 dB in it is 34 dB above, a ratio of about 50."""
    reference, estimate = pair
    noise = 0.05 * np.ones_like(reference[:1])
    noise[:, ::2] *= -1
    alone = float(multi_resolution_stft(0.0 * noise, noise, [RESOLUTION]))
    log_distance = float(multi_resolution_stft(noise, 0.0 * noise, [RESOLUTION])) - 1.0
    assert 25.0 < alone - log_distance < 100.0


def test_per_example_convergence_is_additive_over_parts_of_a_batch(pair) -> None:
    reference, estimate = pair[0] * np.array([[1.0], [0.05]]), pair[1]
    whole = [multi_resolution_stft(reference, estimate, per_example=each) for each in (True, False)]
    parts = np.mean(
        [multi_resolution_stft(reference[i : i + 1], estimate[i : i + 1]) for i in range(2)]
    )
    np.testing.assert_allclose(whole[0], parts, rtol=1e-5)
    assert abs(float(whole[1]) - parts) > 0.1


@pytest.mark.parametrize("name", LOSSES)
def test_losses_descend_along_their_gradient(name: str, pair, gradient_of) -> None:
    reference, estimate = pair
    slope = gradient_of(lambda x: LOSSES[name](reference, x), estimate)
    nearer = estimate - 1e-3 * slope / np.max(np.abs(slope))
    assert float(LOSSES[name](reference, nearer)) < float(LOSSES[name](reference, estimate))


@pytest.mark.parametrize("name", LOSSES)
def test_shapes_that_would_broadcast_are_refused(name: str, pair) -> None:
    with pytest.raises(InputError, match=r"estimate: got shape \(2, 3000\), expected the shape"):
        LOSSES[name](pair[0][:, :, None], pair[1])


def test_waveforms_shorter_than_the_reflection_are_refused() -> None:
    with pytest.raises(InputError, match="256 samples, expected more than 256 samples"):
        magnitude_l1(np.zeros([1, 256]), np.zeros([1, 256]), RESOLUTION)


@pytest.mark.parametrize(
    ("lengths", "name"),
    [((512, 0, 400), "hop_samples"), ((512, 128, 513), "window_samples"), ((0, 1, 0), "window")],
)
def test_impossible_transforms_are_refused(lengths: tuple[int, int, int], name: str) -> None:
    with pytest.raises(InputError, match=name):
        StftResolution(*lengths)


@pytest.mark.golden
@pytest.mark.parametrize("folder", ["pwg_melgan", "pwg_mb_melgan"])
def test_multi_resolution_loss_of_parallel_wavegan(folder: str, golden) -> None:
    arrays = np.load(golden(f"{folder}/arrays.npz"))
    loss = multi_resolution_stft(arrays["D_in_real"][:, 0], arrays["D_in_fake"][:, 0])
    expected = arrays["loss_stft_sc_G_vs_wave"] + arrays["loss_stft_mag_G_vs_wave"]
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


@pytest.mark.golden
def test_sub_band_loss_of_parallel_wavegan(golden) -> None:
    arrays = np.load(golden("pwg_mb_melgan/arrays.npz"))
    bands = (arrays[name].transpose(0, 2, 1) for name in ("D_in_real_subbands", "G_T20"))
    loss = multi_resolution_stft(*bands, SUB_BAND_RESOLUTIONS)
    expected = arrays["loss_sub_stft_sc_G_vs_wave"] + arrays["loss_sub_stft_mag_G_vs_wave"]
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


@pytest.mark.golden
def test_sub_band_loss_of_what_was_joined_and_is_split_again(golden) -> None:
    """Upstream has it of the bands from before; the filters give them back to 64 dB."""
    arrays = np.load(golden("pwg_mb_melgan/arrays.npz"))
    waveforms = (arrays[name].transpose(0, 2, 1) for name in ("D_in_real", "G_fullband_T20"))
    split = PQMFAnalysis()
    loss = multi_resolution_stft(*map(split, waveforms), SUB_BAND_RESOLUTIONS)
    expected = arrays["loss_sub_stft_sc_G_vs_wave"] + arrays["loss_sub_stft_mag_G_vs_wave"]
    np.testing.assert_allclose(loss, expected, rtol=1e-3)
