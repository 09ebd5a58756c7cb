"""The verb `prepare`: the figures that `--json` writes."""

import json

import soundfile
from click.testing import CliRunner

from tfgan_audio.cli import main


def test_figures_count_clips_and_seconds(tmp_path, rng) -> None:
    for role, seconds in (("speech", [1, 2, 3]), ("noise", [4, 4])):
        (tmp_path / role).mkdir()
        for index, length in enumerate(seconds):
            noise = 0.1 * rng.standard_normal(16000 * length)
            soundfile.write(tmp_path / role / f"{index}.wav", noise, 16000)
    folders = [f"data.{role}_dir={tmp_path / role}" for role in ("speech", "noise", "shards")]
    done = CliRunner().invoke(main, ["prepare", "smoke/segan", *folders, "--json", "-"])
    assert done.exit_code == 0 and "speech  train" in done.stderr
    figures = json.loads(done.stdout)
    assert figures["path"] == str(tmp_path / "shards")
    for role, num_clips, seconds in (("speech", 3, 6.0), ("noise", 2, 8.0)):
        splits = figures["roles"][role]
        assert set(splits) == {"train", "validation"}
        assert sum(split["num_clips"] for split in splits.values()) == num_clips
        assert sum(split["seconds"] for split in splits.values()) == seconds
