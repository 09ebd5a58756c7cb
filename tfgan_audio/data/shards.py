"""Training data on disk: 16-bit PCM in TFRecord shards, with an index for random access.

Every record is a `tf.train.Example` that any TFRecord reader understands: `name`, `label`, `split`,
`samples` (little-endian int16, channels interleaved), `sample_rate_hz`, `num_channels`. The file
`index.json` says where in which shard the samples of each clip lie, so a part of a clip is read
through a memory map; nothing is parsed or decoded during training.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.io import pcm16
from tfgan_audio.data.clips import ClipEntry, Clips, check_waveform
from tfgan_audio.data.folders import published_folder, read_json
from tfgan_audio.data.manifest import Clip
from tfgan_audio.errors import InputError
from tfgan_audio.files import write_json

INDEX_NAME = "index.json"
FORMAT, VERSION = "tfgan_audio.shards", 1
_HEADER_BYTES, _FOOTER_BYTES = 12, 4  # around each TFRecord: length and its CRC; CRC of the data


@dataclass(frozen=True)
class ShardEntry(ClipEntry):
    """A clip and the place of its samples.

    Args:
        shard: File name of the shard.
        offset: Byte offset of the first sample within the shard.
    """

    shard: str
    offset: int


class ShardSet(Clips):
    """A folder of shards opened for reading.

    Args:
        path: Folder written by `write_shards`.

    Raises:
        InputError: No such set, or a shard whose size is not the one in the index.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        index = read_json(self.path / INDEX_NAME, FORMAT, VERSION)
        self._shards = {
            name: _mapped(self.path / name, num_bytes)
            for name, num_bytes in index["shards"].items()
        }
        entries = [ShardEntry(**entry) for entry in index["clips"]]
        super().__init__(entries, index["sample_rate_hz"], index["num_channels"])

    def _pcm(self, entry: ClipEntry) -> np.ndarray:
        num_bytes = entry.num_samples * self.num_channels * 2
        stored = self._shards[entry.shard][entry.offset : entry.offset + num_bytes]
        return stored.view("<i2").reshape(-1, self.num_channels)


class ShardWriter:
    """Context that appends clips to shards in a folder and ends with their index.

    Args:
        folder: Existing, empty folder that is not published yet.
        sample_rate_hz: Rate of all clips.
        num_channels: Channels of all clips.
        shard_bytes: A new shard begins once one has this size.

    Raises:
        OSError: The folder can not be written.
    """

    def __init__(
        self,
        folder: Path,
        sample_rate_hz: int,
        num_channels: int = 1,
        shard_bytes: int = 128 * 2**20,
    ) -> None:
        import tensorflow as tf

        self._tf = tf
        self._folder, self._shard_bytes = folder, shard_bytes
        self._sample_rate_hz, self._num_channels = sample_rate_hz, num_channels
        self._entries: list[ShardEntry] = []
        self._sizes: dict[str, int] = {}
        self._writer: Any = None

    def __enter__(self) -> "ShardWriter":
        return self

    def __exit__(self, error_type: type | None, *_: object) -> None:
        if error_type is None:
            self._close()
            write_json(self._folder / INDEX_NAME, self._index())
        elif self._writer is not None:
            # What went wrong is told already; closing what is left may only repeat it.
            with suppress(self._tf.errors.OpError):
                self._writer.close()

    def add(self, clip: Clip, waveform: np.ndarray) -> None:
        """Append one clip.

        Args:
            clip: Its name, label and split.
            waveform: Its samples, float32 [T, C] in [-1, 1].

        Raises:
            InputError: Samples of another shape.
        """
        check_waveform(clip, waveform, self._num_channels)
        payload = pcm16(waveform).astype("<i2").tobytes()
        record = self._example(clip, payload)
        if self._writer is None or self._size >= self._shard_bytes:
            self._begin_shard()
        offset = self._size + _HEADER_BYTES + record.index(payload)
        self._guarded(self._writer.write, record)
        self._size += _HEADER_BYTES + len(record) + _FOOTER_BYTES
        place = {"shard": self._name, "offset": offset}
        self._entries.append(ShardEntry(clip.name, clip.label, clip.split, len(waveform), **place))

    def _index(self) -> dict[str, Any]:
        """Content of the index file."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "sample_rate_hz": self._sample_rate_hz,
            "num_channels": self._num_channels,
            "shards": self._sizes,
            "clips": [asdict(entry) for entry in self._entries],
        }

    def _example(self, clip: Clip, payload: bytes) -> bytes:
        """Serialise one record."""
        train = self._tf.train

        def text(value: str) -> Any:
            return train.Feature(bytes_list=train.BytesList(value=[value.encode()]))

        def number(value: int) -> Any:
            return train.Feature(int64_list=train.Int64List(value=[value]))

        features = {
            "name": text(clip.name),
            "label": text(clip.label),
            "split": text(clip.split),
            "samples": train.Feature(bytes_list=train.BytesList(value=[payload])),
            "sample_rate_hz": number(self._sample_rate_hz),
            "num_channels": number(self._num_channels),
        }
        return train.Example(features=train.Features(feature=features)).SerializeToString()

    def _begin_shard(self) -> None:
        self._close()
        self._name = f"clips-{len(self._sizes):05d}.tfrecord"
        self._size = 0
        self._writer = self._guarded(self._tf.io.TFRecordWriter, str(self._folder / self._name))

    def _close(self) -> None:
        """Finish the current shard, which TensorFlow may have held back in part until now."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        self._guarded(writer.close)
        self._sizes[self._name] = self._size
        written = os.path.getsize(self._folder / self._name)
        if written != self._size:
            raise OSError(f"{written} of {self._size} bytes written")

    def _guarded(self, function: Any, *arguments: object) -> Any:
        """Call TensorFlow and turn its file errors into OSError."""
        try:
            return function(*arguments)
        except self._tf.errors.OpError as error:
            raise OSError(error.message.rpartition("; ")[2]) from error


def write_shards(
    clips: Iterable[tuple[Clip, np.ndarray]],
    out_dir: str | Path,
    sample_rate_hz: int,
    num_channels: int = 1,
    shard_bytes: int = 128 * 2**20,
    replace: bool = False,
) -> ShardSet:
    """Write clips as shards and an index. The folder appears complete or not at all.

    Args:
        clips: Clips with their samples, float32 [T, C] in [-1, 1].
        out_dir: Folder to make.
        sample_rate_hz: Rate of all clips.
        num_channels: Channels of all clips.
        shard_bytes: A new shard begins once one has this size.
        replace: Whether an older set in `out_dir` gives way.

    Returns:
        The set, opened.

    Raises:
        InputError: `out_dir` holds something else or can not be written; a clip has the wrong
            number of channels or is empty.
    """
    with published_folder(out_dir, INDEX_NAME, replace) as partial:
        with ShardWriter(partial, sample_rate_hz, num_channels, shard_bytes) as writer:
            for clip, waveform in clips:
                writer.add(clip, waveform)
    return ShardSet(out_dir)


def _mapped(path: Path, num_bytes: int) -> np.ndarray:
    """Map a shard into memory after checking its size."""
    expected = f"{num_bytes} bytes, as its index says"
    if not path.is_file():
        raise InputError(path, "no such file", expected)
    if path.stat().st_size != num_bytes:
        raise InputError(path, f"{path.stat().st_size} bytes", expected)
    return np.memmap(path, np.uint8, mode="r")
