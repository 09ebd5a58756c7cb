"""Every runtime against the Keras network on the whole recording."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.serving.backends import (
    first_line,
    open_interpreter,
    open_saved_model,
    open_tflite,
)
from tfgan_audio.serving.description import append_to_tflite, read_description
from tfgan_audio.serving.enhancer import Enhancer

ROOT = Path(__file__).resolve().parents[2]
RUNTIMES = ["keras", "saved_model", "tflite"]


@pytest.fixture(scope="module")
def enhancers(exported) -> dict[str, Enhancer]:
    """The same model in every runtime."""
    return {
        "keras": Enhancer(exported.model.stream, exported.model.sample_rate_hz),
        "saved_model": open_saved_model(exported.saved_model),
        "tflite": open_tflite(exported.tflite),
    }


def streamed(enhancer: Enhancer, waveform: np.ndarray, sizes: list[int]) -> np.ndarray:
    """What a stream returns for chunks of such sizes, in turns."""
    stream, parts, position = enhancer.stream(), [], 0
    while position < len(waveform):
        size = sizes[len(parts) % len(sizes)]
        parts.append(stream.process(waveform[position : position + size]))
        position += size
    return np.concatenate([*parts, stream.flush()])


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("size", [1, 7, 128, 256, 4096, "random"])
def test_a_stream_equals_the_whole(enhancers, exported, speechlike, runtime, size) -> None:
    draws = np.random.default_rng(8)
    sizes = list(draws.integers(0, 1500, 50)) if size == "random" else [size]
    waveform = speechlike[: 3000 if size == 1 else None]
    enhanced = streamed(enhancers[runtime], waveform, sizes)
    np.testing.assert_allclose(enhanced, exported.offline(waveform), atol=1e-5)
    assert np.abs(enhanced - waveform).max() > 0.05


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("num_samples", [1, 2, 255, 256, 257, 512, 513, 16001])
def test_a_recording_of_any_length_equals_the_whole(
    enhancers, exported, speechlike, runtime, num_samples: int
) -> None:
    waveform = speechlike[100 : 100 + num_samples]
    enhanced = enhancers[runtime].enhance(waveform, 16000)
    assert enhanced.shape == (num_samples,) and enhanced.dtype == np.float32
    np.testing.assert_allclose(enhanced, exported.offline(waveform), atol=1e-5)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_blocks_of_changing_number_keep_the_state(enhancers, exported, speechlike, runtime) -> None:
    """A runtime that resizes its tensors between calls must not mix up what it carries over."""
    sizes = [256 * count for count in (64, 1, 1, 3, 1, 2)]
    enhanced = streamed(enhancers[runtime], speechlike, sizes)
    np.testing.assert_allclose(enhanced, exported.offline(speechlike), atol=1e-5)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_again_gives_the_same(enhancers, speechlike, runtime) -> None:
    first = enhancers[runtime].enhance(speechlike, 16000)
    enhancers[runtime].enhance(speechlike[::-1], 16000)
    np.testing.assert_array_equal(enhancers[runtime].enhance(speechlike, 16000), first)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_streams_do_not_disturb_each_other(enhancers, speechlike, runtime) -> None:
    one, other = enhancers[runtime].stream(), enhancers[runtime].stream()
    parts = []
    for chunk in np.split(speechlike, range(1000, len(speechlike), 1000)):
        parts.append(one.process(chunk))
        other.process(-3 * chunk)
    joined = np.concatenate([*parts, one.flush()])
    alone = streamed(enhancers[runtime], speechlike, [1000])
    np.testing.assert_array_equal(joined, alone)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_threads_may_share_an_enhancer(enhancers, speechlike, runtime) -> None:
    results: dict[int, np.ndarray] = {}

    def work(index: int) -> None:
        results[index] = streamed(enhancers[runtime], speechlike * (index + 1) / 4, [700])

    threads = [threading.Thread(target=work, args=[index]) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in range(4):
        alone = streamed(enhancers[runtime], speechlike * (index + 1) / 4, [700])
        np.testing.assert_allclose(results[index], alone, atol=1e-6)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_silence_stays_silence(enhancers, runtime) -> None:
    enhanced = enhancers[runtime].enhance(np.zeros(5000), 16000)
    np.testing.assert_array_equal(enhanced, 0.0)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_stereo_equals_each_channel_alone(enhancers, speechlike, runtime) -> None:
    stereo = np.stack([speechlike, 0.5 * speechlike[::-1]], axis=1)
    enhanced = enhancers[runtime].enhance(stereo, 22050)
    alone = [enhancers[runtime].enhance(channel, 22050) for channel in stereo.T]
    np.testing.assert_allclose(enhanced, np.stack(alone, axis=1), atol=1e-6)


def test_threads_of_tflite_change_nothing(exported, speechlike) -> None:
    two = open_tflite(exported.tflite, num_threads=2).enhance(speechlike, 16000)
    np.testing.assert_allclose(two, exported.offline(speechlike), atol=1e-5)


def test_a_device_needs_numpy_and_litert_only(exported, speechlike, tmp_path) -> None:
    """In an interpreter where nothing else can be imported."""
    np.save(tmp_path / "in.npy", speechlike)
    code = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {{"tensorflow", "keras", "soundfile", "scipy", "soxr", "click",
                                  "pydantic", "ruamel", "matplotlib", "jinja2"}}:
            raise ImportError("blocked: " + name)
sys.meta_path.insert(0, Blocker())
import numpy as np
import tfgan_audio as tga
model = tga.load({str(exported.tflite)!r})
waveform = np.load({str(tmp_path / "in.npy")!r})
stream = model.stream()
parts = [stream.process(waveform[i : i + 160]) for i in range(0, len(waveform), 160)]
np.save({str(tmp_path / "streamed.npy")!r}, np.concatenate([*parts, stream.flush()]))
np.save({str(tmp_path / "whole.npy")!r}, model.enhance(waveform, 16000))
print(*sorted({{name.split(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert not {"tensorflow", "keras", "soxr"} & set(done.stdout.split())
    for name in ("streamed", "whole"):
        enhanced = np.load(tmp_path / f"{name}.npy")
        np.testing.assert_allclose(enhanced, exported.offline(speechlike), atol=1e-5)


@pytest.mark.parametrize(("level", "word"), [("3", ""), ("0", "delegate")])
def test_a_quiet_interpreter_does_not_tell_of_its_delegate(exported, level: str, word: str) -> None:
    code = f"""
import numpy as np
import tfgan_audio as tga
tga.load({str(exported.tflite)!r}).enhance(np.zeros(3000), 16000)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": level},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0 and word in done.stderr and bool(done.stderr) == bool(word)


def test_tensorflow_does_where_litert_is_missing(exported, speechlike, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    enhancer = open_tflite(exported.tflite)
    assert type(open_interpreter(exported.tflite)).__module__.startswith("tensorflow.")
    enhanced = streamed(enhancer, speechlike, [7000, 256])
    np.testing.assert_allclose(enhanced, exported.offline(speechlike), atol=1e-5)


def test_no_interpreter_is_one_line(exported, monkeypatch) -> None:
    for name in ("ai_edge_litert.interpreter", "tensorflow"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match="^ai-edge-litert: got nothing installed, expected pip"):
        open_interpreter(exported.tflite)


def test_a_tflite_file_without_a_model_inside_is_refused(exported, tmp_path) -> None:
    path = tmp_path / "a.tflite"
    path.write_bytes(b"no model")
    append_to_tflite(read_description(exported.tflite), path)
    with pytest.raises(InputError, match=f"^{path}: got .*, expected a TFLite model$"):
        open_tflite(path)


def test_a_tflite_file_with_other_signatures_is_refused(exported, tmp_path) -> None:
    import tensorflow as tf

    double = tf.function(lambda x: 2 * x, input_signature=[tf.TensorSpec([4], tf.float32)])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([double.get_concrete_function()])
    path = tmp_path / "a.tflite"
    path.write_bytes(converter.convert())
    append_to_tflite(read_description(exported.tflite), path)
    with pytest.raises(InputError, match="expected an export that is whole"):
        open_tflite(path)


def test_what_other_libraries_say_is_kept_short() -> None:
    assert first_line(ValueError("one\ntwo")) == "one"
    assert first_line(ValueError("")) == "ValueError"
    assert len(first_line(ValueError("x" * 1000))) == 160
