"""Graphs that run here and would fail in TF Serving."""

from pathlib import Path

import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from tfgan_audio.errors import InputError
from tfgan_audio.serving.graph_rules import check_servable, graph_errors_told


def saved(folder: Path, function) -> Path:
    """Save a function of x [2]."""
    module = tf.Module()
    module.run = tf.function(function, input_signature=[tf.TensorSpec([2], tf.float32, "x")])
    tf.saved_model.save(module, str(folder), signatures=module.run)
    return folder


def edited(folder: Path, edit) -> Path:
    """Change the graph of a saved model."""
    path = folder / "saved_model.pb"
    content = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    edit(content.meta_graphs[0].graph_def)
    path.write_bytes(content.SerializeToString())
    return folder


def test_an_ordinary_graph_passes(tmp_path) -> None:
    check_servable(saved(tmp_path, lambda x: {"y": tf.nn.relu(x)}), "a")


def test_this_package_passes(exported) -> None:
    check_servable(exported.saved_model, "a")


@pytest.mark.parametrize("inner", [False, True])
def test_a_function_for_xla_alone_is_refused(tmp_path, inner: bool) -> None:
    compiled = tf.function(lambda x: {"y": 2 * x}, jit_compile=True)
    folder = saved(tmp_path, (lambda x: compiled(x)) if inner else compiled)
    with pytest.raises(InputError, match="^a: got a function that only XLA may run, expected jit_"):
        check_servable(folder, "a")


def test_a_node_for_xla_alone_is_refused(tmp_path) -> None:
    def mark(graph) -> None:
        graph.node[0].attr["_XlaMustCompile"].b = True

    folder = edited(saved(tmp_path, lambda x: {"y": 2 * x}), mark)
    with pytest.raises(InputError, match="only XLA may run"):
        check_servable(folder, "a")


@pytest.mark.parametrize("part", ["graph", "function"])
def test_an_operator_of_another_library_is_refused(tmp_path, part: str) -> None:
    def replace(graph) -> None:
        nodes = graph.node if part == "graph" else graph.library.function[0].node_def
        nodes[0].op = "IO>AudioResample"

    folder = edited(saved(tmp_path, lambda x: {"y": tf.nn.relu(2 * x)}), replace)
    with pytest.raises(InputError, match="^a: got operators IO>AudioResample, expected operators"):
        check_servable(folder, "a")


def test_counts_are_int32(tmp_path) -> None:
    check_servable(saved(tmp_path, lambda x: {"y": tf.cast(x, tf.int32)}), "a")


@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float64, tf.int16])
def test_other_outputs_are_float32(tmp_path, dtype: tf.DType) -> None:
    folder = saved(tmp_path, lambda x: {"y": tf.cast(x, dtype)})
    with pytest.raises(
        InputError, match=f"^a: got {dtype.name} as output 'y' of 'serving_default'"
    ):
        check_servable(folder, "a")


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("/tmp/a/.partial-1/x.tmp; No space left on device", "No space left on device"),
        (
            "{{function_node __wrapped__SaveV2_device_/job:localhost}} /tmp/a/part-0.tempstate; "
            "No space left on device [Op:SaveV2]",
            "No space left on device",
        ),
        (
            "{{node x}} no table; maybe another [Op:Y] name: ",
            "no table; maybe another",
        ),
    ],
)
def test_what_the_runtime_says_is_told_in_short(said: str, seen: str) -> None:
    with pytest.raises(InputError) as error, graph_errors_told("a", "more"):
        raise tf.errors.ResourceExhaustedError(None, None, said)
    assert str(error.value) == f"a: got {seen}, expected more"


def test_a_full_disk_is_told_by_the_system(tmp_path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs the device /dev/full")
    (tmp_path / "x").symlink_to("/dev/full")
    with pytest.raises(InputError) as error, graph_errors_told("a", "free space"):
        tf.io.write_file(str(tmp_path / "x"), "text")
    assert str(error.value) == "a: got No space left on device, expected free space"
