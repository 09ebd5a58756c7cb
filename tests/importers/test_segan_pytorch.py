"""SEGAN+ of every make, against a second implementation; and what is refused."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch_arithmetic
from torch_files import save_torch

from tfgan_audio.errors import InputError
from tfgan_audio.importers.checkpoints import import_checkpoint

USUAL = {
    "slice_size": 256,
    "preemph": 0.9,
    "gkwidth": 7,
    "genc_fmaps": [3, 4, 5],
    "genc_poolings": [4, 4, 4],
    "gdec_fmaps": None,
    "gdec_poolings": None,
    "gdec_kwidth": None,
    "z_dim": 6,
    "no_z": False,
    "no_skip": False,
    "bias": True,
    "skip_type": "alpha",
    "skip_merge": "concat",
    "skip_kwidth": 5,
    "denc_fmaps": [3, 2, 4],
    "denc_poolings": [4, 2, 4],
    "dkwidth": None,
    "dpool_type": "none",
    "dpool_slen": 8,
    "dnorm_type": "bnorm",
    "phase_shift": 5,
    "sinc_conv": False,
}
MAKES = {
    "usual": {},
    "no latent": {"no_z": True},
    "no bias": {"bias": False},
    "no skips": {"no_skip": True},
    "constant skips": {"skip_type": "constant"},
    "summed skips": {"skip_merge": "sum"},
    "convolved skips": {"skip_type": "conv"},
    "convolved skips without bias": {"skip_type": "conv", "bias": False, "skip_merge": "sum"},
    "one tap in the skips": {"skip_type": "conv", "skip_kwidth": 1},
    "other taps": {"gkwidth": 6, "gdec_kwidth": 9, "dkwidth": 5},
    "another decoder": {"gdec_fmaps": [7, 6, 1]},
    "unequal strides": {"genc_poolings": [2, 4, 2], "gdec_poolings": [2, 4, 2]},
    "strides turned round": {"genc_poolings": [2, 4, 8], "gdec_poolings": [8, 4, 2], "gkwidth": 9},
    "a longer decoder": {"gdec_fmaps": [4, 3, 2, 1], "gdec_poolings": [4, 4, 4, 1]},
    "strides of two": {
        "genc_fmaps": [2, 3, 3, 4, 4],
        "genc_poolings": [2] * 5,
        "denc_fmaps": [2] * 5,
        "denc_poolings": [2] * 5,
    },
    "no normalisation": {"dnorm_type": None, "phase_shift": None},
    "pointwise": {"dpool_type": "conv"},
    "highest": {"dpool_type": "gmax"},
    "mean": {"dpool_type": "gavg"},
    "perceptron": {"dpool_type": "mlp"},
    "spectral": {"dnorm_type": "snorm"},
    "spectral pointwise": {"dnorm_type": "snorm", "dpool_type": "conv"},
    "spectral mean": {"dnorm_type": "snorm", "dpool_type": "gavg"},
    "spectral perceptron": {"dnorm_type": "snorm", "dpool_type": "mlp"},
}


def make_signals(options: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Noisy and clean [B, 1, T], and latents [B, Z, F]."""
    draws = np.random.default_rng(5)
    noisy, clean = draws.normal(0, 0.5, [2, 2, 1, options["slice_size"]]).astype(np.float32)
    num_frames = options["slice_size"] // int(np.prod(options["genc_poolings"]))
    latent = draws.standard_normal([2, options["z_dim"], num_frames]).astype(np.float32)
    return noisy, clean, latent


def write_checkpoint(folder: Path, options: dict[str, Any], judged: bool = True) -> dict:
    """Write both networks and their options; return what they compute."""
    noisy, clean, latent = make_signals(options)
    weights = torch_arithmetic.Weights()
    outputs = {"enhanced": torch_arithmetic.generator(weights, options, noisy, latent)}
    (folder / "train.opts").write_text(json.dumps(options))
    content = {"step": 7, "state_dict": weights.state}
    save_torch(folder / "weights_EOE_G-Generator-7.ckpt", content)
    if judged:
        weights = torch_arithmetic.Weights(1)
        pair = np.concatenate([clean, noisy], axis=1)
        outputs["scores"] = torch_arithmetic.discriminator(weights, options, pair)
        content = {"step": 7, "state_dict": weights.state}
        save_torch(folder / "weights_EOE_D-Discriminator-7.ckpt", content)
    return outputs


def turned(signal: np.ndarray) -> np.ndarray:
    """[B, C, T] as [B, T, C]."""
    return signal.transpose(0, 2, 1) if signal.ndim == 3 else signal


@pytest.mark.parametrize("make", MAKES)
def test_every_make(tmp_path, make: str) -> None:
    options = {**USUAL, **MAKES[make]}
    expected = write_checkpoint(tmp_path, options)
    model = import_checkpoint("segan-pytorch", tmp_path)
    noisy, clean, latent = map(turned, make_signals(options))
    inputs = noisy if options["no_z"] else [noisy, latent]
    for found, wanted, tolerance in (
        (model.generator(inputs), turned(expected["enhanced"]), 1e-5),
        (model.discriminator([clean, noisy]), turned(expected["scores"]), 5e-5),
    ):
        assert np.std(wanted) > 1e-3
        np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * np.abs(wanted).max())
    assert model.sizes.pre_emphasis == 0.9


@pytest.mark.parametrize("make", ["usual", "no latent", "spectral"])
def test_what_is_imported_trains_enhances_and_is_saved(tmp_path, make: str) -> None:
    options = {**USUAL, **MAKES[make]}
    write_checkpoint(tmp_path, options)
    model = import_checkpoint("segan-pytorch", tmp_path)
    noisy, clean, _ = map(turned, make_signals(options))
    before = [weight.numpy() for weight in model.trainable_weights]
    logs = model.fit(noisy, clean, batch_size=2, verbose=0).history
    assert np.isfinite(list(logs.values())).all()
    moved = [np.abs(weight - old).max() > 0 for weight, old in zip(model.trainable_weights, before)]
    assert np.mean(moved) > 0.9
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    recording = np.tile(noisy, [1, 3, 1])[:, :700]
    np.testing.assert_array_equal(loaded.enhance(recording), model.enhance(recording))
    for one, other in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_old_names(tmp_path) -> None:
    """Checkpoints from before encoder and decoder were lists of blocks."""
    expected = write_checkpoint(tmp_path, USUAL)
    weights = torch_arithmetic.Weights()
    noisy, _, latent = make_signals(USUAL)
    torch_arithmetic.generator(weights, USUAL, noisy, latent)
    old = {
        name.replace("enc_blocks", "gen_enc")
        .replace("dec_blocks", "gen_dec")
        .replace("deconv", "conv"): array
        for name, array in weights.state.items()
    }
    assert "gen_dec.0.conv.weight" in old and "gen_enc.0.act.weight" in old
    save_torch(tmp_path / "weights_EOE_G-Generator-7.ckpt", {"state_dict": old}, is_legacy=True)
    model = import_checkpoint("segan-pytorch", tmp_path)
    found = model.generator([turned(noisy), turned(latent)])
    np.testing.assert_allclose(found, turned(expected["enhanced"]), atol=1e-6)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"genc_fmaps": [3, 4, 6]}, "enc_blocks.2.conv.weight: got shape"),
        ({"genc_fmaps": [3, 4], "genc_poolings": [4, 4]}, "variables without a place"),
        ({"genc_fmaps": [3, 4, 5, 6], "genc_poolings": [2] * 4}, "enc_blocks.3.conv.weight"),
        ({"bias": False}, "variables without a place: enc_blocks.0.conv.bias"),
        ({"gkwidth": 9}, "shape [3, 1, 7], expected [3, 1, 9]"),
        ({"no_z": True}, "dec_blocks.0.deconv.weight: got shape"),
        ({"no_skip": True}, "variables without a place: alpha_"),
        ({"skip_type": "conv"}, "alpha_0.skip_k.weight"),
        ({"dnorm_type": None}, "variables without a place: enc_blocks.0.norm"),
        ({"dpool_type": "conv"}, "no variable pool_conv.weight"),
        ({"genc_poolings": [4, 4]}, "2 strides"),
        ({"genc_poolings": "4"}, "genc_poolings: got 4"),
        ({"skip_type": "learned"}, "skip_type: got learned"),
        ({"sinc_conv": True}, "sinc_conv: got True"),
        ({"slice_size": 100}, "beside an encoder layer"),
        ({"slice_size": 512}, "fc.0.weight"),
    ],
)
def test_options_that_contradict_the_checkpoint(tmp_path, change: dict, seen: str) -> None:
    write_checkpoint(tmp_path, USUAL)
    (tmp_path / "train.opts").write_text(json.dumps({**USUAL, **change}))
    with pytest.raises(InputError) as caught:
        import_checkpoint("segan-pytorch", tmp_path)
    assert seen in str(caught.value) and "\n" not in str(caught.value)


def test_a_checkpoint_without_options(tmp_path) -> None:
    expected = write_checkpoint(tmp_path, USUAL)
    (tmp_path / "train.opts").unlink()
    with pytest.raises(InputError, match="train.opts: got no such file, expected the options"):
        import_checkpoint("segan-pytorch", tmp_path)
    model = import_checkpoint("segan-pytorch", tmp_path, options=USUAL)
    noisy, _, latent = map(turned, make_signals(USUAL))
    found = model.generator([noisy, latent])
    np.testing.assert_allclose(found, turned(expected["enhanced"]), atol=1e-6)


def test_the_checkpoint_that_the_index_names(tmp_path) -> None:
    write_checkpoint(tmp_path, USUAL)
    (tmp_path / "weights_EOE_G-Generator-99.ckpt").write_bytes(b"not read")
    index = tmp_path / "EOE_G-checkpoints"
    index.write_text(json.dumps({"current": "EOE_G-Generator-7.ckpt"}))
    import_checkpoint("segan-pytorch", tmp_path)
    index.write_text(json.dumps({"current": "EOE_G-Generator-8.ckpt"}))
    with pytest.raises(InputError, match="weights_EOE_G-Generator-8.ckpt, which is not there"):
        import_checkpoint("segan-pytorch", tmp_path)
    index.unlink()
    with pytest.raises(InputError, match="Generator-99.ckpt: got another file or a damaged one"):
        import_checkpoint("segan-pytorch", tmp_path)


def test_without_a_discriminator_its_weights_are_drawn(tmp_path) -> None:
    write_checkpoint(tmp_path, USUAL, judged=False)
    model = import_checkpoint("segan-pytorch", tmp_path)
    assert np.std(model.discriminator.get_layer("conv_0").kernel) == pytest.approx(0.02, rel=0.5)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("nowhere", "nothing there"),
        ("weights_EOE_D-Discriminator-7.ckpt", "a discriminator's checkpoint"),
        ("empty", "no generator's checkpoint in it"),
    ],
)
def test_what_is_no_checkpoint(tmp_path, name: str, seen: str) -> None:
    write_checkpoint(tmp_path, USUAL)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=seen):
        import_checkpoint("segan-pytorch", tmp_path / name)


def test_unknown_kinds_and_hints(tmp_path) -> None:
    with pytest.raises(InputError, match="expected segan-pytorch"):
        import_checkpoint("segan-torch", tmp_path)
    with pytest.raises(InputError, match="an unknown hint for segan-pytorch, expected options"):
        import_checkpoint("segan-pytorch", tmp_path, option=1)
