"""Small models for a model server, written by TensorFlow alone, and the server that has them.

To run the conformance tests on a real server as well, write them to a folder, mount it at the same
path there, and name the server:

    python tests/serving/served_models.py /srv/conformance
    docker run --rm -p 8500:8500 -p 8501:8501 -v /srv/conformance:/srv/conformance \\
        tensorflow/serving --model_config_file=/srv/conformance/models.config
    TFS_GRPC_ADDR=localhost:8500 TFS_REST_ADDR=http://localhost:8501 \\
        python -m pytest tests/serving/test_server_grpc.py tests/serving/test_server_rest.py
"""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog
from tensorflow_serving.config.model_server_config_pb2 import ModelConfigList, ModelServerConfig

NUM_MELS = 4
WARM_UP = Path("assets.extra", "tf_serving_warmup_requests")


class _Vocoder(tf.Module):
    """A convolution over mels whose result is scaled, so that versions can be told apart."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        draws = np.random.default_rng(5)
        self.kernel = tf.Variable(scale * draws.normal(size=[3, NUM_MELS, 1]), dtype=tf.float32)

    @tf.function(input_signature=[tf.TensorSpec([None, None, NUM_MELS], tf.float32, name="mel")])
    def vocode(self, mel: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"audio": tf.nn.conv1d(mel, self.kernel, 1, "SAME")}

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, None], tf.float32, name="left"),
            tf.TensorSpec([None, None], tf.float32, name="right"),
        ]
    )
    def mix(self, left: tf.Tensor, right: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"sum": left + right, "difference": left - right}

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32, name="size")])
    def large(self, size: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"ones": tf.ones([1, size])}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64, name="steps")])
    def slow(self, steps: tf.Tensor) -> dict[str, tf.Tensor]:
        """Count, one step of a loop at a time."""
        body = lambda count: [count + 1]  # noqa: E731
        (count,) = tf.while_loop(lambda n: n < steps[0], body, [tf.constant(0, tf.int64)])
        return {"count": count[None]}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def spell(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        return {
            "upper": tf.strings.upper(text),
            "raw_bytes": text,
            "length": tf.strings.length(text),
        }

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    def halve(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"half": tf.cast(x / 2, tf.float16)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float16, name="x")])
    def widen(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"wide": tf.cast(x, tf.float32)}


def write_vocoder(folder: Path, scale: float = 1.0) -> Path:
    """Write a version of the vocoder, in one move."""
    module, partial = _Vocoder(scale), folder.with_name(f".{folder.name}.partial")
    names = ("mix", "large", "slow", "spell", "halve", "widen")
    signatures = {name: getattr(module, name) for name in names}
    tf.saved_model.save(module, str(partial), {"serving_default": module.vocode, **signatures})
    _add_default(partial / "saved_model.pb")
    return partial.rename(folder)


def _add_default(path: Path) -> None:
    """Add a signature like `mix` whose input `right` may be left out: it is 10 then."""
    saved_model = SavedModel.FromString(path.read_bytes())
    signatures = saved_model.meta_graphs[0].signature_def
    signatures["mix_ten"].CopyFrom(signatures["mix"])
    signatures["mix_ten"].defaults["right"].CopyFrom(tf.make_tensor_proto(np.float32([[10.0]])))
    path.write_bytes(saved_model.SerializeToString())


def vocoded(mel: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """What the vocoder makes of a mel [B, F, M], by NumPy."""
    kernel = np.float32(scale * np.random.default_rng(5).normal(size=[3, NUM_MELS, 1]))
    padded = np.pad(mel, [(0, 0), (1, 1), (0, 0)])
    return sum(padded[:, tap : tap + mel.shape[1]] @ kernel[tap] for tap in range(3))


def write_warm_up(folder: Path, mel: np.ndarray) -> None:
    """Give a version a request that it answers before anybody else's."""
    request = PredictRequest()
    request.model_spec.name = "vocoder"
    request.inputs["mel"].CopyFrom(tf.make_tensor_proto(mel))
    log = PredictionLog()
    log.predict_log.request.CopyFrom(request)
    (folder / WARM_UP).parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(folder / WARM_UP)) as writer:
        writer.write(log.SerializeToString())


def conformance_models(folder: Path) -> ModelConfigList:
    """Write the models of the conformance tests: `vocoder` with two versions, and `other`."""
    write_vocoder(folder / "vocoder" / "1")
    write_vocoder(folder / "vocoder" / "2", 2.0)
    write_vocoder(folder / "other" / "7", 7.0)
    models = ModelConfigList()
    for name in ("vocoder", "other"):
        models.config.add(name=name, base_path=str(folder / name), model_platform="tensorflow")
    vocoder = models.config[0]
    vocoder.model_version_policy.all.SetInParent()
    vocoder.version_labels["stable"], vocoder.version_labels["canary"] = 1, 2
    return models


if __name__ == "__main__":
    out = Path(sys.argv[1]).absolute()
    out.mkdir(parents=True)
    config = ModelServerConfig(model_config_list=conformance_models(out))
    (out / "models.config").write_text(str(config))
