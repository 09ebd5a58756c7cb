"""Files of torch.save, read without torch; and what is not read."""

import collections
import pickle
import zipfile

import numpy as np
import pytest
from torch_files import save_torch, view

from tfgan_audio.errors import InputError
from tfgan_audio.importers.torch_archive import read_torch_archive


@pytest.mark.parametrize("is_legacy", [False, True])
def test_tensors_in_plain_containers(tmp_path, rng, is_legacy: bool) -> None:
    content = {
        "step": 3,
        "rates": [0.1, 2.0, None, True],
        "weights": collections.OrderedDict(
            a=rng.standard_normal([2, 3, 4]).astype(np.float32),
            b=rng.standard_normal([5]),
            c=np.array(7),
            d=rng.standard_normal([3]).astype(np.float16),
            e=np.zeros([0, 3], np.float32),
        ),
    }
    save_torch(tmp_path / "a.ckpt", content, is_legacy)
    found = read_torch_archive(tmp_path / "a.ckpt")
    assert found["step"] == 3 and found["rates"] == [0.1, 2.0, None, True]
    assert list(found["weights"]) == list("abcde")
    for name, array in content["weights"].items():
        assert found["weights"][name].dtype == array.dtype
        np.testing.assert_array_equal(found["weights"][name], array)


@pytest.mark.parametrize("is_legacy", [False, True])
def test_views_of_one_storage(tmp_path, is_legacy: bool) -> None:
    values = np.arange(12, dtype=np.float32)
    content = {
        "rows": view(values, "7", 0, (3, 4), (4, 1)),
        "columns": view(values, "7", 0, (4, 3), (1, 4)),
        "tail": view(values, "7", 9, (3,), (1,)),
    }
    save_torch(tmp_path / "a.ckpt", content, is_legacy)
    found = read_torch_archive(tmp_path / "a.ckpt")
    np.testing.assert_array_equal(found["rows"], values.reshape(3, 4))
    np.testing.assert_array_equal(found["columns"], values.reshape(3, 4).T)
    np.testing.assert_array_equal(found["tail"], [9, 10, 11])


def test_bfloat16_becomes_float32(tmp_path) -> None:
    """Its bits are the upper half of those of a float32."""
    values = np.array([1.0, -2.5, 0.15625], np.float32)
    halves = (values.view(np.uint32) >> 16).astype(np.uint16)
    save_torch(tmp_path / "a.ckpt", {"a": halves})
    np.testing.assert_array_equal(read_torch_archive(tmp_path / "a.ckpt")["a"], values)


class _Command:
    """What a pickle can do when it is read by anyone else."""

    def __reduce__(self):
        return eval, ("open('harm', 'w').close()",)


@pytest.mark.parametrize("is_legacy", [False, True])
def test_a_pickle_that_runs_something_is_refused(tmp_path, monkeypatch, is_legacy: bool) -> None:
    monkeypatch.chdir(tmp_path)
    save_torch(tmp_path / "a.ckpt", {"a": np.zeros(3, np.float32), "b": _Command()}, is_legacy)
    with pytest.raises(InputError, match=r"a.ckpt: got an object of \w+.eval, expected tensors"):
        read_torch_archive(tmp_path / "a.ckpt")
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [
        (0, (13,), (1,)),
        (5, (8,), (1,)),
        (-4, (4,), (1,)),
        (0, (4,), (4,)),
        (11, (3,), (-4,)),
        (0, (10**9,), (0,)),
        (0, (2**40, 2**40), (0, 0)),
    ],
)
def test_tensors_beyond_their_storage_are_refused(tmp_path, offset, shape, strides) -> None:
    values = np.arange(12, dtype=np.float32)
    save_torch(tmp_path / "a.ckpt", {"a": view(values, "0", offset, shape, strides)})
    with pytest.raises(InputError, match="another file or a damaged one"):
        read_torch_archive(tmp_path / "a.ckpt")


@pytest.mark.parametrize("is_legacy", [False, True])
def test_a_file_that_is_cut_off(tmp_path, rng, is_legacy: bool) -> None:
    path = tmp_path / "a.ckpt"
    save_torch(path, {"a": rng.standard_normal([40]), "b": {"c": [1, 2]}}, is_legacy)
    data = path.read_bytes()
    for num_bytes in range(0, len(data), 23):
        path.write_bytes(data[:num_bytes])
        with pytest.raises(InputError, match="a file of torch.save that is whole"):
            read_torch_archive(path)


@pytest.mark.parametrize(
    "content", [b"", b"text", pickle.dumps([1, 2]), pickle.dumps(3) * 5, b"\x80\x02."]
)
def test_other_files(tmp_path, content: bytes) -> None:
    (tmp_path / "a.ckpt").write_bytes(content)
    with pytest.raises(InputError, match="a.ckpt: got"):
        read_torch_archive(tmp_path / "a.ckpt")


def test_an_archive_of_something_else(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ckpt", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match="another file or a damaged one"):
        read_torch_archive(tmp_path / "a.ckpt")
    with pytest.raises(InputError, match="No such file"):
        read_torch_archive(tmp_path / "b.ckpt")
