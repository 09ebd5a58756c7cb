"""Options of other code bases: YAML files that Python has dumped, and entries of every type."""

import argparse
import json
import pathlib

import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.importers.options import Options, read_python_yaml

NAMESPACE = """!!python/object:argparse.Namespace
data_path: !!python/object/apply:pathlib.PosixPath
- /
- data
- speech
rate: 1.0e-06
small: 1e-4
sizes: !!python/tuple
- 4
- 2
nothing: null
cond_disc: false
version: 0.6.2a
"""


def test_what_python_dumps(tmp_path) -> None:
    path = tmp_path / "args.yml"
    path.write_text(NAMESPACE)
    assert read_python_yaml(path) == {
        "data_path": "/data/speech",
        "rate": 1e-6,
        "small": 1e-4,
        "sizes": [4, 2],
        "nothing": None,
        "cond_disc": False,
        "version": "0.6.2a",
    }


def test_what_pyyaml_itself_dumps(tmp_path) -> None:
    yaml = pytest.importorskip("yaml")
    namespace = argparse.Namespace(
        ngf=32, path=pathlib.Path("runs/a"), tag="a: b", pair=(1, "x"), deep={"eps": 1e-6}
    )
    (tmp_path / "args.yml").write_text(yaml.dump(namespace))
    assert read_python_yaml(tmp_path / "args.yml") == {
        "ngf": 32,
        "path": "runs/a",
        "tag": "a: b",
        "pair": [1, "x"],
        "deep": {"eps": 1e-6},
    }


@pytest.mark.parametrize(
    "content",
    [
        '!!python/object/apply:os.system ["touch harm"]',
        "a: !!python/object/apply:builtins.eval [\"open('harm', 'w').close()\"]",
        "!!python/object/new:os.system [touch harm]",
        "a: !!python/name:os.system",
        "a: !!python/module:os",
        "a: !!python/object:collections.OrderedDict {}",
        "!!python/object:argparse.Namespace\na: !!python/object/apply:os.system [touch harm]",
    ],
)
def test_other_objects_are_refused(tmp_path, monkeypatch, content: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "args.yml").write_text(content)
    with pytest.raises(InputError) as caught:
        read_python_yaml(tmp_path / "args.yml")
    assert "args.yml" in str(caught.value) and "could not determine" in str(caught.value)
    assert "YAML of plain values" in str(caught.value) and "\n" not in str(caught.value)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        ("- 1\n- 2", "no entries by name"),
        ("", "no entries by name"),
        ("a: [1, 2", "args.yml, line"),
        ("a: 1\na: 2", "args.yml, line 2"),
        ("a: !!python/object/apply:pathlib.PosixPath {b: 1}", "args.yml"),
    ],
)
def test_other_yaml_is_refused(tmp_path, content: str, seen: str) -> None:
    (tmp_path / "args.yml").write_text(content)
    with pytest.raises(InputError) as caught:
        read_python_yaml(tmp_path / "args.yml")
    assert seen in str(caught.value) and "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path) -> None:
    (tmp_path / "args.yml").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(InputError, match="args.yml"):
        read_python_yaml(tmp_path / "args.yml")
    with pytest.raises(InputError, match="none.yml: got No such file"):
        read_python_yaml(tmp_path / "none.yml")


def test_entries_of_every_type() -> None:
    options = Options("a.yml", {"n": 3, "x": 2, "yes": True, "sizes": [4, 2], "deep": {"m": 1}})
    assert (options.whole("n"), options.whole("none", 5)) == (3, 5)
    assert (options.number("x"), type(options.number("x"))) == (2.0, float)
    assert options.flag("yes") and not options.flag("none", False)
    assert options.counts("sizes") == (4, 2) and options.counts("none", (1,)) == (1,)
    assert options.part("deep").whole("m") == 1 and not options.part("none").entries
    options.check(n=3, none=7)


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        ("whole", -1, "a.yml: v: got -1, expected a whole number from 0"),
        ("whole", True, "got True, expected a whole number"),
        ("whole", 2.0, "got 2.0, expected a whole number"),
        ("number", "1", "got 1, expected a finite number"),
        ("number", float("inf"), "got inf, expected a finite number"),
        ("flag", 1, "got 1, expected true or false"),
        ("counts", [], "got [], expected a list of whole numbers above 0"),
        ("counts", [4, 0], "got [4, 0], expected a list"),
        ("counts", "42", "got 42, expected a list"),
        ("part", [1], "got [1], expected entries by name"),
    ],
)
def test_entries_of_another_type(kind: str, value: object, seen: str) -> None:
    with pytest.raises(InputError) as caught:
        getattr(Options("a.yml", {"v": value}), kind)("v")
    assert seen in str(caught.value)


def test_entries_that_are_not_there_or_not_known(tmp_path) -> None:
    (tmp_path / "a.yml").write_text(json.dumps({"pad": "zeros"}))
    options = Options.given(tmp_path / "a.yml")
    with pytest.raises(InputError, match="a.yml: got no entry n, expected the options"):
        options.whole("n")
    with pytest.raises(InputError, match="a.yml: pad: got zeros, expected reflection"):
        options.check(pad="reflection")
    with pytest.raises(InputError, match="the options given: pad: got an unknown option"):
        Options.given({"pad": 1}).check_names("padding")
