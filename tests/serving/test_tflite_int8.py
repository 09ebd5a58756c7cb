"""TFLite files that compute in integers, files of fixed shapes, and what they are tried on."""

import numpy as np
import pytest
from tiny_vocoders import make_melgan

from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.errors import InputError
from tfgan_audio.models.wavegan import WaveGAN
from tfgan_audio.serving.backends import open_interpreter, open_tflite
from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.tflite import export_tflite
from tfgan_audio.serving.trial import Trial

LAYERS = ("CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED")


def no_judge(expected, found, sample_rate_hz) -> dict[str, float]:
    """Judge nothing."""
    return {}


def trial_of(original, recording: np.ndarray, judge=no_judge) -> Trial:
    """Two recordings, of one rate."""
    return Trial(original, [recording, 0.5 * recording[::-1]], original.sample_rate_hz, judge)


def kinds_of_layers(path) -> list[tuple[str, str]]:
    """What goes into each layer and what its kernel is, by type."""
    interpreter = open_interpreter(path)
    interpreter.allocate_tensors()
    types = {one["index"]: one["dtype"].__name__ for one in interpreter.get_tensor_details()}
    return [
        (
            types[one["inputs"][2 if one["op_name"] == "TRANSPOSE_CONV" else 0]],
            types[one["inputs"][1]],
        )
        for one in interpreter._get_ops_details()
        if one["op_name"] in LAYERS
    ]


def snr_db(expected: np.ndarray, found: np.ndarray) -> float:
    """How far the difference lies below the signal."""
    return 10 * np.log10(np.mean(expected**2) / np.mean((found - expected) ** 2))


@pytest.fixture(scope="module")
def vocoder():
    """A tiny MelGAN of sub-bands."""
    return make_melgan("sub-bands")


@pytest.fixture
def recording(rng) -> np.ndarray:
    """A second of noise that comes and goes."""
    return (0.2 * np.sin(np.arange(8000) / 900) * rng.standard_normal(8000)).astype(np.float32)


@pytest.mark.parametrize(("weights", "flowing"), [("int8", "float32"), ("int8-full", "int8")])
def test_layers_of_a_vocoder_compute_in_integers(
    vocoder, recording, tmp_path, weights: str, flowing: str
) -> None:
    exact, path = tmp_path / "exact.tflite", tmp_path / "a.tflite"
    export_tflite(vocoder, exact)
    trial = trial_of(open_tflite(exact), recording)
    figures = export_tflite(vocoder, path, weights, allow_loss=True, trial=trial)
    kinds = kinds_of_layers(path)
    assert set(kinds[:-2]) == {(flowing, "int8")}
    assert kinds[-2:] == 2 * [("float32", "float32")]  # the output layer, and the join of sub-bands
    mel = log_mel(recording[None], vocoder.features).numpy()[0]
    expected = vocoder.generator(mel[None]).numpy()[0, :, 0]
    for num_threads in (1, 2):
        found = open_tflite(path, num_threads).vocode(mel)
        assert 12 < snr_db(expected, found) < 80
    assert figures["snr_db"] < 80


@pytest.mark.parametrize("weights", ["int8", "int8-full"])
def test_an_enhancer_computes_in_integers(exported, speechlike, tmp_path, weights: str) -> None:
    path = tmp_path / "a.tflite"
    trial = trial_of(open_tflite(exported.tflite), speechlike)
    export_tflite(exported.model, path, weights, allow_loss=True, trial=trial)
    assert "int8" in {kernel for _, kernel in kinds_of_layers(path)}
    expected = exported.offline(speechlike)
    assert snr_db(expected, open_tflite(path).enhance(speechlike, 16000)) > 10


@pytest.mark.parametrize("num_classes", [0, 2])
def test_a_generator_of_sounds_needs_no_recordings(tmp_path, num_classes: int) -> None:
    """Also one whose labels do nothing yet, so that a layer gives zeros alone."""
    sizes = {"slice_samples": 256, "strides": (4, 4), "base_channels": 4, "latent_dim": 5}
    model = WaveGAN(**sizes, num_classes=num_classes)
    model.generator.set_weights([3 * weight for weight in model.generator.get_weights()])
    export_tflite(model, tmp_path / "exact.tflite")
    original = open_tflite(tmp_path / "exact.tflite")
    trial = Trial(original, [], 16000, no_judge)
    export_tflite(model, tmp_path / "a.tflite", "int8-full", allow_loss=True, trial=trial)
    sounds = open_tflite(tmp_path / "a.tflite").generate(3, seed=1)
    assert snr_db(np.stack(original.generate(3, seed=1)), np.stack(sounds)) > 10


def test_ranges_need_recordings(exported, tmp_path) -> None:
    with pytest.raises(InputError, match="weights: got int8-full, expected recordings"):
        export_tflite(exported.model, tmp_path / "a.tflite", "int8-full")
    assert not list(tmp_path.iterdir())


def test_what_sounds_worse_than_keras_is_refused(exported, speechlike, tmp_path) -> None:
    changes = iter([-0.11, -0.11, -0.09])

    def judge(expected, found, sample_rate_hz) -> dict[str, float]:
        assert [len(one) for one in found] == 2 * [len(speechlike)] and sample_rate_hz == 16000
        np.testing.assert_allclose(expected[0], exported.offline(speechlike), atol=1e-5)
        return {"dnsmos_ovrl_change": next(changes)}

    trial = trial_of(open_tflite(exported.tflite), speechlike, judge)
    path = tmp_path / "a.tflite"
    with pytest.raises(InputError, match=r"a change of DNSMOS OVRL by -0.11, expected at most 0.1"):
        export_tflite(exported.model, path, "float16", trial=trial)
    assert not list(tmp_path.iterdir())
    figures = export_tflite(exported.model, path, "float16", allow_loss=True, trial=trial)
    assert figures["dnsmos_ovrl_change"] == -0.11
    assert (
        export_tflite(exported.model, path, "float16", trial=trial)["dnsmos_ovrl_change"] == -0.09
    )


@pytest.mark.parametrize("kind", ["full band", "causal", "causal sub-bands"])
@pytest.mark.parametrize("num_frames", [1, 7])
def test_a_vocoder_in_steps_equals_keras(rng, tmp_path, kind: str, num_frames: int) -> None:
    """Driven by hand, with nothing but what the file says of itself."""
    model, path = make_melgan(kind), tmp_path / "a.tflite"
    export_tflite(model, path, fixed=num_frames)
    step = open_interpreter(path).get_signature_runner("step")
    before, after = model.receptive_frames
    quiet, hop = quiet_frame(model.features), model.hop_samples
    mel = (quiet + rng.uniform(0, 3, [35, len(quiet)])).astype(np.float32)
    ends = np.tile(quiet, [before, 1]), np.tile(quiet, [after + 70, 1])
    around = np.concatenate([ends[0], mel, ends[1]])
    expected = model.generator(around[None]).numpy()[0, before * hop :, 0]
    state = {"history": np.tile(quiet, [1, before + after, 1])}
    samples, coming = [], np.concatenate([mel, ends[1]])
    for start in range(0, 70, num_frames):
        state = step(mel=coming[None, start : start + num_frames], **state)
        samples.append(state.pop("waveform")[0, :, 0])
    late = after * hop
    found = np.concatenate(samples)[late:]
    np.testing.assert_allclose(found[: 35 * hop], expected[: 35 * hop], atol=1e-5)
    opened = open_tflite(path).vocode(mel)
    np.testing.assert_allclose(opened, expected[: 35 * hop], atol=1e-5)


def test_shapes_are_fixed(exported, speechlike, tmp_path) -> None:
    path = tmp_path / "a.tflite"
    export_tflite(exported.model, path, fixed=1)
    for detail in open_interpreter(path).get_input_details():
        assert (detail["shape_signature"] > 0).all()
    found = open_tflite(path).enhance(speechlike, 16000)
    np.testing.assert_allclose(found, exported.offline(speechlike), atol=1e-5)
    with pytest.raises(InputError, match="fixed: got 2, expected 1 for models other than a MelGAN"):
        export_tflite(exported.model, path, fixed=2)
