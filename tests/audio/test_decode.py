"""Decoding in the graph gives the samples that libsndfile gives, whoever decodes."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.audio.decode import (
    _mp3_rate,
    _vorbis_rate,
    decode_audio,
    native_kernels,
    resample_in_graph,
)
from tfgan_audio.audio.io import decode_bytes, resample

TOLERANCES = {"vorbis.ogg": 2e-6, "cbr.mp3": 1e-5, "vbr.mp3": 1e-5}  # 0 for all others
FORMATS = [
    "u8.wav", "16.wav", "24.wav", "32.wav", "float.wav", "double.wav", "8.flac", "16.flac",
    "24.flac", "vorbis.ogg", "opus.ogg", "16.aiff", "cbr.mp3", "vbr.mp3",
]  # fmt: skip

decode_in_graph = tf.function(
    decode_audio, input_signature=[tf.TensorSpec([], tf.string)], autograph=False
)


def test_native_kernels_load_where_tensorflow_is_old_enough():
    """tensorflow-io's library needs symbols that TensorFlow 2.18 no longer has."""
    version = tuple(map(int, tf.__version__.split(".")[:2]))
    assert (native_kernels() is not None) == (version < (2, 18))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("rate", "num_channels"), [(8000, 1), (16000, 2), (48000, 1)])
def test_samples_are_those_of_libsndfile(name, rate, num_channels, encode, music):
    contents = encode(name, music(20_001, num_channels), rate)
    waveform, rate_hz = decode_in_graph(contents)
    expected, _ = decode_bytes(contents)
    assert waveform.dtype == tf.float32 and int(rate_hz) == rate
    assert waveform.shape == expected.shape == (20_001, num_channels)
    np.testing.assert_allclose(waveform, expected, rtol=0, atol=TOLERANCES.get(name, 0.0))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("rate", [8000, 24000, 48000])
def test_headers_tell_what_a_kernel_may_decode(name, rate, encode, music):
    """Where no kernel loads nobody asks them, but they answer there too."""
    contents = encode(name, music(2000), rate)
    assert int(_vorbis_rate(tf.constant(contents))) == (rate if name == "vorbis.ogg" else 0)
    assert int(_mp3_rate(tf.constant(contents))) == (rate if name.endswith(".mp3") else 0)


def test_headers_that_are_cut_or_strange_are_left_to_libsndfile(encode, without_length, music):
    stated, unstated = without_length("vbr.mp3", music(20_000), 16000)
    vorbis = encode("vorbis.ogg", music(2000), 16000)
    endless_id3 = b"ID3\4\0\0\x7f\x7f\x7f\x7f" + stated
    for contents in (b"", b"\xff", b"ID3", unstated, endless_id3, stated[:100], vorbis[:30]):
        assert int(_vorbis_rate(tf.constant(contents))) == 0
        assert int(_mp3_rate(tf.constant(contents))) == 0


@pytest.mark.parametrize("rate", [11025, 12000, 22050, 24000, 32000, 44100])
@pytest.mark.parametrize("name", ["vorbis.ogg", "vbr.mp3"])
def test_every_rate_of_mpeg_and_vorbis(name, rate, encode, music):
    contents = encode(name, music(9000), rate)
    waveform, rate_hz = decode_in_graph(contents)
    assert int(rate_hz) == rate
    np.testing.assert_allclose(waveform, decode_bytes(contents)[0], rtol=0, atol=TOLERANCES[name])


@pytest.mark.parametrize("name", ["vorbis.ogg", "cbr.mp3", "vbr.mp3"])
def test_loud_sound_beyond_full_scale_is_not_clipped(name, encode, rng):
    noise = np.clip(rng.standard_normal([20_000, 1]), -1.0, 1.0)
    contents = encode(name, noise, 16000)
    expected, _ = decode_bytes(contents)
    assert np.abs(expected).max() > 1.05
    np.testing.assert_allclose(
        decode_in_graph(contents)[0], expected, rtol=0, atol=TOLERANCES[name]
    )


def test_odd_mp3_files(encode, without_length, music):
    """Behind a tag; without the frame that states the length; without the stated delay."""
    stated, unstated = without_length("vbr.mp3", music(60_000, 2), 44100)
    encoder = stated.index(b"LAME")
    undelayed = stated[:encoder] + bytes(36) + stated[encoder + 36 :]
    id3 = b"ID3\4\0\0\0\0\x08\0" + bytes(1024)
    for contents in (
        id3 + stated,
        unstated,
        id3 + unstated,
        undelayed,
        stated + b"TAG" + bytes(125),
    ):
        waveform, rate_hz = decode_in_graph(contents)
        expected, _ = decode_bytes(contents)
        assert waveform.shape == expected.shape and int(rate_hz) == 44100
        np.testing.assert_allclose(waveform, expected, rtol=0, atol=1e-5)


def test_many_channels(encode, music):
    for name in ("vorbis.ogg", "16.flac"):
        contents = encode(name, music(5000, 6), 48000)
        expected, _ = decode_bytes(contents)
        np.testing.assert_allclose(decode_in_graph(contents)[0], expected, rtol=0, atol=2e-6)


def test_zero_bytes_at_the_end_count(encode):
    waveform = np.zeros([1000, 1])
    waveform[0] = 0.5
    contents = encode("16.wav", waveform, 8000)
    for decode in (decode_audio, decode_in_graph):
        np.testing.assert_array_equal(decode(contents)[0], waveform)


def test_a_dataset_decodes_mixes_down_and_resamples(encode, music):
    names = ["16.wav", "16.flac", "vorbis.ogg", "vbr.mp3"]
    files = [encode(name, music(4000 + 500 * k, 2), 22050) for k, name in enumerate(names)]
    dataset = tf.data.Dataset.from_tensor_slices(files).map(
        lambda contents: decode_audio(contents, sample_rate_hz=16000, mono=True),
        num_parallel_calls=2,
    )
    assert dataset.element_spec[0].shape.as_list() == [None, 1]
    for contents, (waveform, rate_hz) in zip(files, dataset, strict=True):
        expected = resample(decode_bytes(contents, mono=True)[0], 22050, 16000)
        assert int(rate_hz) == 16000
        np.testing.assert_allclose(waveform, expected, rtol=0, atol=2e-5)


def test_resampling_in_the_graph_is_that_outside(rng):
    for shape in ([5000], [5000, 3]):
        waveform = rng.standard_normal(shape).astype(np.float32)
        run = tf.function(lambda x, hz: resample_in_graph(x, hz, 16000))
        np.testing.assert_array_equal(
            run(waveform, tf.constant(44100)), resample(waveform, 44100, 16000)
        )
        assert run.get_concrete_function(
            tf.TensorSpec(shape), tf.TensorSpec([], tf.int32)
        ).structured_outputs.shape.as_list() == [None, *shape[1:]]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda contents: b"", "encoded audio: got an empty file, expected audio"),
        (lambda contents: b"no sound", "encoded audio: got content that is no audio"),
        (lambda contents: contents[: len(contents) // 2], "encoded audio: got damaged or trunc"),
    ],
)
def test_what_can_not_be_decoded_raises_with_its_reason(spoil, message, encode, music):
    contents = spoil(encode("16.flac", music(20_000), 16000))
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        decode_in_graph(contents)


@pytest.mark.parametrize("name", ["vorbis.ogg", "vbr.mp3"])
def test_damaged_headers_and_no_samples_raise(name, encode, music, capfd):
    contents = encode(name, music(20_000), 16000)
    for spoiled in (contents[:60], contents[:200]):
        with pytest.raises(tf.errors.InvalidArgumentError):
            decode_in_graph(spoiled)
    with pytest.raises(tf.errors.InvalidArgumentError, match="no samples|no audio|empty"):
        decode_in_graph(encode(name, np.zeros([0, 1]), 16000))


def test_looking_for_kernels_prints_nothing(encode, music, tmp_path):
    """Neither tensorflow-io's warnings nor its log lines show, and stderr works afterwards."""
    (tmp_path / "a.ogg").write_bytes(encode("vorbis.ogg", music(3000), 16000))
    code = (
        "import sys, tensorflow as tf\n"
        "tf.constant(0)\n"
        "print('MARK', file=sys.stderr, flush=True)\n"
        "from tfgan_audio.audio.decode import decode_audio\n"
        "print(decode_audio(tf.io.read_file(sys.argv[1]))[0].shape)\n"
        "print('END', file=sys.stderr, flush=True)"
    )
    run = subprocess.run(
        [sys.executable, "-W", "default", "-c", code, str(tmp_path / "a.ogg")],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", "PYTHONPATH": ":".join(sys.path), "TF_CPP_MIN_LOG_LEVEL": "0"},
    )
    noise = run.stderr.split("MARK\n")[1].removesuffix("END\n")
    assert "tensorflow_io" not in noise and "libtensorflow_io" not in noise and "lame" not in noise
    assert run.stderr.endswith("END\n") and run.stdout == "(3000, 1)\n"
