"""The verb `import`."""

import json
import math

import numpy as np
import pytest
import tensorflow as tf
from click.testing import CliRunner

import tfgan_audio as tga
from tfgan_audio.cli import main
from tfgan_audio.config.loading import load_config

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


def test_a_generator_of_sounds_becomes_a_run_that_generates(golden_dir, tmp_path) -> None:
    folder, target = golden_dir / "wavegan_tf1", tmp_path / "run"
    figures = tmp_path / "figures.json"
    code, out, err = run(
        "wavegan-tf1", str(folder), "--run", str(target), "--slice-samples", "16384",
        "--json", str(figures),
    )  # fmt: skip
    assert (code, out) == (0, f"{target}/model.keras\n"), err
    config = (target / "config.yaml").read_text()
    assert "family: wavegan\n" in config and "base_channels: 4\n" in config
    facts = json.loads(figures.read_text())
    stored = dict(tf.train.list_variables(str(folder)))
    assert facts["num_parameters"] == {
        network: sum(
            math.prod(shape)
            for name, shape in stored.items()
            if name.startswith(f"{letter}/") and "Adam" not in name
        )
        for network, letter in (("generator", "G"), ("discriminator", "D"))
    }
    arrays = np.load(folder / "arrays.npz")
    sounds = tga.load(target).generate(latents=arrays["in_z"])
    peak = np.abs(arrays["G_z"]).max()
    np.testing.assert_allclose(sounds, arrays["G_z"], rtol=0, atol=1e-5 * peak)


def test_a_vocoder_becomes_a_run_that_vocodes(golden_dir, tmp_path) -> None:
    folder, target = golden_dir / "pwg_mb_melgan", tmp_path / "run"
    code, out, err = run("parallel-wavegan", str(folder), "--run", str(target))
    assert (code, out) == (0, f"{target}/model.keras\n"), err
    config = load_config(target / "config.yaml")
    assert config.losses.objective == "lsgan" and config.optimizer.betas == (0.9, 0.999)
    assert (config.data.normalize, config.data.gain) == ("none", (1.0, 1.0))
    assert (config.data.segment_samples, config.train.batch_size) == (8192, 2)
    arrays = np.load(folder / "arrays.npz")
    waveform = tga.load(target).vocode(arrays["c_norm_T7"])
    expected = arrays["inference_T7"]
    peak = np.abs(expected).max()
    np.testing.assert_allclose(np.ravel(waveform), expected[:, 0], rtol=0, atol=1e-5 * peak)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["segan-torch", "x"], "segan-torch: got an unknown kind of checkpoint"),
        (["segan-tf1", "nowhere"], "nowhere: got nothing there, expected a checkpoint"),
        (["segan-tf1", ".", "--hint", "emphasis=1"], "expected pre_emphasis"),
        (["segan-tf1", ".", "--hint", "pre_emphasis"], "expected NAME=VALUE"),
        (["segan-pytorch", ".", "--slice-samples", "9"], "slice_samples: got an unknown hint"),
    ],
)
def test_bad_input_is_told_in_one_line(tmp_path, arguments: list[str], text: str) -> None:
    code, out, err = run(*arguments, "--run", str(tmp_path / "run"))
    assert code == 2 and out == "" and text in err and err.count("\n") == 1
    assert not (tmp_path / "run").exists()
