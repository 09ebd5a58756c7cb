"""Encoded audio to samples inside the graph, for `tf.data`.

tensorflow-io decodes OGG Vorbis and MP3 with native kernels where its library loads (TensorFlow up
to 2.17); libsndfile and soxr do everything else, called from the graph. Which of them ran does not
show in the samples. Measured against libsndfile, full scale 1, on TensorFlow 2.17.1 with
tensorflow-io 0.37.1 over 8 to 48 kHz, one to six channels, constant and variable bit rates:

=========== ============================= ====================================================
format      largest difference            who decodes
=========== ============================= ====================================================
OGG Vorbis  5e-7 (tolerance 2e-6)         native kernel, else libsndfile
MP3         3e-6 (tolerance 1e-5)         native kernel where a Xing or Info tag states length
                                          and delay, else libsndfile: the native kernel then
                                          returns 529 samples more
FLAC        0 (8, 16 and 24 bits)         libsndfile: on damaged files the native kernel did not
                                          return (5 of 81) or gave wrong samples and no error
WAV         0 where the native one works  libsndfile: the native kernel takes 32-bit integers
                                          for floats and fails where the data has odd size
Opus, AIFF  no native kernel              libsndfile
resampling  2.3 dB at 0.9 Nyquist,        soxr, which loses less than 0.01 dB there and delays
            32 to 64 samples late         nothing
=========== ============================= ====================================================

Damaged MP3 files differ, as each decoder conceals damage in its own way.
"""

import functools
import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

import numpy as np
import tensorflow as tf

from tfgan_audio.audio.io import decode_bytes, resample

_MP3_RATES_HZ = (44100, 48000, 32000)
# Frame count, byte count, seek table and quality, then the encoder's name: what states the delay.
_MP3_TAG = r"\C*(Xing|Info)\x00\x00\x00\x0f\C{112}[0-9A-Za-z]\C*"

Samples = tuple[tf.Tensor, tf.Tensor]


def decode_audio(
    contents: tf.Tensor, sample_rate_hz: int | None = None, mono: bool = False
) -> Samples:
    """Decode an audio file: WAV, FLAC, OGG, MP3 or AIFF, by its content.

    Args:
        contents: The whole file, as `tf.io.read_file` gives it: a scalar string.
        sample_rate_hz: Rate to resample to; None keeps the file's.
        mono: Whether to return the mean of the channels as the only channel.

    Returns:
        Samples, float32 [T, C], and their rate in Hz, a scalar int32.

    Raises:
        tf.errors.InvalidArgumentError: While the graph runs: no audio, or damaged, truncated or
            empty, or NaN in it. Where libsndfile decodes, the message holds that of `read_audio`.

    Example:
        >>> paths = tf.data.Dataset.from_tensor_slices(["a.ogg", "b.flac"])
        >>> clips = paths.map(lambda path: decode_audio(tf.io.read_file(path), 16_000)[0])
    """
    contents = tf.convert_to_tensor(contents, tf.string)
    kernels = native_kernels()
    if kernels is None:
        waveform, rate_hz = _by_libsndfile(contents)
    else:
        waveform, rate_hz = _by_kernel_or_libsndfile(contents, kernels)
    waveform.set_shape([None, None])
    if mono:
        waveform = tf.reduce_mean(waveform, axis=1, keepdims=True)
    if sample_rate_hz is None:
        return waveform, rate_hz
    return resample_in_graph(waveform, rate_hz, sample_rate_hz), tf.constant(sample_rate_hz)


def resample_in_graph(
    waveform: tf.Tensor, from_hz: int | tf.Tensor, to_hz: int | tf.Tensor
) -> tf.Tensor:
    """Change the sample rate as `tfgan_audio.audio.io.resample` does.

    Args:
        waveform: Samples, float32.
        from_hz: Rate of `waveform`.
        to_hz: Rate of the result.

    Shape:
        [T] -> [T'] or [T, C] -> [T', C].

    Returns:
        float32 samples.
    """
    resampled = tf.numpy_function(
        lambda *values: resample(values[0], int(values[1]), int(values[2])),
        [tf.cast(waveform, tf.float32), from_hz, to_hz],
        tf.float32,
        stateful=False,
    )
    resampled.set_shape([None, *waveform.shape[1:]])
    return resampled


@functools.cache
def native_kernels() -> ModuleType | None:
    """Load tensorflow-io's kernels without a sound; None where they do not load.

    The library is opened by itself: importing the package warns where the library does not fit
    TensorFlow, and the library logs two lines where it does.
    """
    spec = importlib.util.find_spec("tensorflow_io")
    if spec is None or not spec.submodule_search_locations:
        return None
    library = Path(spec.submodule_search_locations[0], "python", "ops", "libtensorflow_io.so")
    with suppress(tf.errors.OpError, OSError), _silenced_stderr():
        return tf.load_op_library(str(library))
    return None


@contextmanager
def _silenced_stderr() -> Iterator[None]:
    """Send what native code writes to stderr nowhere."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def _by_libsndfile(contents: tf.Tensor) -> Samples:
    """Decode outside of the graph."""

    def decode(contents: tf.Tensor) -> tuple[np.ndarray, int]:
        return decode_bytes(contents.numpy())

    # Not tf.numpy_function: outside of a graph it drops zero bytes at the end.
    waveform, rate_hz = tf.py_function(decode, [contents], [tf.float32, tf.int32])
    rate_hz.set_shape([])
    return waveform, rate_hz


def _by_kernel_or_libsndfile(contents: tf.Tensor, kernels: ModuleType) -> Samples:
    """Decode by a native kernel what has one that gives the same samples."""
    whole = tf.constant([-1, -1], tf.int64)
    vorbis_hz, mp3_hz = _vorbis_rate(contents), _mp3_rate(contents)
    return tf.case(
        [
            (
                vorbis_hz > 0,
                _checked(lambda: kernels.io_audio_decode_vorbis(contents, whole), vorbis_hz),
            ),
            (mp3_hz > 0, _checked(lambda: kernels.io_audio_decode_mp3(contents, whole), mp3_hz)),
        ],
        default=lambda: _by_libsndfile(contents),
        exclusive=True,
    )


def _checked(decode: Callable[[], tf.Tensor], rate_hz: tf.Tensor) -> Callable[[], Samples]:
    """Make a branch that decodes and refuses what has no samples."""

    def branch() -> Samples:
        waveform = decode()
        message = "encoded audio: got no samples, expected at least one"
        with tf.control_dependencies([tf.debugging.assert_positive(tf.size(waveform), message)]):
            return tf.identity(waveform), rate_hz

    return branch


def _vorbis_rate(contents: tf.Tensor) -> tf.Tensor:
    """Return the rate in the first page of an OGG Vorbis file, 0 for any other."""
    head = _head(contents, 0, 64)
    is_vorbis = tf.strings.regex_full_match(head, r"OggS\C{22}\x01\C\x01vorbis\C*")
    rate_hz = tf.reduce_sum(_numbers(head, 40, 4) * [1, 1 << 8, 1 << 16, 1 << 24])
    return tf.where(is_vorbis, rate_hz, 0)


def _mp3_rate(contents: tf.Tensor) -> tf.Tensor:
    """Return the rate of an MP3 file that states its delay and length, 0 for any other."""
    start = _head(contents, 0, 10)
    size = tf.reduce_sum(_numbers(start, 6, 4) % 128 * [1 << 21, 1 << 14, 1 << 7, 1])
    is_id3 = tf.strings.regex_full_match(start, r"ID3\C*")
    head = _head(contents, tf.where(is_id3, 10 + size, 0), 256)
    numbers = _numbers(head, 0, 3)
    version, layer = numbers[1] // 8 % 4, numbers[1] // 2 % 4
    rate_index = numbers[2] // 4 % 4
    is_mp3 = (
        (numbers[0] == 0xFF)
        & (numbers[1] >= 0xE0)
        & (layer == 1)
        & (version != 1)
        & (rate_index < 3)
        & tf.strings.regex_full_match(head, _MP3_TAG)
    )
    divisor = tf.gather([4, 1, 2, 1], version)  # MPEG 2.5, none, 2, 1
    rate_hz = tf.gather([*_MP3_RATES_HZ, 0], rate_index) // divisor
    return tf.where(is_mp3, rate_hz, 0)


def _head(contents: tf.Tensor, position: int | tf.Tensor, num_bytes: int) -> tf.Tensor:
    """Return bytes from a position on, zeros where the contents end."""
    padded = tf.strings.join([contents, tf.constant(bytes(num_bytes))])
    position = tf.minimum(position, tf.strings.length(contents))
    return tf.strings.substr(padded, position, num_bytes)


def _numbers(head: tf.Tensor, position: int, num_bytes: int) -> tf.Tensor:
    """Return bytes as int32 numbers."""
    chosen = tf.strings.substr(head, position, num_bytes)
    return tf.cast(tf.io.decode_raw(chosen, tf.uint8), tf.int32)
