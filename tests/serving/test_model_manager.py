"""Versions come, go, fail and are labelled, with real models on the disk."""

import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from served_models import NUM_MELS, WARM_UP, vocoded, write_vocoder, write_warm_up
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.config.model_server_config_pb2 import ModelConfigList

from tfgan_audio.serving.server.manager import ModelManager
from tfgan_audio.serving.server.predict import predict
from tfgan_audio.serving.server.version import State
from tfgan_audio.serving.status import StatusError

MEL = np.random.default_rng(1).normal(size=[1, 5, NUM_MELS]).astype(np.float32)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Three versions of the vocoder, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    for number in (1, 2, 3):
        write_vocoder(folder / str(number), number)
    return folder


@pytest.fixture
def base_path(tmp_path) -> Path:
    """The folder that a server looks at."""
    path = tmp_path / "vocoder"
    path.mkdir()
    return path


@pytest.fixture
def manager():
    """A manager that tries once."""
    manager = ModelManager(num_retries=0)
    yield manager
    manager.close()


def listed(base_path: Path, name: str = "vocoder", **labels: int) -> ModelConfigList:
    """A list of one model."""
    models = ModelConfigList()
    model = models.config.add(
        name=name, base_path=str(base_path), model_platform="tensorflow", version_labels=labels
    )
    assert model.name == name
    return models


def put(made: Path, base_path: Path, number: int) -> None:
    """Publish a version in one move."""
    partial = base_path / f".{number}.partial"
    shutil.copytree(made / str(number), partial)
    partial.rename(base_path / str(number))


def put_broken(made: Path, base_path: Path, number: int) -> None:
    """Publish a version whose weights are cut off."""
    put(made, base_path, number)
    (base_path / str(number) / "variables" / "variables.index").write_bytes(b"cut")


def answering(manager: ModelManager, **choice: object) -> int:
    """Ask for an answer, and tell from its values which version gave it."""
    spec = ModelSpec(name="vocoder", **choice)
    request = PredictRequest(model_spec=spec)
    request.inputs["mel"].CopyFrom(tf.make_tensor_proto(MEL))
    with manager.serving(spec) as servable:
        response = predict(servable, request)
    audio = tf.make_ndarray(response.outputs["audio"])
    (version,) = (n for n in (1, 2, 3) if np.allclose(audio, vocoded(MEL, n), atol=1e-4))
    assert response.model_spec.version.value == version
    return version


def states(manager: ModelManager) -> dict[int, State]:
    """The states of the versions."""
    found = manager.states(ModelSpec(name="vocoder"))
    return {number: version.state for number, version in found.items()}


def test_a_new_version_takes_over_and_the_old_one_goes(manager, made, base_path) -> None:
    put(made, base_path, 1)
    manager.reload(listed(base_path))
    assert answering(manager) == 1
    put(made, base_path, 2)
    manager.poll()
    assert answering(manager) == 2
    assert list(states(manager).items()) == [(2, State.AVAILABLE), (1, State.END)]
    shutil.rmtree(base_path / "2")
    manager.poll()
    assert answering(manager) == 1


def test_a_broken_version_leaves_the_old_one_at_work(manager, made, base_path) -> None:
    put(made, base_path, 1)
    manager.reload(listed(base_path))
    put_broken(made, base_path, 2)
    manager.poll()
    assert answering(manager) == 1
    assert states(manager) == {2: State.END, 1: State.AVAILABLE}
    assert manager.states(ModelSpec(name="vocoder"))[2].error.text
    put(made, base_path, 3)
    manager.poll()
    assert answering(manager) == 3
    assert states(manager) == {3: State.AVAILABLE, 2: State.END, 1: State.END}


def test_a_broken_version_that_is_mended_is_tried_again(made, base_path) -> None:
    manager = ModelManager(num_retries=2, retry_seconds=0.0)
    put(made, base_path, 1)
    manager.reload(listed(base_path))
    put_broken(made, base_path, 2)
    manager.poll()
    assert states(manager) == {2: State.LOADING, 1: State.AVAILABLE}
    shutil.copytree(made / "2", base_path / "2", dirs_exist_ok=True)
    manager.poll()
    assert answering(manager) == 2
    manager.close()


def test_what_is_not_yet_published_is_left_alone(manager, made, base_path) -> None:
    put(made, base_path, 1)
    for name in (".2.partial", "2.partial", "v2", "-2", "2 "):
        shutil.copytree(made / "2", base_path / name)
    (base_path / "3").write_text("a file")
    manager.reload(listed(base_path))
    assert states(manager) == {1: State.AVAILABLE}


def test_a_number_may_have_zeros_in_front(manager, made, base_path) -> None:
    shutil.copytree(made / "2", base_path / "00000002")
    manager.reload(listed(base_path))
    assert answering(manager, version={"value": 2}) == 2


def test_versions_go_with_their_folders_but_not_with_the_base_path(
    manager, made, base_path, caplog
) -> None:
    put(made, base_path, 1)
    manager.reload(listed(base_path))
    hidden = base_path.rename(base_path.with_name("hidden"))
    for _ in range(3):
        manager.poll()
    assert answering(manager) == 1
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        f"vocoder: no base path {base_path}; nothing changes"
    ]
    hidden.rename(base_path)
    shutil.rmtree(base_path / "1")
    manager.poll()
    with pytest.raises(StatusError, match=r"NOT_FOUND: Servable not found.*: Latest\(vocoder\)"):
        answering(manager)


@pytest.mark.parametrize(
    ("policy", "served"),
    [
        ({}, {3}),
        ({"latest": {}}, {3}),
        ({"latest": {"num_versions": 2}}, {2, 3}),
        ({"all": {}}, {1, 2, 3}),
        ({"specific": {"versions": [1, 3, 9]}}, {1, 3}),
    ],
)
def test_policies(manager, made, base_path, policy: dict, served: set[int]) -> None:
    for number in (1, 2, 3):
        put(made, base_path, number)
    models = listed(base_path)
    kind = type(models.config[0].model_version_policy)
    models.config[0].model_version_policy.CopyFrom(kind(**policy))
    manager.reload(models)
    assert {n for n, state in states(manager).items() if state == State.AVAILABLE} == served


def test_labels_follow_the_list(manager, made, base_path) -> None:
    with pytest.raises(StatusError, match="UNAVAILABLE: Model labels does not init yet.stable"):
        answering(manager, version_label="stable")
    put(made, base_path, 1)
    manager.reload(listed(base_path, stable=1))
    assert answering(manager, version_label="stable") == 1
    text = "Request to assign label to version 2 of model vocoder, which is not currently available"
    with pytest.raises(StatusError, match=f"FAILED_PRECONDITION: {text} for inference"):
        manager.reload(listed(base_path, stable=2))
    assert answering(manager, version_label="stable") == 1
    put(made, base_path, 2)
    models = listed(base_path, stable=1, canary=2)
    models.config[0].model_version_policy.all.SetInParent()
    manager.reload(models)
    assert answering(manager, version_label="canary") == 2
    assert answering(manager, version_label="stable") == 1


def test_a_model_that_is_left_out_is_unloaded(manager, made, base_path, tmp_path) -> None:
    put(made, base_path, 1)
    manager.reload(listed(base_path))
    other = shutil.copytree(base_path, tmp_path / "other")
    manager.reload(listed(other, "other"))
    with pytest.raises(StatusError, match="NOT_FOUND"):
        answering(manager)
    assert states(manager) == {1: State.END}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"name": "vocoder"}, "Illegal to list model vocoder multiple times in config list"),
        ({"base_path": "models"}, "Expected model more to have an absolute path or URI"),
        ({"model_platform": "other"}, 'Expected model more to have the model_platform "tensor'),
    ],
)
def test_a_wrong_list_changes_nothing(manager, made, base_path, change: dict, text: str) -> None:
    put(made, base_path, 1)
    manager.reload(listed(base_path))
    models = listed(base_path)
    more = {"name": "more", "base_path": "/more", "model_platform": "tensorflow", **change}
    models.config.add(**more)
    with pytest.raises(StatusError, match=f"INVALID_ARGUMENT: {text}"):
        manager.reload(models)
    assert answering(manager) == 1


def test_a_model_of_which_no_version_loads(manager, made, base_path) -> None:
    text = r"UNKNOWN: 1 servable\(s\) did not become available: \{\{name: vocoder due to error: "
    with pytest.raises(StatusError, match=f"{text}No versions found under base path"):
        manager.reload(listed(base_path))
    put_broken(made, base_path, 1)
    with pytest.raises(StatusError, match=text):
        manager.reload(listed(base_path))
    (base_path / "2").mkdir()
    with pytest.raises(StatusError, match=text):
        manager.reload(listed(base_path))


def test_a_request_ends_on_the_version_it_began_with(manager, made, base_path) -> None:
    put(made, base_path, 1)
    manager.reload(listed(base_path))
    put(made, base_path, 2)
    with manager.serving(ModelSpec(name="vocoder")) as old:
        swap = threading.Thread(target=manager.poll)
        swap.start()
        for _ in range(600):
            if states(manager)[1] == State.UNLOADING:
                break
            time.sleep(0.05)
        assert states(manager) == {2: State.AVAILABLE, 1: State.UNLOADING}
        assert answering(manager) == 2
        request = PredictRequest()
        request.inputs["mel"].CopyFrom(tf.make_tensor_proto(MEL))
        audio = tf.make_ndarray(predict(old, request).outputs["audio"])
        np.testing.assert_allclose(audio, vocoded(MEL, 1), atol=1e-4)
    swap.join(30)
    assert states(manager) == {2: State.AVAILABLE, 1: State.END}


def test_a_version_is_warmed_up(manager, made, base_path) -> None:
    put(made, base_path, 1)
    write_warm_up(base_path / "1", MEL)
    manager.reload(listed(base_path))
    assert answering(manager) == 1


@pytest.mark.parametrize("fault", ["a wrong rank", "no records", "no requests"])
def test_a_version_whose_warm_up_fails_does_not_serve(made, manager, base_path, fault: str) -> None:
    put(made, base_path, 1)
    manager.reload(listed(base_path))
    shutil.copytree(made / "2", base_path / "2.partial")
    write_warm_up(base_path / "2.partial", MEL[0] if fault == "a wrong rank" else MEL)
    file = base_path / "2.partial" / WARM_UP
    if fault == "no records":
        file.write_bytes(file.read_bytes()[:-1])
    if fault == "no requests":
        with tf.io.TFRecordWriter(str(file)) as writer:
            writer.write(b"text that is no request")
    (base_path / "2.partial").rename(base_path / "2")
    manager.poll()
    assert states(manager) == {2: State.END, 1: State.AVAILABLE}
    assert answering(manager) == 1
