"""The part of the verb `evaluate` that scores what an acoustic model reads."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfgan_audio.cli.options import write_json
from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    from tfgan_audio.evaluation.reading.scores import Sentence

READING_FAMILY = "acoustic"
_USED = ("model", "family", "vocoder", "json_path")
_RATE_HZ = 16_000


def score_reading_run(options: Mapping[str, Any], given: Collection[str]) -> None:
    """Read the held-out sentences of a run aloud and score them against their recordings.

    Without a vocoder, mel spectrograms become audible by Griffin and Lim's algorithm. The same
    stands beside it as copy synthesis: the recording's own mel spectrogram made audible.

    Args:
        options: Options of the verb.
        given: Names of those that stand on the command line.

    Raises:
        InputError: An option that means nothing here, no run, or a vocoder of other features.
    """
    from tfgan_audio.evaluation.comparison import table_text
    from tfgan_audio.evaluation.reading.scores import (
        reading_table,
        score_reading,
        word_error_rate,
    )

    if options["model"] is None:
        raise InputError("RUN", "nothing", "the run of an acoustic model")
    for name in sorted({*given} - {*_USED}):
        option = f"--{name.replace('_', '-')}"
        raise InputError(option, "--family acoustic", "RUN, --vocoder and --json alone")
    sentences = _sentences(options["model"], options["vocoder"])
    results = score_reading(sentences, _speaker_embedding())
    table = reading_table(results, sentences)
    to_stderr = options["json_path"] == "-"
    click.echo(table_text(table), err=to_stderr)
    if options["json_path"] is not None:
        figures = {version: scores.as_dict() for version, scores in results.items()}
        for version, scores in results.items():
            # All words count alike, not all sentences.
            rate = word_error_rate(scores, sentences)
            figures[version]["mean"]["word_error_rate"] = rate if math.isfinite(rate) else None
        read = figures.pop("read")
        write_json(options["json_path"], read | figures)


def _sentences(run_dir: str, vocoder: str | None) -> list[Sentence]:
    """Make the held-out sentences of a run audible; keep them in its folder."""
    import keras

    from tfgan_audio.audio.io import write_audio
    from tfgan_audio.audio.resampling import resample
    from tfgan_audio.data.prepare import prepare
    from tfgan_audio.evaluation.reading.scores import Sentence
    from tfgan_audio.text import analyze
    from tfgan_audio.training.acoustic_scores import speak_sentences
    from tfgan_audio.training.acoustic_task import AcousticTask
    from tfgan_audio.training.mel_voice import MelVoice
    from tfgan_audio.training.run import open_run

    run, config = open_run(run_dir)
    if config.family != READING_FAMILY:
        raise InputError(run_dir, f"a run of {config.family}", "one of an acoustic model")
    if not run.model.exists():
        raise InputError(run_dir, "no model.keras", "the folder of a finished run")
    voice = MelVoice(config.data.mel_features, vocoder or config.train.vocoder)
    task = AcousticTask(config, prepare(config.data))
    model, source, rate = keras.saving.load_model(run.model), task.held_out, voice.features
    folder, sentences = run.path / "evaluation", []
    folder.mkdir(exist_ok=True)
    spoken = speak_sentences(model, source, task.chosen)
    for index, sentence in zip(task.chosen, spoken, strict=True):
        waveforms = {
            "recording": source.clips.read(index)[:, 0],
            "copy": voice.speak(sentence.mel),
            "read": voice.speak(sentence.spoken),
        }
        name = Path(sentence.name).with_suffix("").as_posix()
        for version, waveform in waveforms.items():
            write_audio(folder / f"{name}-{version}.wav", waveform, rate.sample_rate_hz)
        waveforms = {
            version: resample(waveform, rate.sample_rate_hz, _RATE_HZ)
            for version, waveform in waveforms.items()
        }
        recording, language = waveforms.pop("recording"), source.readings[index].languages[0]
        text = analyze(sentence.text, language).spoken
        sentences.append(Sentence(name, text, language, recording, waveforms))
    return sentences


def _speaker_embedding():
    """Embedding of a voice where the package of the encoder is there, else None."""
    from tfgan_audio.evaluation.reading.speakers import SpeakerEncoder
    from tfgan_audio.importers.resemblyzer import resemblyzer_weights

    try:
        return SpeakerEncoder(resemblyzer_weights()).embed
    except InputError as error:
        click.echo(f"left out: {error}", err=True)
        return None
