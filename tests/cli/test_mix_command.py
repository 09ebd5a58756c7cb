"""`mix` on the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture):
    """Run a command line; return its exit code, standard output and standard error."""

    def run_line(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        output = capsys.readouterr()
        return ended.value.code, output.out, output.err

    return run_line


@pytest.fixture
def folders(tmp_path: Path, rng: np.random.Generator) -> list[str]:
    for role, names in (("speech", [f"s{i}/a" for i in range(3)]), ("noise", "abc")):
        for name in names:
            path = tmp_path / role / f"{name}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, 0.1 * rng.standard_normal(9000), 16_000)
    return [f"speech_dir={tmp_path / 'speech'}", f"noise_dir={tmp_path / 'noise'}"]


COUNTS = ("num_train=3", "num_validation=1", "num_test=2")


def test_a_corpus_is_made_with_its_figures(folders, tmp_path: Path, run) -> None:
    out = tmp_path / "corpus"
    code, text, _ = run(
        "mix", "mix_denoise", *folders, *COUNTS, "--out", out, "--seed", 3, "--workers", 2,
        "--json", tmp_path / "figures.json",
    )  # fmt: skip
    assert code == 0 and text.splitlines()[0] == str(out)
    assert "train             3 recordings" in text
    names = {
        stem: sorted(str(path.relative_to(out / stem)) for path in (out / stem).rglob("*.wav"))
        for stem in ("noisy", "clean", "noise")
    }
    assert names["noisy"] == names["clean"] == names["noise"]
    assert names["noisy"] == [
        "test/000000.wav", "test/000001.wav", "train/000000.wav", "train/000001.wav",
        "train/000002.wav", "validation/000000.wav",
    ]  # fmt: skip
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["parts"]["test"]["num_recordings"] == 2
    assert figures["largest_snr_error_db"] < 0.01
    records = [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]
    assert [record["name"] for record in records] == names["noisy"][2:] + names["noisy"][:2]
    assert all(record["seed"] == 3 for record in records)


def test_a_corpus_gives_way_only_when_told_to(folders, tmp_path: Path, run) -> None:
    line = ["mix", "mix_denoise", *folders, *COUNTS, "--out", tmp_path / "corpus"]
    assert run(*line)[0] == 0
    code, out, err = run(*line, "--seed", 1)
    assert (code, out) == (2, "") and err.count("\n") == 1
    assert run(*line, "--seed", 1, "--overwrite")[0] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("snr_db=[5, 0]", "snr_db: got [5.0, 0.0], expected the lower number first"),
        ("snr=5", "snr: got an unknown key, expected "),
        ("noise_dir=null", "noise_dir: got null, expected a folder"),
        ("num_test=-1", "num_test: got -1, expected at least 0"),
        ("speech_dir=nowhere", "nowhere: got no such folder"),
    ],
)
def test_bad_input_is_one_line(folders, tmp_path, run, change: str, message: str) -> None:
    code, out, err = run(
        "mix", "mix_denoise", *folders, *COUNTS, change, "--out", tmp_path / "corpus"
    )
    assert (code, out) == (2, "") and err.count("\n") == 1
    assert message in err
    assert not (tmp_path / "corpus").exists()


def test_the_output_folder_and_a_mix_configuration_are_needed(folders, tmp_path, run) -> None:
    code, _, err = run("mix", "mix_denoise", *folders)
    assert code == 2 and "--out: got nothing" in err
    code, _, err = run("mix", "segan_causal", "--out", tmp_path / "corpus")
    assert code == 2 and err.count("\n") == 1 and "unknown key" in err
    code, _, err = run("train", "mix_denoise", "--run", tmp_path / "run")
    assert code == 2 and "family: got nothing, expected one of segan" in err
