"""Made speech and made noise, so that everything runs without recordings.

All of it is synthetic and says so: in the name of every file and in `metadata.json` beside them.
"""

import math
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.filters import rms_dbfs
from tfgan_audio.audio.io import find_audio, read_audio, resample, write_audio
from tfgan_audio.data.draws import generator_at
from tfgan_audio.data.folders import published_folder, read_json
from tfgan_audio.data.noises import KINDS, babble
from tfgan_audio.data.sentences import sentence
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError
from tfgan_audio.files import write_json

METADATA_NAME = "metadata.json"
FORMAT, VERSION = "tfgan_audio.synthetic", 1
NUM_SPEAKERS = 16
NOISE_SECONDS = 5.0
CHARACTERS_PER_SECOND = 15.0  # of the synthesiser at its usual pace, measured

_TEXT_STREAM, _SPEAKER_STREAM, _SPEECH_STREAM, _NOISE_STREAM = 11, 12, 13, 14


def made_speech(
    out_dir: str | Path, seconds: float = 540.0, seed: int = 0, sample_rate_hz: int = 16_000
) -> Path:
    """Speak made-up English sentences with `hibari-tts`, as several made speakers.

    The synthesiser has one voice. Speakers differ in pitch and formants (shifted together, by 0.78
    to 1.28), pace, spectral tilt and level. Each has a folder of its own. A folder made before with
    the same arguments is kept as it is.

    Args:
        out_dir: Folder to make.
        seconds: Length of all speech together, met within a tenth; a clip has about 5 s.
        seed: Equal seeds give equal speech.
        sample_rate_hz: Rate of the files, from 8,000 Hz.

    Returns:
        The folder.

    Raises:
        InputError: `hibari-tts` is not installed, or the folder holds something else or can not be
            written.
    """
    settings = {"what": "speech", "seconds": seconds, "seed": seed, "rate_hz": sample_rate_hz}

    def fill(folder: Path) -> dict[str, Any]:
        voice = synthesizer()
        texts = _texts(seed, seconds)
        phonemes = [voice.phonemize(text) for text in texts]

        def speak(index: int) -> dict[str, Any]:
            name = f"speaker-{index % NUM_SPEAKERS:02d}/synthetic-speech-{index:05d}.wav"
            waveform = _spoken(voice, phonemes[index], seed, index, sample_rate_hz)
            return _written(folder, name, waveform, sample_rate_hz) | {"text": texts[index]}

        clips = list(ordered_map(speak, range(len(texts)), "speak"))
        return {"generator": f"hibari-tts {version('hibari-tts')}", "clips": clips}

    return made_folder(Path(out_dir), settings, fill)


def made_noise(
    out_dir: str | Path,
    seconds: float = 300.0,
    seed: int = 0,
    sample_rate_hz: int = 16_000,
    speech_dir: str | Path | None = None,
) -> Path:
    """Make noises of many kinds: hisses, hum, engines, rain, clicks, bursts, babble.

    A folder per kind; every clip has drawn properties of its own. A folder made before with the
    same arguments is kept as it is.

    Args:
        out_dir: Folder to make.
        seconds: Length of all noise together, rounded up to whole clips of 5 s.
        seed: Equal seeds give equal noise.
        sample_rate_hz: Rate of the files, from 8,000 Hz.
        speech_dir: Folder of speech to make babble of; None leaves babble out.

    Returns:
        The folder.

    Raises:
        InputError: The folder holds something else or can not be written; no usable speech.
    """
    settings = {
        "what": "noise",
        "seconds": seconds,
        "seed": seed,
        "rate_hz": sample_rate_hz,
        "babble": speech_dir is not None,
    }

    def fill(folder: Path) -> dict[str, Any]:
        voices = _babble_voices(speech_dir, sample_rate_hz) if speech_dir is not None else []
        kinds = [*KINDS, "babble"] if voices else [*KINDS]
        num_samples = round(NOISE_SECONDS * sample_rate_hz)

        def make(index: int) -> dict[str, Any]:
            rng, kind = generator_at(seed, index, _NOISE_STREAM), kinds[index % len(kinds)]
            if kind == "babble":
                waveform = babble(rng, num_samples, voices)
            else:
                waveform = KINDS[kind](rng, num_samples, sample_rate_hz)
            name = f"{kind}/synthetic-{kind}-{index:04d}.wav"
            waveform = _at_level(waveform, rng.uniform(-35, -20))
            return _written(folder, name, waveform, sample_rate_hz)

        num_clips = max(len(kinds), math.ceil(seconds / NOISE_SECONDS))
        return {"clips": list(ordered_map(make, range(num_clips), "make noise"))}

    return made_folder(Path(out_dir), settings, fill)


def made_folder(
    out_dir: Path, settings: dict[str, Any], fill: Callable[[Path], dict[str, Any]]
) -> Path:
    """Keep a folder made with these settings, or fill a new one.

    Args:
        out_dir: The folder.
        settings: What its content depends on.
        fill: Fills a folder and returns what else its `metadata.json` says.

    Returns:
        The folder.

    Raises:
        InputError: It holds something else or can not be written.
    """
    if (out_dir / METADATA_NAME).exists():
        seen = read_json(out_dir / METADATA_NAME, FORMAT, VERSION)["settings"]
        if seen != settings:
            expected = f"one made with {settings}, or a new folder"
            raise InputError(out_dir, f"a folder made with {seen}", expected)
        return out_dir
    with published_folder(out_dir, METADATA_NAME) as partial:
        content = fill(partial)
        head = {"format": FORMAT, "version": VERSION, "synthetic": True, "settings": settings}
        write_json(partial / METADATA_NAME, head | content)
    return out_dir


def synthesizer() -> Any:
    """Return the voice that lies in the wheel of `hibari-tts`; the others would be downloaded.

    Raises:
        InputError: The package is not installed.
    """
    try:
        from hibari import Hibari
    except ImportError as error:
        expected = "the package hibari-tts, or a folder of your own speech"
        raise InputError("made speech", "no speech synthesiser", expected) from error
    return Hibari()


def _texts(seed: int, seconds: float) -> list[str]:
    """Sentences that take about this long to say."""
    texts: list[str] = []
    while sum(map(len, texts)) < seconds * CHARACTERS_PER_SECOND:
        texts.append(sentence(generator_at(seed, len(texts), _TEXT_STREAM)))
    return texts


def _spoken(
    voice: Any, phonemes: Sequence[str], seed: int, index: int, sample_rate_hz: int
) -> np.ndarray:
    """Speak one clip as the speaker whose turn it is."""
    speaker = generator_at(seed, index % NUM_SPEAKERS, _SPEAKER_STREAM)
    shift = float(np.geomspace(0.78, 1.28, NUM_SPEAKERS)[index % NUM_SPEAKERS])
    pace, tilt = speaker.uniform(0.9, 1.15), speaker.uniform(-0.5, 0.3)
    rng = generator_at(seed, index, _SPEECH_STREAM)
    speed = pace * rng.uniform(0.95, 1.05) / shift
    parts = [voice.from_phonemes(part, speed, seed=[seed, index]) for part in phonemes]
    from_hz = round(voice.sample_rate * shift)
    waveform = resample(np.concatenate(parts)[:, None], from_hz, sample_rate_hz)[:, 0]
    waveform[1:] += np.float32(tilt) * -waveform[:-1]
    return _at_level(waveform, rng.uniform(-32, -20))


def _babble_voices(speech_dir: str | Path, sample_rate_hz: int) -> list[np.ndarray]:
    """Some of the speech of a folder, the same at every call."""
    paths = find_audio(speech_dir)
    chosen = paths[:: max(1, len(paths) // 48)]
    return [read_audio(path, sample_rate_hz, mono=True)[0][:, 0] for path in chosen]


def _at_level(waveform: np.ndarray, level_dbfs: float) -> np.ndarray:
    """Bring a waveform to an RMS level, lower where its peaks would not fit."""
    waveform = waveform * 10 ** ((level_dbfs - rms_dbfs(waveform)) / 20)
    return (waveform / max(1.0, np.abs(waveform).max() / 0.95)).astype(np.float32)


def _written(folder: Path, name: str, waveform: np.ndarray, sample_rate_hz: int) -> dict[str, Any]:
    """Write one file and return its line of the metadata."""
    (folder / name).parent.mkdir(exist_ok=True)
    write_audio(folder / name, waveform, sample_rate_hz)
    return {"name": name, "seconds": round(len(waveform) / sample_rate_hz, 3)}
