"""Make a corpus of noisy recordings on disk, with all that was drawn for it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tfgan_audio.audio.filters import peak
from tfgan_audio.audio.io import read_audio, read_info, write_audio
from tfgan_audio.data.clips import Clips, MemoryClips
from tfgan_audio.data.folders import published_folder
from tfgan_audio.data.manifest import Clip, list_clips
from tfgan_audio.data.mixer import Mixer, Plan
from tfgan_audio.data.mixing import SILENCE_DBFS
from tfgan_audio.data.opening import refuse_too_much
from tfgan_audio.data.recipe import Recipe
from tfgan_audio.data.responses import ResponseSource
from tfgan_audio.data.sharing import share_out, with_speakers
from tfgan_audio.data.synthesis import Stems, realised_snr_db
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError

MANIFEST_NAME = "manifest.jsonl"
STEMS = ("noisy", "clean", "noise")
FIRST_INDEX = {"train": 0, "validation": 1 << 40, "test": 1 << 41}
"""Where the recordings of each part begin in the endless sequence of a seed."""


class MixSection(Protocol):
    """What `mix_corpus` reads; also the fields of `Recipe` and of `ResponseSource`."""

    seed: int
    speech_dir: str
    noise_dir: str | None
    sample_rate_hz: int
    num_train: int
    num_validation: int
    num_test: int
    validation_fraction: float
    test_fraction: float
    seconds: float | None
    speaker_pattern: str | None


@dataclass(frozen=True)
class MixedCorpus:
    """A corpus that was made.

    Args:
        path: Its folder.
        records: One line of the manifest per recording.
    """

    path: Path
    records: Sequence[Mapping[str, Any]]

    def figures(self) -> dict[str, Any]:
        """Return the number and length of the recordings, and how exact their ratios are."""
        errors_db = [
            abs(record["realised_snr_db"] - record["values"]["snr_db"])
            for record in self.records
            if record["realised_snr_db"] is not None
        ]
        parts: dict[str, dict[str, float]] = {}
        for record in self.records:
            part = parts.setdefault(record["split"], {"num_recordings": 0, "seconds": 0.0})
            part["num_recordings"] += 1
            part["seconds"] += record["num_samples"] / record["sample_rate_hz"]
        return {"parts": parts, "largest_snr_error_db": max(errors_db, default=None)}

    def table(self) -> str:
        """Summary for people: one line per part."""
        figures = self.figures()
        lines = [
            f"{split:<12}{part['num_recordings']:>7} recordings{part['seconds'] / 60:>10.1f} min"
            for split, part in figures["parts"].items()
        ]
        if figures["largest_snr_error_db"] is not None:
            lines.append(f"ratios realised within {figures['largest_snr_error_db']:.3f} dB")
        return "\n".join(lines)


def mix_corpus(
    section: MixSection,
    out_dir: str | Path,
    num_workers: int | None = None,
    overwrite: bool = False,
) -> MixedCorpus:
    """Make the recordings that a section describes.

    Stems of a recording have the same name: `noisy/train/000000.wav`, `clean/train/000000.wav` and
    `noise/train/000000.wav`. No speaker, no noise file and no room is in two parts. Recording
    `number` of a part depends on the section and that number alone, so the files are the same to
    the byte for any number of workers. In the manifest, positions count samples at the rate of the
    corpus, and gains are those of the source, after its colour and with a direct sound of 1.

    Args:
        section: What to make of what.
        out_dir: Folder to make; it appears when it is complete.
        num_workers: Recordings in the making at a time; None: one per core.
        overwrite: Whether a corpus that is there already gives way.

    Returns:
        The corpus.

    Raises:
        InputError: A folder or file that can not be used, is silent or has a lower rate than the
            corpus; too few speakers, noises or rooms to share out; a folder that is taken or can
            not be written.
    """
    rate_hz = section.sample_rate_hz
    rooms = ResponseSource.of(section)
    with published_folder(out_dir, MANIFEST_NAME, overwrite) as partial:
        mixers = _mixers(section, rooms)
        for stem in STEMS:
            for split in mixers:
                (partial / stem / split).mkdir(parents=True)

        def make(item: tuple[str, int]) -> dict[str, Any]:
            split, number = item
            mixer, index = mixers[split], FIRST_INDEX[split] + number
            plan = mixer.plan(index)
            stems = mixer.make(plan)
            name = f"{split}/{number:06d}.wav"
            digests = {stem: _write(partial / stem / name, stems, stem, rate_hz) for stem in STEMS}
            place = {"name": name, "split": split, "seed": section.seed, "index": index}
            return place | _record(section, rooms, mixer, plan, stems) | {"sha256": digests}

        items = [(split, number) for split in mixers for number in range(_count(section, split))]
        records = list(ordered_map(make, items, "mix", num_workers))
        lines = [json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records]
        (partial / MANIFEST_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return MixedCorpus(Path(out_dir), records)


def _count(section: MixSection, split: str) -> int:
    """Return how many recordings of a part to make."""
    return getattr(section, f"num_{split}")


def _mixers(section: MixSection, rooms: ResponseSource) -> dict[str, Mixer]:
    """Return what makes the recordings of each part that has any."""
    recipe = Recipe.of(section)
    sets: dict[str, Clips | None] = {"speech": None, "noise": None, "responses": None}
    speech = share_out(_speech(section), _parts(section), "speakers", by_label=True)
    sets["speech"] = _open(section, speech, "speech")
    if recipe.num_noises[1] > 0:
        noise = share_out(list_clips(section.noise_dir), _parts(section), "noise files")
        sets["noise"] = _open(section, noise, "noise")
    if recipe.reverb_probability > 0.0:
        listed = share_out(rooms.clips(), _parts(section), "rooms")
        if rooms.response_dir is not None:
            _refuse_low_rates(listed, section.sample_rate_hz)
        sets["responses"] = rooms.open(listed, section.sample_rate_hz)
    seconds = section.seconds
    num_samples = None if seconds is None else round(seconds * section.sample_rate_hz)
    return {
        split: Mixer(
            **{name: clips and clips.subset(split) for name, clips in sets.items()},
            recipe=recipe,
            segment_samples=num_samples,
            seed=section.seed,
        )
        for split in _parts(section)
    }


def _speech(section: MixSection) -> list[Clip]:
    """List the speech with the speaker of each file as its label."""
    clips = list_clips(section.speech_dir)
    pattern = section.speaker_pattern
    return clips if pattern is None else with_speakers(clips, pattern)


def _parts(section: MixSection) -> dict[str, float]:
    """Return the parts that have recordings, with their shares of the sources."""
    fractions = {
        "train": 1.0 - section.validation_fraction - section.test_fraction,
        "validation": section.validation_fraction,
        "test": section.test_fraction,
    }
    return {split: share for split, share in fractions.items() if _count(section, split)}


def _open(section: MixSection, clips: list[Clip], what: str) -> Clips:
    """Read the files of a role."""
    _refuse_low_rates(clips, section.sample_rate_hz)
    refuse_too_much(what, clips, section.sample_rate_hz, "fewer hours at a time")

    def read(clip: Clip) -> tuple[Clip, np.ndarray]:
        waveform, _ = read_audio(clip.path, section.sample_rate_hz, mono=True)
        if peak(waveform) < 10.0 ** (SILENCE_DBFS / 20.0):
            seen = f"silence (peak below {SILENCE_DBFS:g} dBFS)"
            raise InputError(clip.path, seen, f"audible {what}")
        return clip, waveform / np.float32(max(1.0, peak(waveform)))

    return MemoryClips(ordered_map(read, clips, f"read {what}"), section.sample_rate_hz)


def _refuse_low_rates(clips: Sequence[Clip], sample_rate_hz: int) -> None:
    """Raise for a file that would have to be upsampled."""
    for clip in clips:
        seen_hz = read_info(clip.path).sample_rate_hz
        if seen_hz < sample_rate_hz:
            expected = f"at least {sample_rate_hz} Hz, the sample_rate_hz of the corpus"
            raise InputError(clip.path, f"{seen_hz} Hz", expected)


def _write(path: Path, stems: Stems, stem: str, sample_rate_hz: int) -> str:
    """Write one stem and return the digest of its file."""
    write_audio(path, getattr(stems, stem), sample_rate_hz)
    return sha256(path.read_bytes()).hexdigest()


def _record(
    section: MixSection, rooms: ResponseSource, mixer: Mixer, plan: Plan, stems: Stems
) -> dict[str, Any]:
    """Return the line of the manifest that says where a recording comes from."""
    speech = mixer.speech.entries[plan.speech.clip]
    noises = [
        {
            "path": str(Path(section.noise_dir) / mixer.noise.names[part.clip]),
            "start": part.start,
            "num_samples": part.num_samples,
            "gain_db": gain_db if np.isfinite(gain_db) else None,
        }
        for part, gain_db in zip(plan.noises, stems.noise_gains_db, strict=True)
    ]
    response = None
    if plan.response is not None:
        name = mixer.responses.names[plan.response]
        response = {"name": name} | rooms.describe(name)
    rate_hz = section.sample_rate_hz
    return {
        "sample_rate_hz": rate_hz,
        "num_samples": len(stems.noisy),
        "speech": {
            "path": str(Path(section.speech_dir) / speech.name),
            "speaker": speech.label,
            "start": plan.speech.start,
            "gain_db": stems.speech_gain_db,
        },
        "noises": noises,
        "response": response,
        "values": asdict(plan.values),
        "realised_snr_db": realised_snr_db(stems, plan.values.snr_by, rate_hz),
    }
