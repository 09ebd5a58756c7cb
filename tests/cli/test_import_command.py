"""The verb `import`."""

import json

import pytest
from click.testing import CliRunner

from tfgan_audio.cli import main

pytestmark = pytest.mark.golden


def run(*arguments: str) -> tuple[int, str, str]:
    """Run a command line; return exit code, stdout and stderr."""
    result = CliRunner().invoke(main, ["import", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_a_checkpoint_becomes_a_run(golden_dir, tmp_path) -> None:
    folder = golden_dir / "segan_tf1"
    target, figures = tmp_path / "run", tmp_path / "figures.json"
    code, out, err = run(
        "segan-tf1", str(folder), "--run", str(target), "--hint", "pre_emphasis=0.5",
        "--json", str(figures), "train.num_steps=3",
    )  # fmt: skip
    assert (code, out) == (0, f"{target}/model.keras\n"), err
    text = (target / "config.yaml").read_text()
    assert "pre_emphasis: 0.5" in text and "num_steps: 3" in text and "variant: segan\n" in text
    facts = json.loads(figures.read_text())
    assert facts["variant"] == "segan" and facts["num_parameters"]["generator"] > 1000


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["segan-torch", "x"], "segan-torch: got an unknown kind of checkpoint"),
        (["segan-tf1", "nowhere"], "nowhere: got nothing there, expected a checkpoint"),
        (["segan-tf1", ".", "--hint", "emphasis=1"], "expected pre_emphasis"),
        (["segan-tf1", ".", "--hint", "pre_emphasis"], "expected NAME=VALUE"),
    ],
)
def test_bad_input_is_told_in_one_line(tmp_path, arguments: list[str], text: str) -> None:
    code, out, err = run(*arguments, "--run", str(tmp_path / "run"))
    assert code == 2 and out == "" and text in err and err.count("\n") == 1
    assert not (tmp_path / "run").exists()
