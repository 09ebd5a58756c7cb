"""Whether an acoustic model's speakers, styles and languages sound like those it learned from.

Every speaker of a run reads the same sentences in every style and language, mixed voices between
the first and the last speaker too. Shown are pitch, its spread, the pace, and how alike the voice
is to recordings of each speaker, beside the same of the recordings. It needs
`pip install --no-deps Resemblyzer`, for its weights.

    python benchmarks/reading_voices.py RUN --vocoder RUN [--json FILE]
"""

from __future__ import annotations

import argparse
import csv
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

import tfgan_audio as tga
from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.io import read_audio
from tfgan_audio.audio.resampling import resample
from tfgan_audio.data.pitch import REFERENCE_HZ, frame_pitch
from tfgan_audio.evaluation.reading.speakers import SpeakerEncoder
from tfgan_audio.files import write_json
from tfgan_audio.importers.resemblyzer import resemblyzer_weights
from tfgan_audio.loading import load_trained
from tfgan_audio.training.run import open_run

RATE_HZ, NUM_RECORDINGS = 16_000, 12
TEXTS = {
    "en": [
        "The old sailor walked slowly along the empty harbour.",
        "Please close the window before the storm arrives.",
        "Seven yellow chairs were standing in the garden.",
    ],
    "de": [
        "Der alte Seemann ging langsam durch den leeren Hafen.",
        "Bitte schließen Sie das Fenster, bevor der Sturm kommt.",
        "Sieben gelbe Stühle standen im Garten.",
    ],
}
FEATURES = MelFeatures(sample_rate_hz=RATE_HZ, hop_samples=160)


def voice_figures(waveforms: list[np.ndarray], encoder: SpeakerEncoder, voices: dict) -> dict:
    """Return pitch, spread, length and similarities of some recordings at 16 kHz."""
    octaves = np.concatenate([frame_pitch(waveform, FEATURES) for waveform in waveforms])
    embedded = np.mean([encoder.embed(waveform) for waveform in waveforms], axis=0)
    embedded /= np.linalg.norm(embedded)
    return {
        "f0_hz": REFERENCE_HZ * 2.0 ** float(np.median(octaves)),
        "spread_semitones": 12.0 * float(np.std(octaves)),
        "seconds": float(np.mean([len(waveform) for waveform in waveforms])) / RATE_HZ,
        "similarity": {name: float(embedded @ voice) for name, voice in voices.items()},
    }


def recordings(manifest: Path) -> dict[tuple[str, str, str], list[np.ndarray]]:
    """Return some recordings of every speaker, style and language."""
    found: dict[tuple[str, str, str], list[np.ndarray]] = {}
    with manifest.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE):
            group = found.setdefault((row["speaker"], row["emotion"], row["language"]), [])
            if len(group) < NUM_RECORDINGS:
                group.append(read_audio(manifest.parent / row["path"], RATE_HZ, mono=True)[0][:, 0])
    return found


def show(title: str, figures: dict) -> None:
    """Print one row."""
    numbers = " ".join(f"{value:7.3f}" for value in figures["similarity"].values())
    print(
        f"{title:48} {figures['f0_hz']:7.1f} {figures['spread_semitones']:7.2f} "
        f"{figures['seconds']:7.2f}  {numbers}",
        flush=True,
    )


def main() -> None:
    """Read, measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run")
    parser.add_argument("--vocoder", required=True, metavar="RUN")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    _, config = open_run(arguments.run)
    model, reader = load_trained(arguments.run), tga.load(arguments.run, "speak")
    encoder, groups = SpeakerEncoder(resemblyzer_weights()), recordings(Path(config.data.manifest))
    voices = {}
    for speaker in model.speakers:
        spoken = [one for key, group in groups.items() if key[0] == speaker for one in group]
        voice = np.mean([encoder.embed(waveform) for waveform in spoken], axis=0)
        voices[speaker] = voice / np.linalg.norm(voice)
    print(f"{'':48} {'F0 Hz':>7} {'spread':>7} {'s':>7}  similarity to {', '.join(voices)}")
    rows = {}
    for key, group in groups.items():
        rows["recordings: " + ", ".join(key)] = voice_figures(group, encoder, voices)
    mixed = {model.speakers[0]: 0.5, model.speakers[-1]: 0.5}
    for speaker in (*model.speakers, mixed):
        for style in model.styles:
            for language in model.languages:
                manner = {"speaker": speaker, "style": style, "language": language}
                made = [
                    resample(
                        reader.speak(text, arguments.vocoder, **manner),
                        reader.sample_rate_hz,
                        RATE_HZ,
                    )
                    for text in TEXTS[language]
                ]
                name = speaker if isinstance(speaker, str) else "half of both"
                rows[f"{name}, {style}, {language}"] = voice_figures(made, encoder, voices)
    for title, figures in rows.items():
        show(title, figures)
    if arguments.json:
        write_json(arguments.json, rows)


if __name__ == "__main__":
    main()
