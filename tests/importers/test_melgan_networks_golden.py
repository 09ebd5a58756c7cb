"""MelGAN, imported: maps, losses, gradients and a training step as the original code has them."""

import functools
import json

import numpy as np
import pytest
import tensorflow as tf
from golden_step import assert_gradients, assert_weights, part

from tfgan_audio.importers.checkpoints import import_checkpoint
from tfgan_audio.importers.melgan_places import (
    BlockNames,
    discriminator_places,
    generator_places,
    sequence_names,
)
from tfgan_audio.importers.transfer import Places
from tfgan_audio.losses.adversarial import OBJECTIVES
from tfgan_audio.losses.feature_matching import feature_matching
from tfgan_audio.losses.judgement import over_scales
from tfgan_audio.models import adversarial_step
from tfgan_audio.models.melgan import MelGAN

pytestmark = pytest.mark.golden
SEED = tf.constant([0, 0])


def assert_close(found, expected, tolerance: float = 1e-5) -> None:
    """Compare relative to the largest expected value."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * np.abs(expected).max())


def arrays_of(file) -> dict[str, np.ndarray]:
    """Arrays of a file, signals and maps as [B, T, C] where they are [B, C, T] there."""
    return {
        name: array.transpose(0, 2, 1) if array.ndim == 3 else array
        for name, array in np.load(file).items()
    }


def official_places(model: MelGAN) -> dict[str, Places]:
    """Places by the names of the official code, of D and of G."""
    names = sequence_names(model.sizes, "model", BlockNames("block.2", "block.4", "shortcut"))
    layer = "model.disc_{scale}.model.layer_{layer}"
    return {"D": discriminator_places(model, layer), "G": generator_places(model, names)}


def assert_judgement(judgement, arrays: dict, pattern: str) -> int:
    """Compare all maps and scores; return how many there were."""
    num_compared = 0
    for scale, maps in enumerate(judgement):
        for layer, found in enumerate(maps):
            assert_close(found, arrays[pattern.format(scale=scale, layer=layer)])
            num_compared += 1
    return num_compared


class TestOfficial:
    """The code of MelGAN's authors."""

    @pytest.fixture
    def folder(self, golden_dir):
        return golden_dir / "melgan_official"

    @pytest.fixture
    def arrays(self, folder) -> dict[str, np.ndarray]:
        return arrays_of(folder / "arrays.npz")

    @pytest.fixture
    def steps(self, folder) -> dict[str, np.ndarray]:
        return dict(np.load(folder / "train_step.npz"))

    @pytest.fixture
    def model(self, folder) -> MelGAN:
        return import_checkpoint("melgan-official", folder)

    @pytest.fixture
    def batch(self, arrays) -> dict[str, tf.Tensor]:
        return {"mel": tf.constant(arrays["train_mel"]), "real": tf.constant(arrays["audio"])}

    def test_generator(self, model, arrays) -> None:
        pairs = {"mel": "G_of_mel"} | {f"in_mel_T{n}": f"G_mel_T{n}" for n in (32, 20, 7)}
        for mel, waveform in pairs.items():
            assert_close(model.generator(arrays[mel]), arrays[waveform])
            assert_close(model.vocode(arrays[mel]), arrays[waveform])
            assert_close(model.fold()(arrays[mel]), arrays[waveform])

    def test_every_map_and_score(self, model, arrays) -> None:
        judgement = model.discriminator(arrays["audio"])
        assert assert_judgement(judgement, arrays, "D_audio_scale{scale}_layer{layer}") == 21

    def test_losses_and_gradients_of_a_step_that_moves_nothing(
        self, model, arrays, batch, steps
    ) -> None:
        with tf.GradientTape(persistent=True) as tape:
            fake = model.synthesize(batch, SEED, training=True)
            with tape.stop_recording():
                stopped = tf.stop_gradient(fake)
            judged, real = adversarial_step._discriminator_terms(
                model, batch, stopped, SEED, training=True
            )
            made = adversarial_step._generator_terms(model, batch, fake, real, training=True)
        assert_close(fake, arrays["train_x_pred"])
        expected = {name: arrays[f"noupdate_loss_{name}"] for name in ("D", "G", "feat", "G_total")}
        np.testing.assert_allclose(judged["d_loss"], expected["D"], rtol=1e-5)
        np.testing.assert_allclose(made["g_adversarial"], expected["G"], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(made["g_feature_matching"], 10 * expected["feat"], rtol=1e-5)
        np.testing.assert_allclose(made["g_loss"], expected["G_total"], rtol=1e-5)
        mel_l1 = model.quality(batch, fake)["mel_l1"]
        np.testing.assert_allclose(mel_l1, arrays["noupdate_s_error"], rtol=1e-4)
        for network, letter, theirs, loss in (
            (model.discriminator, "D", "D", judged["d_loss"]),
            (model.generator, "G", "G_total", made["g_loss"]),
        ):
            variables = network.trainable_variables
            expected = part(steps, f"grad_loss_{theirs}/")
            assert len(expected) > 60
            gradients = tape.gradient(loss, variables)
            assert_gradients(variables, gradients, official_places(model)[letter], expected, 1e-3)

    def test_one_step(self, model, arrays, batch, steps) -> None:
        """Real features are those from before the discriminator's update, fake ones from behind."""
        logs = adversarial_step.train_step(model, batch)
        expected = {name: arrays[f"onestep_loss_{name}"] for name in ("D", "G", "feat", "G_total")}
        np.testing.assert_allclose(logs["d_loss"], expected["D"], rtol=1e-5)
        np.testing.assert_allclose(logs["g_adversarial"], expected["G"], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(logs["g_feature_matching"], 10 * expected["feat"], rtol=1e-5)
        np.testing.assert_allclose(logs["g_loss"], expected["G_total"], rtol=1e-5)
        places = official_places(model)
        for letter, gradients in (("D", "grad_loss_D/"), ("G", "used_in_step_G/")):
            after = part(steps, f"after_step_{letter}/")
            assert len(after) > 60
            assert_weights(places[letter], after, part(steps, gradients), 1e-7)


@pytest.mark.slow
def test_networks_of_the_published_size(golden_dir) -> None:
    folder = golden_dir / "melgan_official" / "full_size_recipe"
    recipe, arrays = (
        json.loads((folder / "keys.json").read_text()),
        arrays_of(folder / "arrays.npz"),
    )
    model = MelGAN()
    for letter, places in official_places(model).items():
        draws = np.random.RandomState(recipe[f"seed_{letter}"])
        for entry in recipe[letter]:
            uniform = functools.partial(draws.uniform, 0.7, 1.4)
            is_gain = entry["name"].endswith("weight_g")
            draw = uniform if is_gain else draws.standard_normal
            values, place = entry["scale"] * draw(size=entry["shape"]), places[entry["name"]]
            place.variable.assign(place.convert(values.astype(np.float32)))
    assert_close(model.generator(arrays["mel"]), arrays["G_of_mel"])
    for scale, maps in enumerate(model.discriminator(arrays["D_audio"])):
        for layer, found in enumerate(maps):
            name = f"D_scale{scale}_layer{layer}"
            assert_close(found[:, :, :4], arrays[f"{name}_first4ch"])
            assert_close(np.abs(found).mean(axis=1), arrays[f"{name}_meanabs"])


@pytest.mark.parametrize("name", ["pwg_melgan", "pwg_mb_melgan"])
class TestParallelWaveGAN:
    """Its MelGAN, and its multi-band MelGAN."""

    @pytest.fixture
    def folder(self, golden_dir, name: str):
        return golden_dir / name

    @pytest.fixture
    def arrays(self, folder) -> dict[str, np.ndarray]:
        return arrays_of(folder / "arrays.npz")

    @pytest.fixture
    def model(self, folder) -> MelGAN:
        return import_checkpoint("parallel-wavegan", folder)

    def test_generator(self, model, arrays) -> None:
        counts = [int(key[8:]) for key in arrays if key.startswith("c_norm_T")]
        assert len(counts) >= 2
        folded = model.fold()
        for count in counts:
            mel = arrays[f"c_norm_T{count}"][None]
            assert_close(model.sub_band_generator(mel), arrays[f"G_T{count}"])
            whole = arrays.get(f"G_fullband_T{count}", arrays[f"G_T{count}"])
            assert_close(model.generator(mel), whole)
            assert_close(folded(mel), whole)
            assert_close(model.vocode(mel)[0], arrays[f"inference_T{count}"])

    def test_sub_bands_of_a_recording(self, model, arrays) -> None:
        if model.sizes.num_bands > 1:
            assert_close(model._split(arrays["D_in_real"]), arrays["D_in_real_subbands"])

    def test_every_map_and_score(self, model, arrays) -> None:
        judgement = model.discriminator(arrays["D_in_real"])
        num_compared = assert_judgement(judgement, arrays, "D_real_scale{scale}_layer{layer}")
        assert num_compared == sum(key.startswith("D_real_scale") for key in arrays) > 15
        for scale, maps in enumerate(model.discriminator(arrays["D_in_fake"])):
            assert_close(maps[-1], arrays[f"D_fake_scale{scale}_score"])

    def test_losses_of_judgements(self, model, arrays) -> None:
        real, fake = (model.discriminator(arrays[f"D_in_{kind}"]) for kind in ("real", "fake"))
        for theirs, ours in (("mse", "lsgan"), ("hinge", "hinge")):
            game = OBJECTIVES[ours]
            found = over_scales(game.discriminator, real, fake, average=True)
            expected = arrays[f"loss_dis_real_{theirs}"] + arrays[f"loss_dis_fake_{theirs}"]
            np.testing.assert_allclose(found, expected, rtol=1e-5)
            found = over_scales(game.generator, fake, average=True)
            np.testing.assert_allclose(found, arrays[f"loss_gen_adv_{theirs}"], rtol=1e-5)
        found = feature_matching(real, fake)
        np.testing.assert_allclose(found, arrays["loss_feat_match"], rtol=1e-5)
