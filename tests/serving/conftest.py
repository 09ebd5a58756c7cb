"""Makes the small model of this folder importable by its tests, and exports it once for all."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_segan import Exported, make_model

from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.tflite import export_tflite


@pytest.fixture(scope="session")
def exported(tmp_path_factory) -> Exported:
    """The small model and its artefacts, made once."""
    folder = tmp_path_factory.mktemp("exported")
    model, saved_model, tflite = make_model(), folder / "segan" / "1", folder / "segan.tflite"
    return Exported(
        model,
        saved_model,
        tflite,
        export_saved_model(model, saved_model),
        export_tflite(model, tflite),
    )


@pytest.fixture
def speechlike(rng) -> np.ndarray:
    """1.3 s of noise whose level changes, at 16 kHz."""
    envelope = np.abs(np.sin(np.arange(20_800) / 1500))
    return (0.3 * envelope * rng.standard_normal(20_800)).astype(np.float32)


@pytest.fixture(scope="session")
def tiny_melgan(tmp_path_factory) -> Path:
    """The file of a MelGAN at 16 kHz."""
    from tfgan_audio.audio.features import MelFeatures
    from tfgan_audio.models.melgan import MelGAN

    path = tmp_path_factory.mktemp("melgan") / "melgan.keras"
    features = MelFeatures(sample_rate_hz=16000, fft_samples=512, window_samples=512, num_mels=8)
    sizes = {"base_channels": 16, "num_scales": 1, "discriminator_max_channels": 64}
    MelGAN(features=features, **sizes).save(path)
    return path


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    """An embedded server with the models of the conformance tests."""
    from served_models import conformance_models

    from tfgan_audio.serving.server.embedded import Server, ServerOptions

    models = conformance_models(tmp_path_factory.mktemp("models"))
    with Server(models, ServerOptions(grpc_port=0, rest_port=0, poll_seconds=0.05)) as server:
        yield server


@pytest.fixture(scope="session", params=["embedded", "real"])
def grpc_address(request) -> str:
    """Where a server speaks gRPC: the embedded one, and a real one where it is named."""
    if request.param == "embedded":
        return request.getfixturevalue("embedded").grpc_address
    if "TFS_GRPC_ADDR" not in os.environ:
        pytest.skip("needs TFS_GRPC_ADDR, see served_models.py")
    return os.environ["TFS_GRPC_ADDR"]


@pytest.fixture(scope="session", params=["embedded", "real"])
def rest_address(request) -> str:
    """The same for REST."""
    if request.param == "embedded":
        return request.getfixturevalue("embedded").rest_address
    if "TFS_REST_ADDR" not in os.environ:
        pytest.skip("needs TFS_REST_ADDR, see served_models.py")
    return os.environ["TFS_REST_ADDR"]
