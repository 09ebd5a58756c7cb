"""The original SEGAN of every make, against graphs of TensorFlow's own operators; refusals."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tf1_variables import Variables, write

from tfgan_audio.errors import InputError
from tfgan_audio.importers.checkpoints import import_checkpoint

MAKES = {
    "usual": {},
    "leaky": {"prelu": False},
    "no bias": {"encoder_bias": False, "decoder_bias": False, "judge_bias": False},
    "no latent": {"latent": 0},
    "no normalisation": {"norm": False},
    "other channels": {"channels": [3, 4, 4, 5, 6, 2], "judge_channels": [2, 3, 4]},
    "no discriminator": {"judge_channels": []},
}
USUAL = {
    "prelu": True,
    "encoder_bias": True,
    "decoder_bias": True,
    "judge_bias": True,
    "latent": 5,
    "norm": True,
    "channels": [2, 3, 5],
    "judge_channels": [2, 3, 4],
}
NUM_SAMPLES = 512


def generator(variables: Variables, make: dict, noisy: tf.Tensor, latent: tf.Tensor):
    """Enhanced [B, T, 1], by two-dimensional convolutions of height one."""

    def activation(hidden, name):
        slope = variables(f"g_ae/{name}/alpha", hidden.shape[-1]) if make["prelu"] else 0.3
        return tf.maximum(hidden, 0.0) + slope * tf.minimum(hidden, 0.0)

    hidden, skips, last = noisy[:, :, None], [], len(make["channels"]) - 1
    for i, channels in enumerate(make["channels"]):
        kernel = variables(f"g_ae/enc_{i}/W", 31, 1, hidden.shape[-1], channels)
        hidden = tf.nn.conv2d(hidden, kernel, [1, 2, 1, 1], "SAME")
        if make["encoder_bias"]:
            hidden += variables(f"g_ae/enc_{i}/b", channels)
        skips.append(hidden)
        hidden = activation(hidden, f"enc_prelu_{i}")
    if make["latent"]:
        hidden = tf.concat([latent[:, :, None], hidden], axis=3)
    for i, channels in enumerate([*make["channels"][-2::-1], 1]):
        kernel = variables(f"g_ae/dec_{i}/W", 31, 1, channels, hidden.shape[-1])
        shape = [len(noisy), 2 * hidden.shape[1], 1, channels]
        hidden = tf.nn.conv2d_transpose(hidden, kernel, shape, [1, 2, 1, 1])
        if make["decoder_bias"]:
            hidden += variables(f"g_ae/dec_{i}/b", channels)
        if i < last:
            hidden = activation(hidden, f"dec_prelu_{i}")
            hidden = tf.concat([hidden, skips[last - 1 - i]], axis=3)
    return tf.tanh(hidden)[:, :, 0]


def judge(variables: Variables, make: dict, pair: tf.Tensor):
    """Logits [B, 1] of real pairs [B, T, 2]."""
    hidden = pair[:, :, None]
    for i, channels in enumerate(make["judge_channels"]):
        name = f"d_model/d_block_{i}"
        kernel = variables(f"{name}/downconv/W", 31, 1, hidden.shape[-1], channels)
        hidden = tf.nn.conv2d(hidden, kernel, [1, 2, 1, 1], "SAME")
        if make["judge_bias"]:
            hidden += variables(f"{name}/downconv/b", channels)
        if make["norm"]:
            gamma = variables(f"{name}/d_vbn_{i}/gamma", channels, mean=1.0)
            beta = variables(f"{name}/d_vbn_{i}/beta", channels)
            mean, variance = tf.nn.moments(hidden, [0, 1, 2])
            hidden = gamma * (hidden - mean) / tf.sqrt(variance + 1e-5) + beta
        hidden = tf.maximum(hidden, 0.3 * hidden)
    rows = tf.nn.conv1d(
        hidden[:, :, 0], variables("d_model/logits_conv/W", 1, channels, 1), 1, "SAME"
    )
    weights = variables("d_model/fully_connected/weights", rows.shape[1], 1)
    return rows[:, :, 0] @ weights + variables("d_model/fully_connected/biases", 1)


def make_signals(make: dict) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Noisy and clean [B, T, 1], and latents [B, F, Z]."""
    draws = np.random.default_rng(5)
    noisy, clean = draws.normal(0, 0.5, [2, 2, NUM_SAMPLES, 1]).astype(np.float32)
    num_frames = NUM_SAMPLES // 2 ** len(make["channels"])
    latent = draws.standard_normal([2, num_frames, make["latent"]]).astype(np.float32)
    return tf.constant(noisy), tf.constant(clean), tf.constant(latent)


def write_make(prefix: Path, make: dict) -> dict[str, tf.Tensor]:
    """Write a checkpoint with state of optimizers; return what its networks compute."""
    variables, (noisy, clean, latent) = Variables(), make_signals(make)
    outputs = {"enhanced": generator(variables, make, noisy, latent)}
    if make["judge_channels"]:
        outputs["logits"] = judge(variables, make, tf.concat([clean, noisy], axis=2))
    others = {"Variable": np.float32(0.5), "Variable_1": np.float32(0.0)}
    others["g_ae/z/z"] = np.zeros([3, *latent.shape[1:]], np.float32)
    others |= {f"{name}/RMSProp": value for name, value in variables.values.items()}
    write(prefix, variables, others)
    return outputs


@pytest.mark.parametrize("name", MAKES)
def test_every_make(tmp_path, name: str) -> None:
    make = {**USUAL, **MAKES[name]}
    expected = write_make(tmp_path / "SEGAN-7", make)
    noisy, clean, latent = make_signals(make)
    model = import_checkpoint("segan-tf1", tmp_path, pre_emphasis=0.9, slice_samples=NUM_SAMPLES)
    found = model.generator([noisy, latent] if make["latent"] else noisy)
    assert np.std(expected["enhanced"]) > 0.05
    np.testing.assert_allclose(found, expected["enhanced"], rtol=0, atol=1e-5)
    if make["judge_channels"]:
        found = model.discriminator([clean, noisy])
        np.testing.assert_allclose(found, expected["logits"], rtol=5e-5, atol=5e-5)
    assert model.sizes.pre_emphasis == 0.9
    logs = model.fit(noisy, clean, batch_size=2, verbose=0).history
    assert np.isfinite(list(logs.values())).all()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    recording = np.tile(noisy, [1, 3, 1])[:, :1300]
    np.testing.assert_array_equal(loaded.enhance(recording), model.enhance(recording))


def test_the_window_is_told_by_the_discriminator_or_the_latent(tmp_path) -> None:
    for name in ("usual", "no discriminator"):
        write_make(tmp_path / name / "SEGAN-7", {**USUAL, **MAKES[name]})
        model = import_checkpoint("segan-tf1", tmp_path / name)
        assert model.sizes.slice_samples == NUM_SAMPLES


def test_the_newest_of_a_folder(tmp_path) -> None:
    for step, make in ((9, {"channels": [3, 3, 3]}), (10, {"channels": [4, 4, 4]})):
        write_make(tmp_path / f"SEGAN-{step}", {**USUAL, **make})
    widths = {}
    widths["named"] = import_checkpoint("segan-tf1", tmp_path).sizes.encoder_channels
    index = tmp_path / "checkpoint"
    index.write_text('model_checkpoint_path: "/elsewhere/results/SEGAN-9"\n')
    widths["elsewhere"] = import_checkpoint("segan-tf1", tmp_path).sizes.encoder_channels
    index.unlink()
    widths["highest"] = import_checkpoint("segan-tf1", tmp_path).sizes.encoder_channels
    assert widths == {"named": (4, 4, 4), "elsewhere": (3, 3, 3), "highest": (4, 4, 4)}


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"g_ae/enc_0/W": None}, "no variable g_ae/enc_0/W"),
        ({"g_ae/enc_1/W": None}, "without a place"),
        ({"g_ae/dec_2/b": None}, "no variable g_ae/dec_2/b"),
        ({"g_ae/enc_1/b": np.zeros(9, np.float32)}, "shape [9], expected [3]"),
        ({"g_ae/dec_1/W": np.zeros([31, 1, 2, 7], np.float32)}, "g_ae/dec_1/W: got shape"),
        ({"g_ae/dec_0/W": np.zeros([5, 10, 1], np.float32)}, "type nn_deconv"),
        ({"g_ae/enc_2/b": np.full(5, np.nan, np.float32)}, "NaN or infinity"),
        ({"g_ae/extra/W": np.zeros(1, np.float32)}, "without a place: g_ae/extra/W"),
        ({"d_model/d_block_1/d_vbn_1/beta": None}, "no variable d_model/d_block_1/d_vbn_1/beta"),
    ],
)
def test_checkpoints_that_do_not_fit(tmp_path, change: dict, seen: str) -> None:
    variables, (noisy, clean, latent) = Variables(), make_signals(USUAL)
    generator(variables, USUAL, noisy, latent)
    judge(variables, USUAL, tf.concat([clean, noisy], axis=2))
    values = {**variables.values, **change}
    variables.values = {name: value for name, value in values.items() if value is not None}
    write(tmp_path / "SEGAN-7", variables, {})
    with pytest.raises(InputError) as caught:
        import_checkpoint("segan-tf1", tmp_path)
    assert seen in str(caught.value)


def test_files_that_are_missing_or_damaged(tmp_path) -> None:
    write_make(tmp_path / "SEGAN-7", USUAL)
    (data,) = tmp_path.glob("*.data*")
    data.write_bytes(data.read_bytes()[:500])
    with pytest.raises(InputError, match="SEGAN-7: got missing or damaged files"):
        import_checkpoint("segan-tf1", tmp_path)
    (tmp_path / "SEGAN-7.index").unlink()
    with pytest.raises(InputError, match="no SEGAN-7.index"):
        import_checkpoint("segan-tf1", tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no checkpoint in it"):
        import_checkpoint("segan-tf1", tmp_path / "empty")
    with pytest.raises(InputError, match="nothing there"):
        import_checkpoint("segan-tf1", tmp_path / "SEGAN-8")
