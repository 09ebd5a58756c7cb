"""The original WaveGAN of every make, against graphs of TensorFlow's own operators; refusals."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tf1_variables import Variables, write
from wavegan_graphs import USUAL, generator, judge, make_inputs

from tfgan_audio.errors import InputError
from tfgan_audio.importers.checkpoints import import_checkpoint
from tfgan_audio.importers.wavegan_tf1 import discriminator_places, generator_places
from tfgan_audio.models import adversarial_step

SHORT, MIDDLE, LONG = (4,) * 5, (4, 4, 4, 4, 4, 2), (4,) * 6
MAKES = {
    "usual": {},
    "other sizes": {"width": 3, "latent": 4, "taps": 11},
    "nearest": {"nearest": True},
    "batch norm": {"norm": True},
    "post filter": {"filter": 512},
    "no critic": {"judge": False},
    "32768": {"strides": MIDDLE, "width": 1, "filter": 7},
    "65536 stereo": {"strides": LONG, "width": 1, "channels": 2, "norm": True},
    "65536 all": {"strides": LONG, "width": 1, "norm": True, "filter": 512, "nearest": True},
}
SEED = tf.constant([0, 0])


def write_make(prefix: Path, make: dict, **options: object) -> Variables:
    """Write a checkpoint with state of optimizers, and options where some are given."""
    variables, (latent, sound) = Variables(), make_inputs(make)
    generator(variables, make, latent, training=False)
    if make["judge"]:
        judge(variables, make, sound)
    others = {"global_step": np.int64(7), "beta1_power": np.float32(0.1)}
    others |= {"beta2_power_1": np.float32(0.2)}
    for slot in ("Adam", "Adam_1", "RMSProp"):
        others |= {f"{name}/{slot}": value for name, value in variables.values.items()}
    write(prefix, variables, others)
    if options:
        text = "\n".join(f"{name},{value}" for name, value in options.items())
        (prefix.parent / "args.txt").write_text(text)
    return variables


def slice_samples(make: dict) -> int:
    """Length of its sounds."""
    return {SHORT: 16384, MIDDLE: 32768, LONG: 65536}[make["strides"]]


@pytest.mark.parametrize("name", MAKES)
def test_every_make(tmp_path, name: str) -> None:
    make = {**USUAL, **MAKES[name]}
    variables = write_make(tmp_path / "model.ckpt-7", make)
    model = import_checkpoint("wavegan-tf1", tmp_path, slice_samples=slice_samples(make))
    latent, sound = make_inputs(make)
    expected = generator(variables, make, latent, training=False)
    peak = np.abs(expected).max()
    assert np.std(expected) > 0.05
    np.testing.assert_allclose(model.generator(latent), expected, rtol=0, atol=1e-5 * peak)
    if make["judge"]:
        expected = judge(variables, make, sound)
        found = model.discriminator(sound)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["65536 stereo", "65536 all"])
def test_losses_and_gradients(tmp_path, monkeypatch, name: str) -> None:
    """In training, by the batch's moments, with phase shuffle off; and reloaded the same."""
    make = {**USUAL, **MAKES[name]}
    make["filter"] = min(make["filter"], 30)
    variables = write_make(
        tmp_path / "model.ckpt-7", make, wavegan_disc_phaseshuffle=0, data_slice_len=65536
    )
    model = import_checkpoint("wavegan-tf1", tmp_path)
    latent, sound = map(tf.constant, make_inputs(make))
    alpha = tf.constant([[[0.25]], [[0.5]], [[0.875]]])
    monkeypatch.setattr(adversarial_step, "draw_for_examples", lambda *arguments: alpha)
    with tf.GradientTape(persistent=True) as tape:
        fake = model.generator(latent, training=True)
        judged, _ = adversarial_step._discriminator_terms(model, {"real": sound}, fake, SEED, True)
        made = adversarial_step._generator_terms(model, {"real": sound}, fake, (), True)
    losses = expected_losses(variables, make, latent, sound, alpha)
    np.testing.assert_allclose(judged["d_loss"], losses["D"][0], rtol=1e-5)
    np.testing.assert_allclose(made["g_loss"], losses["G"][0], rtol=1e-5)
    for network, places, loss in (
        ("D", discriminator_places(model.discriminator), judged["d_loss"]),
        ("G", generator_places(model.generator), made["g_loss"]),
    ):
        expected = {path: values.numpy() for path, values in losses[network][1].items()}
        # A bias in front of a normalisation has no gradient but rounding.
        rounding = 1e-5 * max(np.abs(values).max() for values in expected.values())
        found = tape.gradient(loss, {path: places[path].variable.value for path in expected})
        for path, values in expected.items():
            deviation = np.abs(found[path] - places[path].convert(values)).max()
            assert deviation < 1e-3 * np.abs(values).max() + rounding, path
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.render(latent), model.render(latent))
    assert loaded.get_config() == model.get_config()


def expected_losses(variables: Variables, make: dict, latent, sound, alpha) -> dict:
    """Losses of both networks and their gradients by variable name."""
    tensors = {name: tf.constant(value) for name, value in variables.values.items()}

    def known(name: str, *shape: int, **_: float) -> tf.Tensor:
        return tensors[name]

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(list(tensors.values()))
        fake = generator(known, make, latent, training=True)
        mixed = alpha * sound + (1.0 - alpha) * fake
        with tf.GradientTape() as inner:
            inner.watch(mixed)
            scores = judge(known, make, mixed)
        slopes = tf.norm(tf.reshape(inner.gradient(scores, mixed), [3, -1]), axis=1)
        made = -tf.reduce_mean(judge(known, make, fake))
        judged = -made - tf.reduce_mean(judge(known, make, sound))
        judged += 10.0 * tf.reduce_mean((slopes - 1.0) ** 2)
    results = {}
    for network, loss in (("D", judged), ("G", made)):
        own = {
            name: tensor
            for name, tensor in tensors.items()
            if name.startswith(f"{network}/") and "moving" not in name
        }
        results[network] = loss, tape.gradient(loss, own)
    return results


def test_what_the_options_tell(tmp_path) -> None:
    write_make(
        tmp_path / "model.ckpt-7",
        {**USUAL, "strides": MIDDLE, "width": 1},
        data_slice_len=32768,
        data_sample_rate=44100,
        wavegan_loss="dcgan",
        wavegan_disc_nupdates=2,
        wavegan_disc_phaseshuffle=4,
        wavegan_dim=1,
    )
    model = import_checkpoint("wavegan-tf1", tmp_path)
    assert (model.slice_samples, model.sample_rate_hz) == (32768, 44100)
    assert (model.objective.name, model.objective.critic_steps) == ("minimax", 2)
    assert model.sizes.phase_shuffle == 4
    other = import_checkpoint("wavegan-tf1", tmp_path, sample_rate_hz=8000)
    assert other.sample_rate_hz == 8000


def test_an_imported_model_trains_on(tmp_path) -> None:
    write_make(tmp_path / "model.ckpt-7", USUAL)
    model = import_checkpoint("wavegan-tf1", tmp_path)
    assert model.generator_optimizer.iterations.numpy() == 0
    _, sound = make_inputs(USUAL)
    before = model.generator.get_weights()
    data = tf.data.Dataset.from_tensors(sound[:2]).repeat(5)
    model.run_eagerly = True
    logs = model.fit(data, verbose=0).history
    assert np.isfinite(list(logs.values())).all()
    moved = [np.abs(a - b).max() for a, b in zip(before, model.generator.get_weights())]
    assert min(moved) > 0.0 and model.generator_optimizer.iterations.numpy() == 1


@pytest.mark.parametrize(
    ("strides", "options", "hints", "message"),
    [
        (LONG, {}, {}, "6 layers and no length of slices, expected slice_samples, 32768 or 65536"),
        (LONG, {}, {"slice_samples": 16384}, "slice_samples: got 16384, expected 32768 or 65536"),
        (SHORT, {}, {"slice_samples": 65536}, "65536, expected 16384 by the checkpoint's 5 layers"),
        (SHORT, {"data_slice_len": 65536}, {}, "data_slice_len: got 65536, expected 16384"),
        (
            LONG,
            {"data_slice_len": 65536},
            {"slice_samples": 32768},
            "slice_samples: got 32768, expected 65536 as in",
        ),
        (SHORT, {"wavegan_dim": 64}, {}, "args.txt: wavegan_dim: got 64, expected 1"),
        (SHORT, {"wavegan_batchnorm": True}, {}, "wavegan_batchnorm: got True, expected False"),
        (SHORT, {"wavegan_genr_upsample": "nn"}, {}, "wavegan_genr_upsample: got nn"),
        (SHORT, {"wavegan_genr_pp": True}, {}, "wavegan_genr_pp: got True, expected False"),
        (SHORT, {"data_num_channels": 2}, {}, "data_num_channels: got 2, expected 1"),
        (SHORT, {"wavegan_latent_dim": 100}, {}, "wavegan_latent_dim: got 100, expected 7"),
        (SHORT, {"wavegan_kernel_len": 9}, {}, "wavegan_kernel_len: got 9, expected 25"),
        (SHORT, {"wavegan_loss": "hinge"}, {}, "wavegan_loss: got hinge, expected one of wgan-gp"),
        (SHORT, {"wavegan_disc_nupdates": "x"}, {}, "nupdates: got x, expected a whole number"),
        (SHORT, {}, {"slice_sample": 1}, "slice_sample: got an unknown hint for wavegan-tf1"),
        ((4, 4), {}, {}, "2 layers of a generator, expected 5 or 6 variables"),
    ],
)
def test_contradictions(tmp_path, strides, options: dict, hints: dict, message: str) -> None:
    write_make(tmp_path / "model.ckpt-7", {**USUAL, "strides": strides, "width": 1}, **options)
    with pytest.raises(InputError) as caught:
        import_checkpoint("wavegan-tf1", tmp_path, **hints)
    assert message in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"G/z_project/dense/kernel": None}, "no variable G/z_project/dense/kernel"),
        ({"G/upconv_2/conv2d_transpose/bias": None}, "no variable G/upconv_2"),
        ({"G/upconv_3/conv2d_transpose/kernel": np.zeros([5, 5, 4, 4])}, "got shape [5, 5, 4, 4]"),
        ({"G/z_project/dense/kernel": np.zeros([3])}, "got shape [3], expected 2 axes"),
        ({"D/downconv_1/conv1d/bias": np.full(4, np.nan)}, "NaN or infinity"),
        ({"D/downconv_1/batch_normalization/gamma": np.zeros(4)}, "without a place"),
        ({"G/pp_filt/conv1d/kernel": np.zeros([8, 2, 1])}, "shape [8, 2, 1], expected [8, 1, 1]"),
        ({"D/output/dense/kernel": np.zeros([7, 1])}, "shape [7, 1], expected [512, 1]"),
    ],
)
def test_checkpoints_that_do_not_fit(tmp_path, change: dict, seen: str) -> None:
    variables = write_make(tmp_path / "first" / "model.ckpt-7", USUAL)
    values = {**variables.values, **change}
    variables.values = {
        name: np.float32(value) for name, value in values.items() if value is not None
    }
    write(tmp_path / "model.ckpt-7", variables, {})
    with pytest.raises(InputError) as caught:
        import_checkpoint("wavegan-tf1", tmp_path / "model.ckpt-7")
    assert seen in str(caught.value)
