"""The verb `predict-mels`: what an acoustic model makes of recordings, for its vocoder."""

from dataclasses import asdict
from pathlib import Path

import click

from tfgan_audio.cli.options import overrides_argument
from tfgan_audio.errors import InputError


@click.command()
@click.argument("model", metavar="MODEL")
@click.argument("config", metavar="CONFIG")
@click.argument("target", metavar="OUT")
@overrides_argument
def command(model: str, config: str, target: str, overrides: tuple[str, ...]) -> None:
    r"""Write the mels that MODEL makes of the recordings of CONFIG into the folder OUT.

    MODEL is the run folder or .keras file of an AcousticModel, CONFIG the experiment with its data,
    mostly the config.yaml of that run. Each sentence keeps the times, pitch and energy of its
    recording, so that both belong together frame by frame: OUT gets NAME.npy, a log-mel [frames,
    mels], and NAME.wav, `hop_samples` for each frame, of the training part below `train` and of the
    held-out one below `validation`; `features.json` says what the mels are. A vocoder that goes on
    training with them gets used to what the acoustic model does to mels: mb_melgan_tuned does so
    by itself, and needs no files.

    \b
    Examples:
      tfgan-audio predict-mels runs/reader runs/reader/config.yaml predicted
      tfgan-audio predict-mels runs/reader acoustic_ljspeech predicted data.shards_dir=shards
    """
    from tfgan_audio.config.loading import load_config
    from tfgan_audio.data.prepare import prepare
    from tfgan_audio.factory import read_sentences
    from tfgan_audio.files import write_json
    from tfgan_audio.training.predicted_mels import check_reads, load_reader

    folder = Path(target)
    if folder.exists():
        raise InputError(target, "something there already", "a folder that does not exist yet")
    experiment = load_config(config, overrides)
    if experiment.family != "acoustic":
        raise InputError(config, f"family {experiment.family}", "family acoustic")
    trained = load_reader(model)
    prepared = prepare(experiment.data)
    parts = {part: read_sentences(experiment, prepared, part) for part in ("train", "validation")}
    for source in parts.values():
        check_reads(trained, source, config)
    for part, source in parts.items():
        _write_part(trained, source, folder / part)
    write_json(folder / "features.json", asdict(trained.features))


def _write_part(model, source, folder: Path) -> None:
    """Write the mel and the recording of every sentence."""
    import numpy as np
    from tqdm import tqdm

    from tfgan_audio.audio.io import write_audio
    from tfgan_audio.files import replacing
    from tfgan_audio.training.predicted_mels import imitated

    readings = tqdm(source.readings, desc=folder.name, unit="sentence", disable=None)
    for index, reading in enumerate(readings):
        path = folder / Path(reading.name).with_suffix(".npy")
        with replacing(path) as partial:
            np.save(partial, imitated(model, source, index))
        waveform, rate_hz = source.waveform(index), source.features.sample_rate_hz
        write_audio(path.with_suffix(".wav"), waveform, rate_hz)
