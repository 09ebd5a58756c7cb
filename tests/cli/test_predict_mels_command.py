"""The verb `predict-mels` with an acoustic model that has learned nothing."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.cli import main
from tfgan_audio.config.loading import load_config
from tfgan_audio.data.prepare import prepare
from tfgan_audio.data.synthetic_reading import made_reading
from tfgan_audio.factory import build_model, read_sentences

CONDITIONS = {"speakers": ["synthetic-high", "synthetic-low"], "styles": ["neutral", "calm"]}


def run(*arguments: object) -> Result:
    """Run the verb in this process."""
    return CliRunner().invoke(main, ["predict-mels", *map(str, arguments)])


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, list[str], dict]:
    """A folder with `model.keras`, the overrides that name its data, and its sentences."""
    folder = tmp_path_factory.mktemp("reading")
    made_reading(folder / "reading", 10, **CONDITIONS)
    places = [
        f"data.manifest={folder / 'reading' / 'manifest.csv'}",
        f"data.shards_dir={folder / 'shards'}",
    ]
    config = load_config("smoke/acoustic", places)
    prepared = prepare(config.data)
    sources = {part: read_sentences(config, prepared, part) for part in ("train", "validation")}
    build_model(config, **sources["train"].told()).save(folder / "model.keras")
    return folder, places, sources


def test_mels_and_recordings_belong_together(made, tmp_path) -> None:
    folder, places, sources = made
    done = run(folder / "model.keras", "smoke/acoustic", tmp_path / "out", *places)
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    from tfgan_audio.loading import load_trained

    model = load_trained(folder / "model.keras")
    assert json.loads((tmp_path / "out/features.json").read_text())["hop_samples"] == 256
    for part, source in sources.items():
        names = {path.relative_to(tmp_path / "out" / part).with_suffix("")
                 for path in (tmp_path / "out" / part).rglob("*.npy")}  # fmt: skip
        assert names == {Path(reading.name).with_suffix("") for reading in source.readings}
        batch = source.gather([0])
        path = tmp_path / "out" / part / source.readings[0].name
        mel = np.load(path.with_suffix(".npy"))
        waveform, rate = soundfile.read(path.with_suffix(".wav"), dtype="float32")
        assert mel.shape == batch["mel"][0].shape and rate == model.features.sample_rate_hz
        assert len(waveform) == 256 * len(mel)
        inputs = {name: batch[name] for name in model.generator.input if name in batch}
        inputs |= {"speaker": np.eye(2, dtype=np.float32)[batch["speaker"]]}
        inputs |= {"style": np.eye(2, dtype=np.float32)[batch["style"]]}
        np.testing.assert_allclose(mel, model.generator(inputs)["mel"][0], atol=1e-5)
        num_samples = source.clips.entries[0].num_samples
        recorded = source.clips.read(0, 0, min(num_samples, len(waveform)))[:, 0]
        np.testing.assert_allclose(waveform[: len(recorded)], recorded, atol=1 / 32768)


def test_what_is_wrong_is_one_line(made, tmp_path) -> None:
    folder, places, _ = made
    model, out = folder / "model.keras", tmp_path / "out"
    other = [*places[:1], f"data.shards_dir={tmp_path / 'shards'}", "data.features.hop_samples=128"]
    for arguments, words in (
        ((model, "smoke/acoustic", tmp_path, *places), "something there already"),
        ((model, "smoke/melgan", out), "got family melgan, expected family acoustic"),
        ((model, "smoke/acoustic", out, *other), "got other features than those of the model"),
        ((folder / "none.keras", "smoke/acoustic", out, *places), "got nothing there"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2 and done.stderr.count("\n") == 1 and words in done.stderr
        assert "out" not in os.listdir(tmp_path)
