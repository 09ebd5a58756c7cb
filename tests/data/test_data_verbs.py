"""`scan` and `prepare` on the command line."""

import json
from pathlib import Path

import pytest

from tfgan_audio.cli import main

CONFIG = """
name: small
family: segan
data:
  kind: mixtures
  speech_dir: {0}/speech
  noise_dir: {0}/noise
  shards_dir: {0}/shards
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture):
    """Run a command line; return its exit code, standard output and standard error."""

    def run_line(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        output = capsys.readouterr()
        return ended.value.code, output.out, output.err

    return run_line


def test_scan_reports_a_folder_with_bad_files(corpus: Path, run) -> None:
    (corpus / "speech" / "fake.WAV").write_text("no sound")
    code, out, err = run("scan", corpus / "speech", "--json", corpus / "scan.json")
    assert code == 0 and err == ""
    assert "files        13 (1 unusable)" in out
    assert "unusable     fake.WAV: " in out
    content = json.loads((corpus / "scan.json").read_text())
    assert content["num_files"] == 13 and len(content["files"]) == 13
    code, out, err = run("scan", corpus / "speech", "--json", "-")
    assert json.loads(out) == content
    assert "13 (1 unusable)" in err


def test_scan_of_nothing_is_one_line(tmp_path: Path, run) -> None:
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "missing"):
        code, out, err = run("scan", tmp_path / folder)
        assert code == 2 and out == ""
        assert len(err.splitlines()) == 1
        assert f"{tmp_path / folder}: got " in err


def test_prepare_writes_keeps_and_replaces(corpus: Path, run) -> None:
    config = corpus / "small.yaml"
    config.write_text(CONFIG.format(corpus))
    code, out, _ = run("prepare", config)
    assert code == 0
    assert out.splitlines()[0] == str(corpus / "shards")
    assert "speech  train" in out and "noise   validation" in out
    assert run("prepare", config)[0] == 0
    code, out, err = run("prepare", config, "data.sample_rate_hz=8000")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 and "expected another folder, or --overwrite" in err
    assert run("prepare", config, "data.sample_rate_hz=8000", "--overwrite")[0] == 0


def test_prepare_names_bad_files_unless_they_are_skipped(corpus: Path, run) -> None:
    config = corpus / "small.yaml"
    config.write_text(CONFIG.format(corpus))
    (corpus / "noise" / "noise3.flac").write_text("no sound")
    code, out, err = run("prepare", config)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert f"{corpus / 'noise'}: got 1 unusable of 5 files: noise3.flac (" in err
    assert not (corpus / "shards").exists()
    assert run("prepare", config, "--skip-bad")[0] == 0
