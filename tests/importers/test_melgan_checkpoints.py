"""MelGANs of every make, against a second implementation; and what is refused."""

import json
import logging

import keras
import numpy as np
import pytest
from melgan_checkpoints import (
    CAUSAL,
    NUM_MELS,
    OFFICIAL,
    USUAL,
    config_of,
    make_signals,
    networks,
    statistics,
    write_official,
    write_parallel_wavegan,
)
from torch_files import save_torch

from tfgan_audio.errors import InputError
from tfgan_audio.importers.checkpoints import import_checkpoint, recipe

# Every one is a generator and a discriminator that differ from the usual ones.
MAKES = {
    "usual": {},
    "sub-bands": {"bands": 4, "factors": (2, 2), "scales": 1},
    "causal": {**CAUSAL, "judge_strides": (2, 2, 4), "judge_channels": 8},
    "causal sub-bands": {**CAUSAL, "bands": 4, "factors": (3, 2), "way": "plain"},
    "eight sub-bands": {"bands": 8, "factors": (2, 2), "scales": 1},
    "odd factors": {"factors": (3, 5, 2), "channels": 24, "judge_kernel_sizes": (3, 5)},
    "one upsampling": {"factors": (6,), "judge_max_channels": 8, "judge_channels": 8},
    "more layers": {"stacks": 4, "factors": (4, 4), "scales": 3},
    "wide dilated kernels": {"stack_kernel_size": 5, "kernel_size": 3, "stacks": 1},
    "no weight norm": {"way": "plain"},
    "newer names": {"way": "parametrizations"},
    "neither biases nor tanh": {"bias": False, "tanh": False},
}
ALL = [*((make, False) for make in MAKES), ("usual", True), ("causal", True)]
OFFICIAL_MAKES = ("usual", "odd factors", "one upsampling", "more layers", "no weight norm")
ALL_OFFICIAL = [*((make, False) for make in (*OFFICIAL_MAKES, "newer names")), ("usual", True)]


def turned(signal: np.ndarray) -> np.ndarray:
    """[B, C, T] as [B, T, C] and back."""
    return np.swapaxes(signal, 1, 2)


def assert_same_networks(model, make: dict, bands: np.ndarray, maps: list) -> None:
    """Compare what both networks compute with the second implementation."""
    mel, waveform = map(turned, make_signals(make))
    found = model.sub_band_generator(mel)
    assert 0.02 < np.std(bands) < 3.0
    np.testing.assert_allclose(found, turned(bands), rtol=0, atol=1e-5 * np.abs(bands).max())
    scales = model.discriminator(waveform)
    assert [len(scale) for scale in scales] == [len(scale) for scale in maps]
    for one, other in zip(sum(map(list, scales), []), sum(maps, []), strict=True):
        np.testing.assert_allclose(one, turned(other), rtol=0, atol=1e-5 * np.abs(other).max())


@pytest.mark.parametrize(("make", "is_legacy"), ALL)
def test_every_make_of_parallel_wavegan(tmp_path, make: str, is_legacy: bool) -> None:
    make = {**USUAL, **MAKES[make]}
    expected = write_parallel_wavegan(tmp_path, make, is_legacy=is_legacy)
    model = import_checkpoint("parallel-wavegan", tmp_path)
    assert_same_networks(model, make, *expected)
    mean, scale = statistics().astype(np.float32)
    np.testing.assert_allclose(model.features.mean, mean, rtol=1e-6)
    np.testing.assert_allclose(model.features.scale, scale, rtol=1e-6)
    assert (model.features.fmin_hz, model.features.fmax_hz) == (80.0, 3800.0)
    assert (model.features.sample_rate_hz, model.features.window_samples) == (8000, 64)


@pytest.mark.parametrize(("make", "is_legacy"), ALL_OFFICIAL)
def test_every_make_of_the_official_code(tmp_path, make: str, is_legacy: bool) -> None:
    make = {**USUAL, **MAKES[make], **OFFICIAL}
    expected = write_official(tmp_path, make, is_legacy=is_legacy)
    model = import_checkpoint("melgan-official", tmp_path)
    assert_same_networks(model, make, *expected)
    assert model.features.num_mels == NUM_MELS and model.sample_rate_hz == 22050
    assert model.hop_samples == np.prod(make["factors"])


def test_how_training_goes_on(tmp_path) -> None:
    """The checkpoint's optimizers, and the configuration's losses in our terms."""
    config = config_of(USUAL) | {
        "generator_grad_norm": 10,
        "discriminator_grad_norm": -1,
        "discriminator_train_start_steps": 100,
    }
    write_parallel_wavegan(tmp_path, config=config)
    model = import_checkpoint("parallel-wavegan", tmp_path)
    assert model.objective.name == "lsgan"
    weights = {name: weight for name, weight in model.term_weights.items() if weight}
    # Theirs is the mean over two scales, ours the sum; of feature maps both take means.
    assert weights == {"adversarial": 1.25, "feature_matching": 10.0}
    assert model.adversarial_start_step == 30
    for optimizer, norm in (
        (model.generator_optimizer, 10.0),
        (model.discriminator_optimizer, None),
    ):
        settings = optimizer.get_config()
        assert settings["learning_rate"] == pytest.approx(3e-4)
        assert (settings["beta_1"], settings["beta_2"]) == (0.8, 0.99)
        assert (settings["epsilon"], settings["amsgrad"]) == (1e-7, True)
        assert settings["global_clipnorm"] == norm


TRAINED = {
    "batch_size": 6,
    "batch_max_steps": 1003,
    "generator_optimizer_type": "Adam",
    "generator_optimizer_params": {"lr": 1e-3, "eps": 1e-8, "amsgrad": False, "weight_decay": 0.0},
    "generator_grad_norm": -1,
    "discriminator_optimizer_type": "Adam",
    "discriminator_optimizer_params": {"lr": 1e-3},
    "trim_silence": False,
    "global_gain_scale": 1.0,
}


def test_what_a_configuration_says_of_the_data(tmp_path, caplog) -> None:
    """Recordings keep their level; a segment is cut to whole frames of 8 samples."""
    write_parallel_wavegan(tmp_path, config=config_of(USUAL) | TRAINED)
    found = recipe("parallel-wavegan", tmp_path, {})
    assert sorted(found) == [
        "data.gain=[1.0, 1.0]",
        'data.normalize="none"',
        "data.segment_samples=1000",
        "train.batch_size=6",
    ]
    assert not caplog.records
    given = recipe("parallel-wavegan", tmp_path, {"config": {"hop_size": 4, **TRAINED}})
    assert "data.segment_samples=1000" in given


def test_what_no_key_can_say_is_told_in_one_line(tmp_path, caplog) -> None:
    changes = {
        "generator_optimizer_type": "RAdam",
        "generator_optimizer_params": {"eps": 1e-6},
        "generator_grad_norm": 10,
        "generator_scheduler_type": "MultiStepLR",
        "discriminator_optimizer_params": {"amsgrad": True},
        "trim_silence": True,
        "stft_loss_params": {"fft_sizes": [1024, 2048, 512], "hop_sizes": [100, 200, 50]},
    }
    write_parallel_wavegan(tmp_path, config=config_of(USUAL) | TRAINED | changes)
    recipe("parallel-wavegan", tmp_path, {})
    (record,) = caplog.records
    named = record.getMessage().split("a run does without: ")[1]
    assert named == (
        "generator_optimizer_type RAdam, generator_optimizer_params.eps 1e-06, "
        "generator_grad_norm 10, generator_scheduler_type MultiStepLR, "
        "discriminator_optimizer_params.amsgrad True, trim_silence True, "
        "stft_loss_params.hop_sizes [100, 200, 50]"
    )


def test_what_the_official_options_say_of_the_data(tmp_path) -> None:
    write_official(tmp_path, {**USUAL, **OFFICIAL})
    assert recipe("melgan-official", tmp_path, {}) == []
    (tmp_path / "args.yml").write_text("batch_size: 16\nseq_len: 8192\nepochs: 3000\n")
    found = recipe("melgan-official", tmp_path / "netG.pt", {})
    assert found == ["train.batch_size=16", "data.segment_samples=8192"]
    (tmp_path / "args.yml").write_text("batch_size: many\n")
    with pytest.raises(InputError, match="args.yml: batch_size: got many, expected a whole number"):
        recipe("melgan-official", tmp_path, {})


@pytest.mark.parametrize(
    ("changes", "weights"),
    [
        ({"use_feat_match_loss": False, "use_stft_loss": True}, {"multi_resolution_stft": 1.0}),
        (
            {"use_stft_loss": True, "use_subband_stft_loss": True, "lambda_aux": 3.0},
            {"multi_resolution_stft": 1.5, "sub_band_stft": 1.5, "feature_matching": 10.0},
        ),
        ({"use_mel_loss": True, "lambda_aux": 45}, {"mel_l1": 45.0, "feature_matching": 10.0}),
        (
            {"feat_match_loss_params": {"average_by_layers": False}},
            {"feature_matching": 40.0},  # four maps
        ),
        (
            {"generator_adv_loss_params": {"average_by_discriminators": False}},
            {"adversarial": 2.5, "feature_matching": 10.0},
        ),
    ],
)
def test_weights_of_losses(tmp_path, changes: dict, weights: dict) -> None:
    make = {**USUAL, "bands": 4, "factors": (2, 2)}
    write_parallel_wavegan(tmp_path, make, config_of(make) | changes)
    model = import_checkpoint("parallel-wavegan", tmp_path)
    found = {name: weight for name, weight in model.term_weights.items() if weight}
    assert found == {"adversarial": 1.25} | weights


@pytest.mark.parametrize(
    "kind", ["melgan-official", pytest.param("parallel-wavegan", marks=pytest.mark.slow)]
)
def test_what_is_imported_trains_and_is_saved(tmp_path, kind: str) -> None:
    small = {"stacks": 1, "judge_strides": (4,)}
    if kind == "parallel-wavegan":
        make = {**USUAL, **small, "bands": 4, "factors": (4,)}
        losses = {"use_stft_loss": True, "use_subband_stft_loss": True}
        write_parallel_wavegan(tmp_path, make, config_of(make) | losses)
        num_frames = 90
    else:
        make = {**USUAL, **small, **OFFICIAL}
        write_official(tmp_path, make)
        num_frames = 33
    model = import_checkpoint(kind, tmp_path)
    mel = turned(make_signals(make, num_frames)[0])
    waveform = np.random.default_rng(1).normal(0, 0.1, [2, num_frames * model.hop_samples, 1])
    before = [weight.numpy() for weight in model.trainable_weights]
    logs = model.fit(mel, waveform.astype(np.float32), batch_size=2, verbose=0).history
    assert np.isfinite(list(logs.values())).all()
    assert set(logs) >= {f"g_{name}" for name, weight in model.term_weights.items() if weight}
    moved = [np.abs(weight - old).max() > 0 for weight, old in zip(model.trainable_weights, before)]
    assert np.mean(moved) > 0.95
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.generator(mel), model.generator(mel))
    for one, other in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("changes", "cutoff"),
    [
        ({}, 0.142),
        ({"version": None}, 0.15),
        ({"version": "0.4.2"}, 0.15),
        ({"version": "0.4.2a"}, 0.142),
        ({"version": "0.4.3"}, 0.142),
        ({"version": "0.3.9"}, 0.15),
        ({"version": "0.10.0"}, 0.142),
        ({"version": 0.4}, 0.15),
        ({"version": "0.4", "pqmf_params": {"cutoff_ratio": 0.1425}}, 0.1425),
        ({"version": "0.4", "pqmf_params": {"taps": 62, "beta": 9.0}}, 0.142),
    ],
)
def test_filter_bank_of_each_version(tmp_path, caplog, changes: dict, cutoff: float) -> None:
    make = {**USUAL, **MAKES["sub-bands"]}
    config = {k: v for k, v in (config_of(make) | changes).items() if v is not None}
    write_parallel_wavegan(tmp_path, make, config)
    model = import_checkpoint("parallel-wavegan", tmp_path)
    assert model.sizes.pqmf_cutoff == cutoff
    assert ("cutoff 0.15" in caplog.text) == (cutoff == 0.15)


def test_statistics_wherever_they_are(tmp_path, caplog) -> None:
    """A file is named or beside, or the state has them; without any it is said."""
    import h5py

    write_parallel_wavegan(tmp_path)
    known = import_checkpoint("parallel-wavegan", tmp_path).features
    (tmp_path / "stats.npy").rename(tmp_path / "other.npy")
    caplog.clear()
    unknown = import_checkpoint("parallel-wavegan", tmp_path).features
    assert unknown.mean is None and unknown.normalised_elsewhere and not known.normalised_elsewhere
    assert "no stats.h5 or stats.npy" in caplog.text
    given = import_checkpoint("parallel-wavegan", tmp_path, stats=tmp_path / "other.npy")
    assert given.features == known
    with h5py.File(tmp_path / "stats.h5", "w") as file:
        mean, scale = np.load(tmp_path / "other.npy")
        file["mean"], file["scale"] = mean, 2 * scale
    beside = import_checkpoint("parallel-wavegan", tmp_path).features
    np.testing.assert_allclose(beside.scale, 2 * np.array(known.scale))
    assert beside.mean == known.mean and beside.fingerprint() != known.fingerprint()


def test_statistics_in_the_state(tmp_path) -> None:
    write_parallel_wavegan(tmp_path)
    (tmp_path / "stats.npy").unlink()
    state, judge_state, _, _ = networks(USUAL)
    mean, scale = statistics().astype(np.float32)
    state |= {"mean": mean, "scale": scale}
    content = {"model": {"generator": state, "discriminator": judge_state}}
    save_torch(tmp_path / "checkpoint-90steps.pkl", content)
    model = import_checkpoint("parallel-wavegan", tmp_path)
    np.testing.assert_array_equal(np.float32(model.features.mean), mean)
    assert model.generator_optimizer.get_config()["learning_rate"] == pytest.approx(1e-4)


def test_the_checkpoint_of_most_steps(tmp_path) -> None:
    write_parallel_wavegan(tmp_path)
    save_torch(tmp_path / "checkpoint-9steps.pkl", {"not": "this"})
    import_checkpoint("parallel-wavegan", tmp_path)
    save_torch(tmp_path / "checkpoint-100steps.pkl", {"not": "this"})
    with pytest.raises(InputError, match="checkpoint-100steps.pkl: got no networks below model"):
        import_checkpoint("parallel-wavegan", tmp_path)


@pytest.mark.parametrize("named", ["given", "file"])
def test_a_configuration_from_elsewhere(tmp_path, named: str) -> None:
    write_parallel_wavegan(tmp_path)
    (tmp_path / "config.yml").rename(tmp_path / "other.yaml")
    with pytest.raises(InputError, match="config.yml: got No such file"):
        import_checkpoint("parallel-wavegan", tmp_path)
    config = config_of(USUAL) if named == "given" else str(tmp_path / "other.yaml")
    model = import_checkpoint("parallel-wavegan", tmp_path, config=config)
    assert model.sizes.base_channels == USUAL["channels"]


def test_discriminators_of_another_kind_are_drawn_ones(tmp_path, caplog) -> None:
    config = config_of(USUAL) | {"discriminator_type": "ParallelWaveGANDiscriminator"}
    expected, _ = write_parallel_wavegan(tmp_path, config=config)
    model = import_checkpoint("parallel-wavegan", tmp_path)
    found = model.generator(turned(make_signals(USUAL)[0]))
    np.testing.assert_allclose(found, turned(expected), atol=1e-5)
    assert "no MelGANMultiScaleDiscriminator" in caplog.text


def test_features_that_are_given(tmp_path) -> None:
    """Where the hop is odd, a half of what it leaves cannot be padded."""
    make = {**USUAL, **OFFICIAL, "factors": (3, 5)}
    write_official(tmp_path, make)
    with pytest.raises(InputError, match="hop_samples: got 15, .*; or the hint features"):
        import_checkpoint("melgan-official", tmp_path)
    fields = {"num_mels": NUM_MELS, "hop_samples": 15, "centring": "centre", "log_base": "e"}
    model = import_checkpoint("melgan-official", tmp_path, features=fields)
    assert (model.features.centring, model.features.log_base) == ("centre", "e")
    with pytest.raises(InputError, match="got 3 x 5 = 15, expected the features' hop_samples, 256"):
        import_checkpoint("melgan-official", tmp_path, features="hifigan")


def test_without_their_file_the_discriminators_are_drawn_ones(tmp_path) -> None:
    write_official(tmp_path, {**USUAL, **OFFICIAL}, judged=False)
    model = import_checkpoint("melgan-official", tmp_path)
    assert model.sizes.num_scales == 3 and model.sizes.discriminator_max_channels == 1024


def namespace(**entries) -> str:
    """An args.yml as the official code dumps it."""
    lines = [f"{name}: {json.dumps(value)}" for name, value in entries.items()]
    path = "data_path: !!python/object/apply:pathlib.PosixPath\n- /\n- data"
    return "\n".join(["!!python/object:argparse.Namespace", *lines, path, ""])


def test_options_of_the_official_code(tmp_path) -> None:
    make = {**USUAL, **OFFICIAL}
    write_official(tmp_path, make)
    known = {"n_mel_channels": 6, "ngf": 4, "n_residual_layers": 2, "ndf": 4, "num_D": 2}
    (tmp_path / "args.yml").write_text(namespace(**known, n_layers_D=2, lambda_feat=5))
    model = import_checkpoint("melgan-official", tmp_path)
    # Their sum is weighted with 4 / 3 a map and 1 / 2 a scale; a mean of 4 maps is 4 times less.
    assert model.term_weights["feature_matching"] == pytest.approx(5 * 4 / 3 * 4)


@pytest.mark.parametrize(
    ("entries", "seen"),
    [
        ({"ngf": 8}, "args.yml: ngf: got 8, expected 4 by"),
        ({"n_residual_layers": 3}, "n_residual_layers: got 3, expected 2"),
        ({"num_D": 3}, "num_D: got 3, expected 2"),
        ({"n_layers_D": "two"}, "n_layers_D: got two, expected a whole number"),
        ({"n_mel_channels": 80}, "n_mel_channels: got 80, expected 6"),
        ({"lambda_feat": True}, "lambda_feat: got True, expected a finite number"),
    ],
)
def test_options_that_contradict_the_official_weights(tmp_path, entries: dict, seen: str) -> None:
    write_official(tmp_path, {**USUAL, **OFFICIAL})
    (tmp_path / "args.yml").write_text(namespace(**entries))
    with pytest.raises(InputError) as caught:
        import_checkpoint("melgan-official", tmp_path)
    assert seen in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"channels": 32}, "melgan.1.weight_v: got shape [16, 6, 7], expected [32, 6, 7]"),
        ({"stacks": 3}, "no variable melgan."),
        ({"stacks": 1}, "no variable melgan."),
        ({"upsample_scales": [2, 4]}, "melgan.3.weight_v: got shape"),
        ({"upsample_scales": [4, 4]}, "upsample_factors: got 4 x 4 = 16, expected the features'"),
        ({"upsample_scales": "4"}, "upsample_scales: got 4, expected a list"),
        ({"use_causal_conv": True}, "no variable melgan.0.conv.weight_v"),
        ({"use_causal_conv": "yes"}, "use_causal_conv: got yes, expected true or false"),
        ({"kernel_size": 6}, "kernel_size: got 6, expected odd"),
        ({"in_channels": 80}, "in_channels: got 80, expected 6"),
        ({"pad": "ReplicationPad1d"}, "pad: got ReplicationPad1d, expected ReflectionPad1d"),
        ({"nonlinear_activation": "ELU"}, "nonlinear_activation: got ELU, expected LeakyReLU"),
        ({"nonlinear_activation_params": {"negative_slope": 0.1}}, "expected {'negative_slope'"),
        ({"aux_channels": 80}, "aux_channels: got an unknown option"),
    ],
)
def test_configurations_that_contradict_the_weights(tmp_path, changes: dict, seen: str) -> None:
    config = config_of(USUAL)
    config["generator_params"] |= changes
    write_parallel_wavegan(tmp_path, config=config)
    with pytest.raises(InputError) as caught:
        import_checkpoint("parallel-wavegan", tmp_path)
    assert seen in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"generator_type": "HiFiGANGenerator"}, "generator_type: got HiFiGANGenerator"),
        ({"generator_type": None}, "generator_type: got ParallelWaveGANGenerator"),
        ({"hop_size": 16}, "upsample_factors: got 4 x 2 = 8, expected the features'"),
        ({"hop_size": None}, "config.yml: got no entry hop_size"),
        ({"num_mels": 80}, "mean: got 6 values, expected 80"),
        ({"sampling_rate_for_feats": 16000}, "sampling_rate_for_feats: got 16000"),
        ({"window": "hamming"}, "window: got hamming, expected hann"),
        ({"fmax": 9000}, "config.yml: fmax_hz: got 9000"),
        ({"win_length": 65}, "config.yml: window_samples: got 65"),
        ({"generator_params": [1]}, "generator_params: got [1], expected entries by name"),
        ({"discriminator_params": {"scales": 3, "channels": 4}}, "discriminators.0"),
        ({"discriminator_params": {"downsample_pooling": "MaxPool1d"}}, "got MaxPool1d"),
        ({"generator_adv_loss_params": {"loss_type": "bce"}}, "loss_type: got bce"),
        ({"use_subband_stft_loss": True}, "sub_band_stft_weight"),
    ],
)
def test_configurations_of_other_models(tmp_path, changes: dict, seen: str) -> None:
    config = {k: v for k, v in (config_of(USUAL) | changes).items() if v is not None}
    write_parallel_wavegan(tmp_path, config=config)
    with pytest.raises(InputError) as caught:
        import_checkpoint("parallel-wavegan", tmp_path)
    assert seen in str(caught.value) and "\n" not in str(caught.value)


class _Command:
    """What a pickle can do when it is read by anyone else."""

    def __reduce__(self):
        return eval, ("open('harm', 'w').close()",)


@pytest.mark.parametrize("is_legacy", [False, True])
@pytest.mark.parametrize("kind", ["melgan-official", "parallel-wavegan"])
def test_a_pickle_that_runs_something_is_refused(tmp_path, monkeypatch, kind, is_legacy) -> None:
    monkeypatch.chdir(tmp_path)
    write_parallel_wavegan(tmp_path)
    content = {"model": {"generator": {"a": np.zeros(3, np.float32), "b": _Command()}}}
    save_torch(tmp_path / "netG.pt", content, is_legacy)
    with pytest.raises(InputError, match="expected tensors and plain containers only"):
        import_checkpoint(kind, tmp_path / "netG.pt")
    assert not (tmp_path / "harm").exists()


def test_what_is_no_checkpoint_of_the_official_code(tmp_path, rng) -> None:
    write_official(tmp_path, {**USUAL, **OFFICIAL})
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.pt").write_text("not a checkpoint")
    (tmp_path / "cut.pt").write_bytes((tmp_path / "netG.pt").read_bytes()[:3000])
    save_torch(tmp_path / "list.pt", [1, 2])
    other = {"encoder.weight": rng.standard_normal([3, 4, 5]).astype(np.float32)}
    save_torch(tmp_path / "other.pt", other)
    save_torch(tmp_path / "dense.pt", {"dense.weight": np.ones([3, 4], np.float32)})
    write_parallel_wavegan(tmp_path)
    for name, seen in {
        "nowhere": "nothing there",
        "netD.pt": "a discriminator's checkpoint, expected the generator's",
        "empty": "no generator's checkpoint in it, expected best_netG.pt or netG.pt",
        "text.pt": "expected a file of torch.save that is whole",
        "cut.pt": "expected a file of torch.save that is whole",
        "list.pt": "no tensors by name",
        "other.pt": "weights such as encoder.weight",
        "dense.pt": "weights such as dense.weight_g",
        "checkpoint-70steps.pkl": "model, which is no tensor, expected the weights of the official",
    }.items():
        with pytest.raises(InputError) as caught:
            import_checkpoint("melgan-official", tmp_path / name)
        assert seen in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_no_checkpoint_of_parallel_wavegan(tmp_path) -> None:
    write_parallel_wavegan(tmp_path)
    write_official(tmp_path, {**USUAL, **OFFICIAL})
    (tmp_path / "empty").mkdir()
    for name, seen in {
        "netG.pt": "no networks below model, expected a checkpoint of ParallelWaveGAN's training",
        "empty": "no checkpoint in it",
        "stats.npy": "expected a file of torch.save that is whole",
    }.items():
        with pytest.raises(InputError) as caught:
            import_checkpoint("parallel-wavegan", tmp_path / name)
        assert seen in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        (np.ones([2, 7]), "mean: got 7 values, expected 6"),
        (np.ones([3, 6]), "another file or a damaged one"),
        (np.zeros([2, 6]), "scale: got a value that is not usable"),
        (np.full([2, 6], np.nan), "values that do not fit each other"),
        (np.array([{}, {}]), "another file or a damaged one"),
    ],
)
def test_statistics_that_do_not_fit(tmp_path, values: np.ndarray, seen: str) -> None:
    write_parallel_wavegan(tmp_path)
    np.save(tmp_path / "stats.npy", values, allow_pickle=True)
    with pytest.raises(InputError) as caught:
        import_checkpoint("parallel-wavegan", tmp_path)
    assert seen in str(caught.value) and "\n" not in str(caught.value)


def test_weights_that_are_not_finite(tmp_path) -> None:
    make = {**USUAL, **OFFICIAL, "way": "plain"}
    write_official(tmp_path, make)
    state = networks(make)[0]
    state["model.1.weight"][0, 0, 0] = np.nan
    save_torch(tmp_path / "netG.pt", state)
    with pytest.raises(InputError, match="NaN or infinity, expected finite weights"):
        import_checkpoint("melgan-official", tmp_path)


def test_a_kernel_of_zeros_stays_silent(tmp_path) -> None:
    """It has no direction, so that a division by its norm would give NaN."""
    make = {**USUAL, **OFFICIAL, "way": "plain"}
    write_official(tmp_path, make)
    state = networks(make)[0]
    state["model.1.weight"][:] = 0.0
    save_torch(tmp_path / "netG.pt", state)
    model = import_checkpoint("melgan-official", tmp_path)
    assert not np.any(model.generator.get_layer("first").kernel)


def test_messages_do_not_go_through_warnings(tmp_path, caplog) -> None:
    """They are records of a log, so that a program may show them in its own way."""
    write_parallel_wavegan(tmp_path)
    (tmp_path / "stats.npy").unlink()
    with caplog.at_level(logging.WARNING, "tfgan_audio"):
        import_checkpoint("parallel-wavegan", tmp_path)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
