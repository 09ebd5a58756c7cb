"""Made sentences read aloud, with their texts and with the true time of every sound.

All of it is synthetic and says so: in the name of every file and in `metadata.json` beside them.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.io import resample, write_audio
from tfgan_audio.data.draws import generator_at
from tfgan_audio.data.sentences import sentence
from tfgan_audio.data.synthetic import made_folder, synthesizer
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError

MANIFEST_NAME = "manifest.csv"
SPEAKERS: Mapping[str, float] = {"synthetic-high": 1.0, "synthetic-low": 0.8}
"""Made speakers, and the factor by which their pitch and formants are shifted together."""
STYLES: Mapping[str, tuple[float, float, float]] = {
    "neutral": (1.0, 1.0, 1.0),
    "lively": (1.15, 1.6, 1.1),
    "calm": (0.9, 0.4, 0.85),
}
"""Made styles: factors of the pitch, of its range in octaves, and of the pace."""

_TEXT_STREAM = 21
_LEVEL = 0.1  # RMS of what is spoken
_DURATIONS = "/Clip_output_0"  # of each symbol, inside of the synthesiser's network
_LEAD = 1.75  # by so many of its frames a sound is earlier than the durations say, measured


def made_reading(
    out_dir: str | Path,
    texts: Sequence[str] | int = 600,
    seed: int = 0,
    sample_rate_hz: int = 16_000,
    speakers: Sequence[str] = ("synthetic-high",),
    styles: Sequence[str] = ("neutral",),
) -> Path:
    """Read English sentences aloud with `hibari-tts`, in the layout of the data kind `manifest`.

    The synthesiser has one voice; `SPEAKERS` and `STYLES` say what is made of it. The sentences are
    dealt out to all pairs of them in turn. `metadata.json` has, for each file, its sounds in the
    synthesiser's alphabet and the second at which each ends. A folder made before with the same
    arguments is kept as it is.

    Args:
        out_dir: Folder to make.
        texts: Sentences, or how many to make up.
        seed: Equal seeds give equal speech.
        sample_rate_hz: Rate of the files, from 8,000 Hz.
        speakers: Some of `SPEAKERS`.
        styles: Some of `STYLES`.

    Returns:
        The folder.

    Raises:
        InputError: `hibari-tts` is not installed, an unknown speaker or style, a sentence that it
            cannot read, or the folder holds something else or can not be written.
    """
    for name, given, known in (("speakers", speakers, SPEAKERS), ("styles", styles, STYLES)):
        if not given or not {*given} <= {*known}:
            raise InputError(name, ", ".join(given) or "none", f"some of {', '.join(known)}")
    if isinstance(texts, int):
        texts = [sentence(generator_at(seed, index, _TEXT_STREAM)) for index in range(texts)]
    settings = {
        "what": "reading",
        "texts": sha256("\n".join(texts).encode()).hexdigest(),
        "seed": seed,
        "rate_hz": sample_rate_hz,
        "speakers": list(speakers),
        "styles": list(styles),
    }
    turns = [(speaker, style) for style in styles for speaker in speakers]

    def fill(folder: Path) -> dict[str, Any]:
        reader = _Reader(sample_rate_hz)

        def read(index: int) -> dict[str, Any]:
            speaker, style = turns[index % len(turns)]
            name = f"{speaker}/synthetic-reading-{index:05d}.wav"
            waveform, sounds = reader.read(texts[index], speaker, style, seed=[seed, index])
            (folder / name).parent.mkdir(exist_ok=True)
            write_audio(folder / name, waveform, sample_rate_hz)
            told = {"speaker": speaker, "language": "en", "emotion": style, "sounds": sounds}
            return {"path": name, "text": texts[index], **told}

        clips = list(ordered_map(read, range(len(texts)), "read"))
        columns = ("path", "text", "speaker", "language", "emotion")
        lines = ["|".join(columns), *("|".join(clip[key] for key in columns) for clip in clips)]
        (folder / MANIFEST_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return {"generator": f"hibari-tts {version('hibari-tts')}", "clips": clips}

    return made_folder(Path(out_dir), settings, fill)


class _Reader:
    """The synthesiser, with the durations that its network keeps inside.

    Args:
        sample_rate_hz: Rate of what it reads.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        import onnxruntime

        self.voice, self.sample_rate_hz = synthesizer(), sample_rate_hz
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        network = Path(self.voice.model_path).read_bytes() + _one_more_output(_DURATIONS)
        providers = ["CPUExecutionProvider"]
        self.network = onnxruntime.InferenceSession(network, options, providers=providers)

    def read(
        self, text: str, speaker: str, style: str, seed: Sequence[int]
    ) -> tuple[np.ndarray, list[tuple[str, float]]]:
        """Return a sentence as a waveform [T], and each sound with the second of its end."""
        shift, parts, sounds, start_s = SPEAKERS[speaker], [], [], 0.0
        for phonemes in self.voice.phonemize(text):
            waveform, part, seconds = self._part(phonemes, style, shift, seed)
            parts.append(waveform)
            sounds += [(sound, round(start_s + end_s, 5)) for sound, end_s in part]
            start_s += seconds
        if not parts:
            raise InputError("text", f"'{text}'", "a sentence that hibari-tts can read")
        waveform = resample(
            np.concatenate(parts)[:, None],
            round(self.voice.sample_rate * shift),
            self.sample_rate_hz,
        )[:, 0]
        waveform = waveform * (_LEVEL / np.sqrt(np.mean(np.square(waveform))))
        return (waveform / max(1.0, np.abs(waveform).max() / 0.95)).astype(np.float32), sounds

    def _part(
        self, phonemes: str, style: str, shift: float, seed: Sequence[int]
    ) -> tuple[np.ndarray, list[tuple[str, float]], float]:
        """Read what the network takes at once: waveform at its rate, sounds, length in seconds."""
        from hibari import dsp

        factor, spread, pace = STYLES[style]
        known = [sound for sound in phonemes if sound in self.voice.vocab]
        ids = np.array([self.voice.ids(phonemes)], np.int64)
        speed = np.array([pace / shift], np.float32)
        *spectra, pitch, durations = self.network.run(None, {"ids": ids, "speed": speed})
        spectra = [values[0] for values in spectra]
        voiced = pitch[0] > 40.0
        middle = np.exp(np.mean(np.log(pitch[0][voiced]))) if voiced.any() else 1.0
        spoken = np.where(voiced, factor * middle * (pitch[0] / middle).clip(0.1) ** spread, 0.0)
        rng = np.random.default_rng(seed)
        waveform = dsp.synth(*spectra, spoken.astype(np.float32), rng)
        hop_s = dsp.HOP / (self.voice.sample_rate * shift)
        # The network's decoder makes several frames for each of its encoder's, whose number the
        # durations are, and is ahead of them. Frame k is centred at k hops, so what lies before it
        # ends half a hop earlier.
        ratio = len(pitch[0]) / durations.sum()
        ends = (ratio * np.maximum(np.cumsum(durations) - _LEAD, 0.0) - 0.5) * hop_s
        sounds = list(zip(["", *known, ""], map(float, np.maximum(ends, 0.0)), strict=True))
        return waveform, sounds, len(waveform) / (self.voice.sample_rate * shift)


def _one_more_output(name: str) -> bytes:
    """Return what makes a tensor an output of a network in ONNX when it is put behind its file.

    Messages of protocol buffers that stand one behind the other are one, their lists joined: here
    that of the outputs (field 12) of the graph (field 7); a name is field 1.
    """
    message = name.encode()
    for field in (1, 12, 7):
        message = bytes([field << 3 | 2, len(message)]) + message
    return message
