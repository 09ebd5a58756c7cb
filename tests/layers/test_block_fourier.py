"""Block-wise Fourier layers against NumPy's transform, and as a stream."""

import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_layer

from tfgan_audio.errors import InputError
from tfgan_audio.layers.block_fourier import (
    BlockAnalysis,
    BlockSynthesis,
    LogPowerFrames,
    fourier_bases,
    log_power,
)

SIZES = [(16, 8), (32, 8), (64, 8), (512, 256), (512, 128)]


def expected_spectra(signal: np.ndarray, frame_samples: int, hop_samples: int) -> np.ndarray:
    """NumPy's transform of square-root Hann frames, each ending with a whole block."""
    window = np.sqrt(np.hanning(frame_samples + 1)[:-1])
    padded = np.concatenate([np.zeros(frame_samples - hop_samples), signal])
    frames = np.lib.stride_tricks.sliding_window_view(padded, frame_samples)[::hop_samples]
    return np.fft.rfft(frames * window)


def as_blocks(signal: np.ndarray, hop_samples: int) -> np.ndarray:
    """One example of whole blocks."""
    return signal.astype(np.float32).reshape(1, -1, hop_samples)


@pytest.mark.parametrize(("frame_samples", "hop_samples"), SIZES)
def test_analysis_is_numpys_transform_of_windowed_frames(
    rng, frame_samples: int, hop_samples: int
) -> None:
    signal = rng.standard_normal(20 * hop_samples)
    spectrum, _ = BlockAnalysis(frame_samples, hop_samples)(as_blocks(signal, hop_samples))
    real, imaginary = np.split(spectrum.numpy()[0], 2, axis=-1)
    expected = expected_spectra(signal, frame_samples, hop_samples)
    np.testing.assert_allclose(real + 1j * imaginary, expected, atol=1e-6 * frame_samples)


@pytest.mark.parametrize(("frame_samples", "hop_samples"), SIZES)
def test_synthesis_after_analysis_only_delays(rng, frame_samples: int, hop_samples: int) -> None:
    signal = rng.standard_normal(20 * hop_samples)
    spectrum, _ = BlockAnalysis(frame_samples, hop_samples)(as_blocks(signal, hop_samples))
    blocks, _ = BlockSynthesis(frame_samples, hop_samples)(spectrum)
    delay = frame_samples - hop_samples
    delayed = np.concatenate([np.zeros(delay), signal])[: len(signal)]
    np.testing.assert_allclose(blocks.numpy().reshape(-1), delayed, atol=1e-5)


@pytest.mark.parametrize(("frame_samples", "hop_samples"), SIZES[:3])
def test_synthesis_of_any_spectrum_is_overlap_add(
    rng, frame_samples: int, hop_samples: int
) -> None:
    """Also of spectra that no signal has, as a mask makes them."""
    num_frames, num_bins = 12, frame_samples // 2 + 1
    spectra = rng.standard_normal([num_frames, num_bins, 2]) @ [1, 1j]
    spectra[:, [0, -1]] = spectra[:, [0, -1]].real
    window = np.sqrt(np.hanning(frame_samples + 1)[:-1])
    expected = np.zeros(num_frames * hop_samples + frame_samples)
    for index, frame in enumerate(np.fft.irfft(spectra) * window):
        expected[index * hop_samples :][:frame_samples] += frame
    # Squared windows add up to half the number of frames that overlap.
    expected *= 2 * hop_samples / frame_samples
    inputs = np.concatenate([spectra.real, spectra.imag], axis=-1)[None].astype(np.float32)
    blocks, _ = BlockSynthesis(frame_samples, hop_samples)(inputs)
    found = blocks.numpy().reshape(-1)
    np.testing.assert_allclose(found, expected[: len(found)], atol=1e-5)


@pytest.mark.parametrize(("frame_samples", "hop_samples"), SIZES[:3])
def test_parts_with_their_history_give_the_whole(rng, frame_samples: int, hop_samples: int) -> None:
    blocks = as_blocks(rng.standard_normal(12 * hop_samples), hop_samples)
    for layer in (
        BlockAnalysis(frame_samples, hop_samples),
        BlockSynthesis(frame_samples, hop_samples),
    ):
        whole, last = layer(blocks)
        parts, history = [], None
        for part in np.split(blocks, [1, 2, 7], axis=1):
            outputs, history = layer(part, history)
            parts.append(outputs)
        np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)
        np.testing.assert_allclose(history, last, atol=1e-5)
        blocks = whole


def test_log_power_frames_of_a_waveform(rng) -> None:
    """The last block is filled up with silence; the floor is 1e-6 in power."""
    signal = rng.standard_normal(100)
    frames = LogPowerFrames(32, 8)(signal[None, :, None].astype(np.float32))
    power = np.abs(expected_spectra(np.pad(signal, (0, 4)), 32, 8)) ** 2
    np.testing.assert_allclose(frames[0], 1 + 0.2 * np.log(power + 1e-6), atol=1e-4)


def test_silence_has_a_finite_value_and_gradient() -> None:
    silence = tf.zeros([1, 64, 1])
    with tf.GradientTape() as tape:
        tape.watch(silence)
        frames = LogPowerFrames(32, 8)(silence)
    np.testing.assert_allclose(frames, 1 + 0.2 * np.log(1e-6), rtol=1e-6)
    assert np.isfinite(tape.gradient(frames, silence)).all()


def test_log_power_rises_by_a_fifth_of_the_log_of_the_power() -> None:
    spectrum = np.array([[[3.0, 0.0, 4.0, 1.0]]], np.float32)
    louder = log_power(10 * spectrum) - log_power(spectrum)
    np.testing.assert_allclose(louder, 0.2 * np.log(100), atol=1e-5)
    np.testing.assert_allclose(log_power(spectrum)[0, 0, 0], 1 + 0.2 * np.log(25), rtol=1e-6)


@pytest.mark.parametrize(
    ("layer_class", "input_shape", "output_shape"),
    [
        (BlockAnalysis, (2, 9, 4), ((2, 9, 18), (2, 3, 4))),
        (BlockSynthesis, (2, 9, 18), ((2, 9, 4), (2, 3, 16))),
        (LogPowerFrames, (2, 33, 1), (2, 9, 9)),
    ],
)
def test_everything_a_layer_owes(layer_class, input_shape, output_shape, tmp_path) -> None:
    kwargs = {"frame_samples": 16, "hop_samples": 4}
    check_layer(layer_class, kwargs, input_shape, output_shape, tmp_path)


@pytest.mark.parametrize(
    ("frame_samples", "hop_samples"), [(16, 0), (0, 8), (-16, 8), (24, 8), (8, 8), (10, 4)]
)
def test_hops_that_do_not_add_up_are_refused(frame_samples: int, hop_samples: int) -> None:
    with pytest.raises(InputError, match=f"^frame_samples: got {frame_samples}, expected a multip"):
        fourier_bases(frame_samples, hop_samples)
