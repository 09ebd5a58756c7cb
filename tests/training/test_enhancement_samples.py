"""Samples are what the model makes of the same recordings, in files and in TensorBoard."""

import io

import numpy as np
import pytest
import soundfile
import tensorflow as tf
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tfgan_audio.models.segan import SEGAN
from tfgan_audio.training.enhancement_samples import EnhancementSamples
from tfgan_audio.training.run_folder import RunFolder

RATE_HZ = 8000


@pytest.fixture(scope="module")
def model() -> SEGAN:
    """A small enhancer that is loud enough to clip."""
    tf.keras.utils.set_random_seed(0)
    sizes = {"frame_samples": 128, "hop_samples": 64, "channels": 4, "dilations": (1,)}
    return SEGAN(sample_rate_hz=RATE_HZ, discriminator_channels=4, **sizes)


@pytest.fixture
def run(tmp_path) -> RunFolder:
    """A run that has just begun."""
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    run.make_folders()
    return run


def make_pairs(rng: np.random.Generator, num_pairs: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy and clean examples, the noisy ones near full scale."""
    clean = rng.uniform(-0.5, 0.5, [num_pairs, 4000, 1]).astype(np.float32)
    return clean + rng.uniform(-0.5, 0.5, clean.shape).astype(np.float32), clean


def written(run: RunFolder, name: str) -> np.ndarray:
    """Samples [T] of a file, at the model's rate."""
    waveform, rate = soundfile.read(run.samples / f"{name}.wav", dtype="float32")
    assert rate == RATE_HZ
    return waveform


def test_files_hold_the_recordings_and_what_the_model_makes_of_them(run, model, rng) -> None:
    pairs = make_pairs(rng, 2)
    writer = tf.summary.create_file_writer(str(run.logs))
    write_samples = EnhancementSamples(run, model, pairs, writer)
    write_samples(5)
    write_samples(10)
    names = {path.stem for path in run.samples.iterdir()}
    steps = {f"step-{step}-{index}" for step in ("000005", "000010") for index in (0, 1)}
    assert names == {"noisy-0", "noisy-1", "clean-0", "clean-1"} | steps
    enhanced = np.clip(model.predict(pairs[0], verbose=0), -1, 1)
    assert np.abs(enhanced - pairs[0]).max() > 0.01
    for index in (0, 1):
        for name, expected in (
            (f"noisy-{index}", pairs[0]),
            (f"clean-{index}", pairs[1]),
            (f"step-000010-{index}", enhanced),
        ):
            # 16 bits: at most half a step from the sample, one at full scale.
            np.testing.assert_allclose(written(run, name), expected[index, :, 0], atol=1.01 / 32768)


def test_logs_hold_the_same_audio_and_a_picture(run, model, rng) -> None:
    writer = tf.summary.create_file_writer(str(run.logs))
    EnhancementSamples(run, model, make_pairs(rng, 2), writer)(7)
    writer.close()
    logs = EventAccumulator(str(run.logs), size_guidance={"tensors": 0}).Reload()
    (audio,) = logs.Tensors("enhanced")
    assert audio.step == 7
    for index in (0, 1):
        # Each entry is the encoded audio and a label.
        content = audio.tensor_proto.string_val[2 * index]
        waveform, rate = soundfile.read(io.BytesIO(content), dtype="float32")
        assert rate == RATE_HZ
        np.testing.assert_allclose(waveform, written(run, f"step-000007-{index}"), atol=2 / 32768)
    (event,) = logs.Tensors("spectrograms")
    width, height, content = event.tensor_proto.string_val
    with Image.open(run.plots / "spectrograms.png") as plot:
        assert plot.size == (int(width), int(height)) and min(plot.size) > 100
        with Image.open(io.BytesIO(content)) as logged:
            np.testing.assert_array_equal(logged, plot.convert("RGB"))


def test_no_examples_give_no_files(run, model, rng) -> None:
    writer = tf.summary.create_file_writer(str(run.logs))
    EnhancementSamples(run, model, make_pairs(rng, 0), writer)(5)
    assert not any(run.samples.iterdir()) and not any(run.plots.iterdir())
