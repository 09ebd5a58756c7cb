"""Waveform and log-mel distances against hand-computed values and other packages."""

import json

import librosa
import numpy as np
import pytest
import soundfile
import tensorflow as tf

from tfgan_audio.audio.spectral import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.losses.reconstruction import (
    log_mel_l1,
    log_mel_l2,
    negative_snr,
    si_sdr,
    waveform_l1,
    waveform_l2,
)

FEATURES = MelFeatures.preset("melgan_official")
NUM_SAMPLES = 8192
LOSSES = {
    "waveform_l1": waveform_l1,
    "waveform_l2": waveform_l2,
    "negative_snr": negative_snr,
    "log_mel_l1": lambda reference, estimate: log_mel_l1(reference, estimate, FEATURES),
    "log_mel_l2": lambda reference, estimate: log_mel_l2(reference, estimate, FEATURES),
}


@pytest.fixture
def pair(rng) -> tuple[np.ndarray, np.ndarray]:
    """A tone [2, T, 1] and the tone in noise."""
    time = np.arange(NUM_SAMPLES) / 22050.0
    tone = 0.3 * np.sin(2 * np.pi * np.array([[440.0], [1000.0]]) * time)[:, :, None]
    noisy = tone + rng.normal(size=tone.shape) * np.array([0.05, 0.01])[:, None, None]
    return tone.astype(np.float32), noisy.astype(np.float32)


def test_waveform_distances_of_two_samples() -> None:
    reference, estimate = np.array([[[1.0], [0.0]]]), np.array([[[0.5], [-1.5]]])
    assert float(waveform_l1(reference, estimate)) == (0.5 + 1.5) / 2
    assert float(waveform_l2(reference, estimate)) == (0.25 + 2.25) / 2


@pytest.mark.parametrize("name", LOSSES)
def test_identity_costs_nothing(name: str, pair, gradient_of) -> None:
    least = -30.0 if name == "negative_snr" else 0.0
    np.testing.assert_allclose(LOSSES[name](pair[0], pair[0]), least, atol=1e-5)
    assert np.max(np.abs(gradient_of(lambda x: LOSSES[name](pair[0], x), pair[0]))) == 0.0
    assert float(LOSSES[name](*pair)) > least + 1e-6


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
def test_low_precision_waveforms_are_compared_in_float32(
    name: str, dtype: tf.DType, pair, gradient_of
) -> None:
    low = [tf.cast(signal, dtype) for signal in pair]
    loss = LOSSES[name](*low)
    assert loss.dtype == tf.float32
    np.testing.assert_array_equal(loss, LOSSES[name](*[tf.cast(x, tf.float32) for x in low]))
    assert np.isfinite(gradient_of(lambda x: LOSSES[name](low[0], x), low[1])).all()


@pytest.mark.parametrize("name", LOSSES)
def test_traced_for_unknown_shapes_as_in_training(name: str, pair, gradient_of) -> None:
    @tf.function(input_signature=[tf.TensorSpec([None, None, 1])] * 2)
    def traced(reference: tf.Tensor, estimate: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(estimate)
            loss = LOSSES[name](reference, estimate)
        return loss, tape.gradient(loss, estimate)

    for num_samples in (8192, 4096):
        reference, estimate = (signal[:, :num_samples] for signal in pair)
        loss, slope = traced(reference, estimate)
        eager = gradient_of(lambda x, r=reference: LOSSES[name](r, x), estimate)
        np.testing.assert_allclose(loss, LOSSES[name](reference, estimate), rtol=1e-6)
        np.testing.assert_allclose(slope, eager, atol=1e-5 * np.max(np.abs(eager)))


@pytest.mark.parametrize("name", [*LOSSES, "si_sdr"])
def test_shapes_that_would_broadcast_are_refused(name: str, pair) -> None:
    loss = LOSSES.get(name, si_sdr)
    with pytest.raises(InputError, match=r"estimate: got shape \(2, 8192\), expected the shape"):
        loss(pair[0], pair[1][:, :, 0])


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 12.0])
def test_snr_without_ceiling_is_the_plain_ratio(snr_db: float, rng) -> None:
    clean, noise = rng.normal(size=[2, 4, 1000, 1]) * 0.1
    noise *= np.sqrt(
        np.sum(clean**2, axis=(1, 2)) / np.sum(noise**2, axis=(1, 2)) / 10 ** (snr_db / 10)
    )[:, None, None]
    loss = negative_snr(clean, clean + noise, max_snr_db=120.0, floor_db=-120.0)
    np.testing.assert_allclose(loss, -snr_db, atol=1e-3)


def test_snr_is_averaged_in_db_over_examples() -> None:
    clean = np.full([2, 4], 0.5, np.float32)
    estimate = clean + np.array([[0.5], [0.05]], np.float32)  # 0 dB and 20 dB
    expected = (10 * np.log10(1.0 + 0.001) + 10 * np.log10(0.01 + 0.001)) / 2
    np.testing.assert_allclose(negative_snr(clean, estimate, floor_db=-120.0), expected, rtol=1e-5)


def test_snr_ceiling_stops_the_pull_of_good_estimates(gradient_of) -> None:
    clean = np.full([1, 4], 0.5, np.float32)

    def slope(error: float, max_snr_db: float) -> float:
        estimate = clean * np.float32(1.0 + error)
        pull = gradient_of(lambda x: negative_snr(clean, x, max_snr_db), estimate)
        return float(np.linalg.norm(pull))

    assert slope(1e-3, max_snr_db=20.0) < 0.001 * slope(1e-3, max_snr_db=100.0)
    np.testing.assert_allclose(slope(0.5, 20.0), slope(0.5, 100.0), rtol=0.05)


def test_snr_gradient_on_silence_stays_below_its_bound(rng, gradient_of) -> None:
    """The bound is 4.4 / sqrt(tau * floor * T) for one example, reached near the ceiling."""
    silence = np.zeros([1, 4096, 1], np.float32)
    bound = 4.4 / np.sqrt(1e-3 * 1e-4 * 4096)
    direction = rng.normal(size=silence.shape).astype(np.float32)
    norms = [
        np.linalg.norm(gradient_of(lambda x: negative_snr(silence, x), level * direction))
        for level in 10.0 ** np.arange(-7.0, 0.0)
    ]
    assert 0.5 * bound < max(norms) < bound


def test_snr_does_not_see_a_common_scale_above_its_floor(pair) -> None:
    expected = negative_snr(*pair, floor_db=-100.0)
    for scale in (0.1, 3.0):
        scaled = negative_snr(*(scale * signal for signal in pair), floor_db=-100.0)
        np.testing.assert_allclose(scaled, expected, atol=1e-3)


def test_snr_floor_is_the_level_a_silent_reference_is_taken_for() -> None:
    """Noise at -40 dB in silence: 0 dB against the default floor, but for the ceiling's 0.1 %."""
    noise = np.full([1, 100, 1], 0.01, np.float32)
    expected = 10 * np.log10(1.0 + 0.001)
    np.testing.assert_allclose(negative_snr(0.0 * noise, noise), expected, atol=1e-4)


def test_snr_of_a_silent_estimate_is_zero_db(pair) -> None:
    np.testing.assert_allclose(negative_snr(pair[0], 0.0 * pair[0]), 0.0, atol=0.01)


def test_si_sdr_of_two_samples() -> None:
    """Reference [1, 0], estimate [3, 4]: the target is [3, 0], the distortion [0, 4]."""
    value = si_sdr(np.array([[[1.0], [0.0]]]), np.array([[[3.0], [4.0]]]))
    np.testing.assert_allclose(value, [10 * np.log10(9 / 16)], atol=1e-4)


def test_si_sdr_ignores_the_scale_and_keeps_the_mean(pair) -> None:
    reference, estimate = pair
    plain = si_sdr(reference, estimate).numpy()
    assert plain.shape == (2,) and plain.dtype == np.float32
    np.testing.assert_allclose(si_sdr(reference, -0.01 * estimate), plain, atol=1e-3)
    np.testing.assert_allclose(si_sdr(5.0 * reference, estimate), plain, atol=1e-3)
    assert (si_sdr(reference, estimate + 0.2).numpy() < plain - 3.0).all()


def test_si_sdr_is_limited_and_finite_everywhere(pair, gradient_of) -> None:
    tone, silence = pair[0], 0.0 * pair[0]
    values = [si_sdr(tone, tone), si_sdr(tone, silence), si_sdr(silence, tone)]
    assert (values[0].numpy() > 90.0).all() and (values[0].numpy() <= 100.01).all()
    np.testing.assert_allclose(values[1], -100.0, atol=0.01)
    np.testing.assert_allclose(values[2], -100.0, atol=0.01)
    for reference in (tone, silence):
        for estimate in (tone, silence, pair[1]):
            assert np.isfinite(gradient_of(lambda x: si_sdr(reference, x), estimate)).all()


def test_si_sdr_rises_along_its_gradient(pair, gradient_of) -> None:
    reference, estimate = pair
    ascent = gradient_of(lambda x: si_sdr(reference, x), estimate)
    better = si_sdr(reference, estimate + 1e-2 * ascent / np.max(np.abs(ascent)))
    assert (better.numpy() > si_sdr(reference, estimate).numpy()).all()


def test_log_mel_distances_are_those_of_the_spectrograms(pair) -> None:
    """Against librosa: non-centred frames after reflection padding, log10 of max(mel, 1e-5)."""
    mels = []
    for signal in pair:
        padded = np.pad(signal[:, :, 0], [[0, 0], [384, 384]], mode="reflect")
        mel = librosa.feature.melspectrogram(
            y=padded, sr=22050, n_fft=1024, hop_length=256, center=False, power=1.0, n_mels=80
        )
        mels.append(np.log10(np.maximum(mel, 1e-5)))
    difference = mels[1] - mels[0]
    np.testing.assert_allclose(log_mel_l1(*pair, FEATURES), np.mean(np.abs(difference)), rtol=1e-4)
    np.testing.assert_allclose(log_mel_l2(*pair, FEATURES), np.mean(difference**2), rtol=1e-4)


def test_log_mel_l1_measures_a_gain_in_decades(rng) -> None:
    noise = rng.normal(size=[1, NUM_SAMPLES, 1]).astype(np.float32)
    np.testing.assert_allclose(log_mel_l1(noise, 0.1 * noise, FEATURES), 1.0, rtol=1e-3)
    np.testing.assert_allclose(log_mel_l2(noise, 0.1 * noise, FEATURES), 1.0, rtol=1e-3)


def test_log_mel_loss_descends_along_its_gradient(pair, gradient_of) -> None:
    reference, estimate = pair
    slope = gradient_of(lambda x: log_mel_l1(reference, x, FEATURES), estimate)
    step = 1e-3 * slope / np.max(np.abs(slope))
    assert float(log_mel_l1(reference, estimate - step, FEATURES)) < float(
        log_mel_l1(reference, estimate, FEATURES)
    )


@pytest.mark.golden
def test_si_sdr_of_recordings_agrees_with_torchmetrics(golden) -> None:
    pairs = json.loads(golden("metrics/values.json").read_text())
    expected = np.array([pair["si_sdr_torchmetrics_no_zero_mean"] for pair in pairs])
    clean, degraded = (
        np.stack([soundfile.read(golden("metrics/wav") / pair[side])[0] for pair in pairs])
        for side in ("clean", "degraded")
    )
    values = si_sdr(clean[:, :, None], degraded[:, :, None]).numpy()
    plain = expected > -20.0  # below, a delayed copy: float32 decides
    assert plain.sum() >= 8
    np.testing.assert_allclose(values[plain], expected[plain], atol=1e-3)
    np.testing.assert_allclose(values[~plain], expected[~plain], atol=0.1)
