"""Turn mel files into audio files, and recordings into copies made from their mels alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from tfgan_audio.audio.io import AUDIO_SUFFIXES, open_writer, read_blocks, read_info
from tfgan_audio.audio.resampling import resampled_samples
from tfgan_audio.errors import InputError
from tfgan_audio.serving.mel_checks import doubt
from tfgan_audio.serving.mel_files import MEL_SUFFIXES, find_sources, read_mel
from tfgan_audio.serving.vocoder import Vocoder

_CHUNK_SECONDS = 4
_CHUNK_FRAMES = 512

MelReader = Callable[[Path], np.ndarray]


class FileVocoder:
    """Vocode files and folders.

    A mel gives a hop of samples for each frame; a recording of any rate, whose channels are
    averaged, gives as many samples as it has at the rate of the vocoder. Files of any length need
    the same memory, mels apart, which are read whole.

    Args:
        vocoder: The vocoder.
        mels_first: Whether mel files have [M, F].
        read_torch: As for `read_mel`.
        show_progress: Show a bar, where stderr is a terminal.

    Attributes:
        doubts: One line for each mel whose values are hardly what the vocoder takes.
    """

    def __init__(
        self,
        vocoder: Vocoder,
        mels_first: bool = False,
        read_torch: Callable[[Path], Any] | None = None,
        show_progress: bool = False,
    ) -> None:
        self._vocoder = vocoder
        self._mels_first, self._read_torch = mels_first, read_torch
        self._show_progress = show_progress
        self.doubts: list[str] = []

    def vocode_file(self, source: Path, target: Path) -> int:
        """Make one audio file.

        Args:
            source: Mel file or audio file, told apart by its ending.
            target: File to write; its ending chooses the format.

        Returns:
            Samples written.

        Raises:
            InputError: An unusable source or a target that cannot be written; then nothing is left.
        """
        num_samples, chunks = self._opened(source)
        rate_hz = self._vocoder.sample_rate_hz
        with (
            open_writer(target, rate_hz) as writer,
            self._bar(num_samples / rate_hz, "s") as bar,
        ):
            for chunk in chunks:
                writer.write(chunk)
                bar.update(len(chunk) / rate_hz)
            return writer.num_samples

    def vocode_folder(self, source: Path, target: Path) -> tuple[dict[str, int], list[str]]:
        """Make a WAV file of every mel and every recording below a folder, in the same places.

        Args:
            source: Folder of mel files and recordings, any depth.
            target: Folder to write to. Where it lies below `source`, what is in it is left out.

        Returns:
            Samples of each file that was written, by its name below `target`; and one line for each
            file that could not be used.

        Raises:
            InputError: Nothing to vocode in `source`, two files of one name but for the ending, a
                `target` that is a file, `source` itself or above it, or a file that cannot be
                written, at which the work ends.
        """
        if target.exists() and not target.is_dir():
            raise InputError(target, "a file", "a folder to write to")
        if source.resolve().is_relative_to(target.resolve()):
            raise InputError(target, f"a folder that holds {source}", "a folder apart from it")
        places: dict[str, Path] = {}
        for path in find_sources(source, MEL_SUFFIXES + AUDIO_SUFFIXES, target):
            name = path.relative_to(source).with_suffix(".wav").as_posix()
            if name in places:
                raise InputError(source, f"{places[name].name} and {path.name}", "one of them")
            places[name] = path
        done, failures = {}, []
        each = FileVocoder(self._vocoder, self._mels_first, self._read_torch)
        each.doubts = self.doubts
        with self._bar(len(places), "file") as bar:
            for name, path in places.items():
                try:
                    done[name] = each.vocode_file(path, target / name)
                except InputError as error:
                    if error.name != path:  # a full disk, say, of which the next file knows no more
                        raise
                    failures.append(str(error))
                bar.update()
        return done, failures

    def _opened(self, source: Path) -> tuple[int, Iterator[np.ndarray]]:
        """Return how many samples a file will have, and its samples in chunks."""
        vocoder = self._vocoder
        if source.suffix.lower() in MEL_SUFFIXES:
            mel = read_mel(source, vocoder.features, self._mels_first, self._read_torch)
            if reason := doubt(mel, vocoder.features):
                self.doubts.append(f"{source}: {reason}")
            parts = (mel[n : n + _CHUNK_FRAMES] for n in range(0, len(mel), _CHUNK_FRAMES))
            return len(mel) * vocoder.hop_samples, vocoder.vocode_chunks(parts)
        if vocoder.features.normalised_elsewhere:
            expected = "a mel that is normalised as in the vocoder's training, which nobody told"
            self.doubts.append(f"{source}: got a recording, expected {expected}")
        info = read_info(source)
        rate_hz = info.sample_rate_hz
        blocks = read_blocks(source, _CHUNK_SECONDS * rate_hz, mono=True)
        num_samples = resampled_samples(info.num_samples, rate_hz, vocoder.sample_rate_hz)
        return num_samples, vocoder.copy_chunks(blocks, rate_hz)

    def _bar(self, total: float, unit: str) -> tqdm:
        """Return a progress bar with an ETA, silent where nobody looks at it."""
        shape = "{l_bar}{bar}| {n:.0f}/{total:.0f} {unit} [{elapsed}<{remaining}]"
        return tqdm(
            total=total,
            unit=unit,
            desc="vocode",
            bar_format=shape,
            disable=None if self._show_progress else True,
        )
