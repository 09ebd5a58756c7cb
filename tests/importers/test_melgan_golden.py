"""MelGAN, imported: what stands beside the weights; the networks have a file of tests of their own.

The networks' outputs, losses and a training step: test_melgan_networks_golden.py.
"""

import numpy as np
import pytest
import soundfile

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.importers.checkpoints import import_checkpoint

pytestmark = pytest.mark.golden


def turned(signal: np.ndarray) -> np.ndarray:
    """[B, C, T] as [B, T, C]."""
    return signal.transpose(0, 2, 1)


def assert_close(found, expected: np.ndarray) -> None:
    """Compare within 1e-5 of the peak, as the goldens' README asks for."""
    assert expected.std() > 1e-3
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("path", ["best_netG.pt", "legacy_pickle", "legacy_pickle/best_netG.pt"])
def test_whatever_the_path_names(golden_dir, path: str) -> None:
    model = import_checkpoint("melgan-official", golden_dir / "melgan_official")
    other = import_checkpoint("melgan-official", golden_dir / "melgan_official" / path)
    for one, another in zip(model.weights, other.weights, strict=True):
        np.testing.assert_array_equal(one, another)
    assert model.features == other.features == MelFeatures.preset("melgan_official")
    assert model.term_weights == other.term_weights


def test_fewer_frames_than_the_official_code_takes(golden_dir) -> None:
    """Reflections that reach beyond the other end turn round there."""
    arrays = np.load(golden_dir / "melgan_official" / "arrays.npz")
    model = import_checkpoint("melgan-official", golden_dir / "melgan_official")
    assert arrays["frames_below_4_that_run"].size == 0
    for num_frames in (1, 2, 3):
        waveform = model(turned(arrays["mel"])[:, :num_frames]).numpy()
        assert waveform.shape == (2, num_frames * 256, 1)
        assert np.isfinite(waveform).all() and waveform.std() > 1e-3


@pytest.mark.parametrize(("folder", "num_frames"), [("pwg_melgan", 40), ("pwg_mb_melgan", 20)])
def test_raw_mels_of_parallel_wavegan(golden_dir, folder: str, num_frames: int) -> None:
    """Normalised by the statistics that lie beside the checkpoint."""
    arrays = np.load(golden_dir / folder / "arrays.npz")
    model = import_checkpoint("parallel-wavegan", golden_dir / folder)
    mean, scale = (np.float32(values) for values in (model.features.mean, model.features.scale))
    mel = (arrays[f"c_raw_T{num_frames}"] - mean) / scale
    expected = arrays[f"inference_raw_normalize_before_T{num_frames}"]
    assert_close(model(mel[None])[0], expected)


@pytest.mark.parametrize("folder", ["pwg_melgan", "pwg_mb_melgan"])
def test_mels_of_the_imported_features(golden_dir, folder: str) -> None:
    """From their own recording to the mel that their generator was trained on."""
    arrays = np.load(golden_dir / folder / "arrays.npz")
    features = import_checkpoint("parallel-wavegan", golden_dir / folder).features
    waveform, rate = soundfile.read(golden_dir / folder / "wave_in.wav")
    assert features.sample_rate_hz == rate
    mel = log_mel(waveform[None], features)[0].numpy()
    # Theirs trims silence first; where nothing is cut, as in the middle, all is the same.
    expected = arrays["feats_norm"]
    offsets = range(len(mel) - len(expected) + 1)
    distances = [np.abs(mel[k:][5 : len(expected) - 5] - expected[5:-5]).max() for k in offsets]
    assert min(distances) < 1e-4


def test_how_parallel_wavegan_goes_on(golden_dir) -> None:
    """Its configurations' losses, and the optimizers as the checkpoints have them."""
    model = import_checkpoint("parallel-wavegan", golden_dir / "pwg_melgan")
    weights = {name: weight for name, weight in model.term_weights.items() if weight}
    assert weights == {
        "adversarial": pytest.approx(4 / 3),  # the mean over three scales, 4 times
        "feature_matching": 100.0,
        "multi_resolution_stft": 1.0,
    }
    optimizers = model.generator_optimizer, model.discriminator_optimizer
    assert [one.global_clipnorm for one in optimizers] == [10.0, 1.0]
    assert [float(one.learning_rate) for one in optimizers] == pytest.approx([1e-4, 5e-5])

    model = import_checkpoint("parallel-wavegan", golden_dir / "pwg_mb_melgan")
    weights = {name: weight for name, weight in model.term_weights.items() if weight}
    assert weights == {
        "adversarial": pytest.approx(2.5 / 3),
        "multi_resolution_stft": 0.5,
        "sub_band_stft": 0.5,
    }
    optimizers = model.generator_optimizer, model.discriminator_optimizer
    assert [one.amsgrad for one in optimizers] == [True, True]
    assert [float(one.learning_rate) for one in optimizers] == pytest.approx([1e-3, 1e-3])
    assert model.objective.name == "lsgan" and model.adversarial_start_step == 0
