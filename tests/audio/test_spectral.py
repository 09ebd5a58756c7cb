"""Spectra against librosa, hand-computed cases and the original implementations."""

import json
from dataclasses import replace

import librosa
import numpy as np
import pytest
import soundfile
import tensorflow as tf

from tfgan_audio.audio.features import PRESETS, MelFeatures
from tfgan_audio.audio.spectral import (
    fit_to_frames,
    log_mel,
    magnitude,
    mel_filters,
    mel_spectrogram,
    stft,
)
from tfgan_audio.errors import InputError

CENTRE_WITHOUT_FLOOR = MelFeatures(centring="centre", log_base="e", floor=1e-10)


@pytest.fixture
def speech_like(rng) -> np.ndarray:
    """Two harmonic sounds in noise, [2, 22050], their spectra over 60 dB deep."""
    time = np.arange(22050) / 22050
    harmonics = np.arange(1, 30)[:, None]
    tones = [
        np.sum(np.sin(2 * np.pi * f0 * harmonics * time) / harmonics**1.5, 0) for f0 in (110, 203)
    ]
    return 0.2 * np.stack(tones) + 1e-3 * rng.standard_normal([2, 22050])


def librosa_log_mel(waveform: np.ndarray, features: MelFeatures) -> np.ndarray:
    """The log-mel spectrogram [B, F, M] of float64 samples by librosa."""
    if features.centring == "half_hop":
        pad = (features.fft_samples - features.hop_samples) // 2
        mode = "reflect" if features.padding == "reflect" else "constant"
        waveform = np.pad(waveform, [(0, 0), (pad, pad)], mode)
    spectrum = librosa.stft(
        waveform,
        n_fft=features.fft_samples,
        hop_length=features.hop_samples,
        win_length=features.window_samples,
        center=features.centring == "centre",
        pad_mode="reflect" if features.padding == "reflect" else "constant",
    )
    filters = librosa.filters.mel(
        sr=features.sample_rate_hz,
        n_fft=features.fft_samples,
        n_mels=features.num_mels,
        fmin=features.fmin_hz,
        fmax=features.fmax_hz,
        htk=features.mel_scale == "htk",
        norm="slaney" if features.mel_norm == "slaney" else None,
    )
    power = np.abs(spectrum) ** 2 + features.magnitude_epsilon
    mel = np.swapaxes(filters @ power ** (features.power / 2), 1, 2)
    values = np.log(np.maximum(mel, features.floor))
    return values if features.log_base == "e" else values / np.log(10.0)


@pytest.mark.parametrize("window_samples", [512, 401, 256])
@pytest.mark.parametrize("hop_samples", [128, 100, 600])
def test_stft_agrees_with_librosa(window_samples, hop_samples, speech_like):
    expected = librosa.stft(
        speech_like,
        n_fft=512,
        hop_length=hop_samples,
        win_length=window_samples,
        pad_mode="reflect",
    )
    for in_double in (False, True):
        spectrum = stft(speech_like, 512, hop_samples, window_samples, in_double=in_double)
        assert spectrum.dtype == tf.complex64
        np.testing.assert_allclose(
            spectrum, np.swapaxes(expected, 1, 2), atol=3e-7 * np.abs(expected).max()
        )


def test_a_tone_stands_in_its_bin():
    """Bin 8 of a full cosine at 8/64 of the rate: half the window's sum, at any frame."""
    waveform = np.cos(2 * np.pi * 8 * np.arange(640) / 64)[None]
    values = magnitude(stft(waveform, 64, 64, centring="none")).numpy()
    np.testing.assert_allclose(values[0, :, 8], 16.0, rtol=1e-5)
    np.testing.assert_allclose(values[0, :, [7, 9]], 8.0, rtol=1e-5)  # Hann spreads to neighbours
    np.testing.assert_allclose(values[0, :, 12:], 0.0, atol=1e-4)


def test_energy_is_kept(rng):
    """Parseval: squared Hann windows that overlap fourfold add up to 4 * 3/8."""
    waveform = rng.standard_normal(4096)
    padded = np.pad(waveform, 256)
    power = np.square(np.abs(stft(padded[None], 256, 64, centring="none")[0]))
    doubled = 2 * power.sum() - power[:, [0, -1]].sum()
    assert doubled / 256 == pytest.approx(1.5 * np.sum(waveform**2), rel=1e-5)


def test_a_shift_by_a_hop_moves_frames(rng):
    waveform = rng.standard_normal([1, 4096])
    values = magnitude(stft(waveform, 256, 64, centring="none")).numpy()
    later = magnitude(stft(np.roll(waveform, 64), 256, 64, centring="none")).numpy()
    np.testing.assert_allclose(later[:, 1:], values[:, :-1], atol=1e-4)


@pytest.mark.parametrize("epsilon", [0.0, 1e-9])
def test_magnitude_of_zero_has_gradient_zero(epsilon):
    parts = tf.constant([[0.0, 0.0], [3.0, -4.0], [1e-30, 0.0], [2e-12, 0.0]])
    with tf.GradientTape() as tape:
        tape.watch(parts)
        values = magnitude(tf.complex(parts[:, 0], parts[:, 1]), epsilon)
    slopes = tape.gradient(values, parts).numpy()
    np.testing.assert_allclose(values[:2], [np.sqrt(epsilon), 5.0], rtol=1e-6)
    np.testing.assert_allclose(slopes[:3], [[0, 0], [0.6, -0.8], [0, 0]], atol=1e-6)
    assert abs(slopes[3, 0]) <= 1.0 + 1e-6


def test_second_derivatives_of_the_magnitude_are_finite_and_right():
    """Curvature of |z| across its direction is 1 / |z|; at 0 it counts as none."""
    parts = tf.constant([[3.0, 4.0], [0.0, 0.0]])
    with tf.GradientTape() as outer:
        outer.watch(parts)
        with tf.GradientTape() as inner:
            inner.watch(parts)
            total = tf.reduce_sum(magnitude(tf.complex(parts[:, 0], parts[:, 1])))
        slopes = inner.gradient(total, parts)
        across = tf.reduce_sum(slopes * [[-0.8, 0.6], [1.0, 0.0]])
    curvature = outer.gradient(across, parts)
    np.testing.assert_allclose(curvature, [[-0.16, 0.12], [0.0, 0.0]], atol=1e-6)


@pytest.mark.parametrize("scale", ["slaney", "htk"])
@pytest.mark.parametrize("norm", ["slaney", "none"])
@pytest.mark.parametrize(
    ("rate", "fft", "mels", "low", "high"),
    [
        (22050, 1024, 80, 0.0, None),
        (16000, 512, 40, 60.0, 7800.0),
        (24000, 2048, 128, 80.0, 7600.0),
    ],
)
def test_filters_agree_with_librosa(scale, norm, rate, fft, mels, low, high):
    features = MelFeatures(
        rate, fft, fft // 4, fft, mels, low, high, mel_scale=scale, mel_norm=norm
    )
    expected = librosa.filters.mel(
        sr=rate,
        n_fft=fft,
        n_mels=mels,
        fmin=low,
        fmax=high,
        htk=scale == "htk",
        norm="slaney" if norm == "slaney" else None,
    )
    filters = mel_filters(features)
    assert filters.dtype == np.float32 and filters.shape == expected.shape
    np.testing.assert_allclose(filters, expected, atol=1e-6 * expected.max())


def test_filters_of_one_definition_are_shared_and_can_not_be_changed():
    filters = mel_filters(MelFeatures())
    assert mel_filters(MelFeatures()) is filters
    with pytest.raises(ValueError, match="read-only"):
        filters[0, 0] = 1.0


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("num_samples", [22050, 5000, 1025])
def test_presets_agree_with_librosa(name, num_samples, speech_like):
    features = PRESETS[name]
    waveform = speech_like[:, :num_samples].astype(np.float32)
    values = log_mel(waveform, features)
    assert values.shape == (2, features.num_frames(num_samples), 80)
    np.testing.assert_allclose(values, librosa_log_mel(waveform.astype(float), features), atol=2e-6)


@pytest.mark.parametrize("padding", ["reflect", "zeros"])
@pytest.mark.parametrize("centring", ["centre", "half_hop", "none"])
@pytest.mark.parametrize("power", [1.0, 2.0])
def test_conventions_agree_with_librosa(padding, centring, power, speech_like):
    features = MelFeatures(
        16000, 512, 160, 400, 64, 60.0, 7800.0, centring, padding, power, 1e-7, "htk", "none"
    )
    waveform = speech_like.astype(np.float32)
    expected = librosa_log_mel(waveform.astype(float), features)
    np.testing.assert_allclose(log_mel(waveform, features), expected, atol=2e-6)


def test_float32_transforms_are_as_good_down_to_60_db(speech_like):
    features = replace(CENTRE_WITHOUT_FLOOR, centring="half_hop")
    exact, fast = (log_mel(speech_like, features, double).numpy() for double in (True, False))
    strong = exact > exact.max(axis=2, keepdims=True) - np.log(1000.0)
    assert 0.3 < strong.mean() < 1.0
    np.testing.assert_allclose(fast[strong], exact[strong], atol=1e-4)


@pytest.mark.golden
def test_log_mel_agrees_with_stored_librosa_values(golden_dir):
    stored = np.load(golden_dir / "metrics" / "logmel.npz")
    settings = json.loads((golden_dir / "metrics" / "logmel_settings.json").read_text())
    assert len(settings) == 4
    for k, entry in enumerate(settings):
        features = MelFeatures(
            sample_rate_hz=entry["sr"],
            fft_samples=entry["n_fft"],
            hop_samples=entry["hop_length"],
            window_samples=entry["win_length"],
            num_mels=entry["n_mels"],
            fmin_hz=entry["fmin"],
            fmax_hz=entry["fmax"],
            centring="centre" if entry["center"] else "none",
            padding="reflect" if entry["pad_mode"] == "reflect" else "zeros",
            power=entry["power"],
            mel_scale="htk" if entry["htk"] else "slaney",
            mel_norm=entry["norm"] or "none",
            log_base="e",
        )
        peak = stored[f"filters_{k}"].max()
        np.testing.assert_allclose(mel_filters(features), stored[f"filters_{k}"], atol=1e-6 * peak)
        in_decades = replace(features, log_base="10")
        for definition, name in ((features, "ln"), (in_decades, "log10")):
            values = log_mel(stored["x"][None], definition)[0].numpy().T
            np.testing.assert_allclose(values, stored[f"{name}_clip1e-5_{k}"], atol=1e-4)


@pytest.mark.golden
@pytest.mark.parametrize(("audio", "mel"), [("audio", "mel"), ("audio_b", "mel_b")])
def test_mel_of_the_official_melgan(audio, mel, golden_dir):
    """Its float32 transform leaves 3e-7 of a frame's strongest mel as error of its own."""
    stored = np.load(golden_dir / "melgan_official" / "arrays.npz")
    features = MelFeatures.preset("melgan_official")
    filters = mel_filters(features)
    np.testing.assert_allclose(filters, stored["mel_basis"], atol=1e-6 * filters.max())
    expected = np.swapaxes(stored[mel], 1, 2)
    values = log_mel(stored[audio][:, 0], features).numpy()
    strongest = 10.0 ** expected.max(axis=2, keepdims=True)
    assert np.max(np.abs(10.0**values - 10.0**expected) / strongest) < 1e-6
    strong = 10.0**expected > 1e-3 * strongest
    np.testing.assert_allclose(values[strong], expected[strong], atol=1e-5)


@pytest.mark.golden
@pytest.mark.parametrize(
    ("folder", "fft_samples", "hop_samples"),
    [("pwg_melgan", 512, 64), ("pwg_mb_melgan", 1024, 256)],
)
def test_features_of_parallel_wavegan(folder, fft_samples, hop_samples, golden_dir):
    """From its own input: trimmed, transformed, normalised and paired as its programs do."""
    stored = np.load(golden_dir / folder / "arrays.npz")
    waveform, rate = soundfile.read(golden_dir / folder / "wave_in.wav")
    trimmed, _ = librosa.effects.trim(waveform, top_db=60, frame_length=2048, hop_length=512)
    features = MelFeatures.preset(
        "parallel_wavegan",
        sample_rate_hz=rate,
        fft_samples=fft_samples,
        hop_samples=hop_samples,
        window_samples=fft_samples,
    )
    np.testing.assert_allclose(log_mel(trimmed[None], features)[0], stored["feats_raw"], atol=1e-5)
    np.testing.assert_array_equal(
        fit_to_frames(trimmed.astype(np.float32), features), stored["wave_cut"]
    )
    mean, scale = stored["stats_mean"].tolist(), stored["stats_scale"].tolist()
    normalised = replace(features, mean=tuple(mean), scale=tuple(scale))
    np.testing.assert_allclose(
        log_mel(trimmed[None], normalised)[0], stored["feats_norm"], atol=1e-4
    )


def test_waveforms_are_cut_or_prolonged_to_their_frames():
    ramp = np.arange(700.0)
    half = fit_to_frames(ramp, MelFeatures())
    np.testing.assert_array_equal(half, ramp[:512])
    centred = fit_to_frames(np.stack([ramp, -ramp], 1), MelFeatures(centring="centre"))
    np.testing.assert_array_equal(centred[:, 1], [*-ramp, *[-699.0] * 68])


def test_a_gain_shifts_the_logarithm(speech_like):
    louder = log_mel(10.0 * speech_like, CENTRE_WITHOUT_FLOOR)
    plain = log_mel(speech_like, CENTRE_WITHOUT_FLOOR)
    np.testing.assert_allclose(louder - plain, np.log(10.0), atol=1e-5)
    in_decades = replace(CENTRE_WITHOUT_FLOOR, log_base="10")
    np.testing.assert_allclose(log_mel(speech_like, in_decades), plain / np.log(10.0), atol=1e-5)


def test_silence_is_the_floor_and_has_finite_gradients():
    for features in PRESETS.values():
        silence = tf.zeros([2, 2048])
        with tf.GradientTape() as tape:
            tape.watch(silence)
            values = log_mel(silence, features)
        base = 10.0 if features.log_base == "10" else np.e
        left_by_epsilon = np.sqrt(features.magnitude_epsilon) * mel_filters(features).sum(axis=1)
        lowest = np.maximum(features.floor, left_by_epsilon)
        np.testing.assert_allclose(values[0, 0], np.log(lowest) / np.log(base), atol=1e-4)
        assert not np.any(tape.gradient(values, silence))


def test_gradients_where_half_the_frames_are_silent(speech_like):
    waveform = speech_like[:1, :8192].astype(np.float32)
    waveform[:, :4096] = 0.0
    waveform = tf.constant(waveform)
    with tf.GradientTape() as tape:
        tape.watch(waveform)
        total = tf.reduce_sum(log_mel(waveform, MelFeatures.preset("hifigan")))
    slope = tape.gradient(total, waveform).numpy()
    assert np.isfinite(slope).all() and np.abs(slope[:, 4096:]).max() > 0.0
    direction = np.sign(slope) * (np.abs(slope) > 0.0)
    step = 1e-6 * direction
    rise = tf.reduce_sum(log_mel(waveform + step, MelFeatures.preset("hifigan"))) - total
    np.testing.assert_allclose(rise, np.sum(slope * step), rtol=0.05)


@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float16, tf.float64])
def test_other_precisions_are_computed_in_float32(dtype, speech_like):
    waveform = tf.cast(speech_like[:, :4096], dtype)
    values = log_mel(waveform, MelFeatures())
    assert values.dtype == tf.float32
    np.testing.assert_array_equal(values, log_mel(tf.cast(waveform, tf.float32), MelFeatures()))


def test_a_channel_axis_of_one_makes_no_difference(speech_like):
    np.testing.assert_array_equal(
        log_mel(speech_like[:, :, None], MelFeatures()), log_mel(speech_like, MelFeatures())
    )


@pytest.mark.parametrize("jit_compile", [False, True])
def test_unknown_batch_sizes_and_lengths(jit_compile, speech_like):
    waveform = speech_like.astype(np.float32)
    for name in ("melgan_official", "tacotron2"):
        features = MelFeatures.preset(name)
        traced = tf.function(
            lambda x, features=features: log_mel(x, features),
            input_signature=[tf.TensorSpec([None, None, 1], tf.float32)],
            jit_compile=jit_compile,
        )
        for num_rows, num_samples in ((1, 1100), (2, 3001)):
            part = waveform[:num_rows, :num_samples, None]
            np.testing.assert_allclose(traced(part), log_mel(part, features), atol=1e-5)
        assert traced.get_concrete_function().structured_outputs.shape[-1] == 80


@pytest.mark.slow
def test_single_precision_runs_in_tflite(speech_like):
    from ai_edge_litert.interpreter import Interpreter

    features = MelFeatures.preset("hifigan")
    function = tf.function(
        lambda x: log_mel(x, features, in_double=False),
        input_signature=[tf.TensorSpec([1, 4096], tf.float32)],
    )
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()])
    interpreter = Interpreter(model_content=converter.convert())
    interpreter.allocate_tensors()
    waveform = speech_like[:1, :4096].astype(np.float32)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], waveform)
    interpreter.invoke()
    values = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_allclose(values, log_mel(waveform, features), atol=2e-3)


def test_normalisation_is_per_bin(speech_like):
    mean, scale = tuple(np.linspace(-4.0, 0.0, 80)), tuple(np.linspace(0.5, 2.0, 80))
    plain = log_mel(speech_like, MelFeatures())
    normalised = log_mel(speech_like, MelFeatures(mean=mean, scale=scale))
    np.testing.assert_allclose(normalised, (plain - np.array(mean)) / np.array(scale), atol=1e-5)


def test_mel_spectrogram_is_linear_in_the_power(speech_like):
    powers = MelFeatures(power=2.0)
    np.testing.assert_allclose(
        mel_spectrogram(2.0 * speech_like, powers), 4.0 * mel_spectrogram(speech_like, powers)
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: log_mel(np.zeros([1, 384]), MelFeatures()),
            "waveform: got 384 samples, expected more than 384 samples",
        ),
        (
            lambda: log_mel(np.zeros([1, 900, 2]), MelFeatures()),
            "waveform: got shape (1, 900, 2), expected [batch, samples] or [.., .., 1]",
        ),
        (
            lambda: stft(np.zeros([1, 900]), 256, 64, window_samples=300),
            "window_samples: got 300, expected at most fft_samples (256)",
        ),
    ],
)
def test_bad_waveforms_are_refused(call, message):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message
