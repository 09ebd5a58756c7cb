"""What is installed: complete, found from anywhere, in each way of installing."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ["setup.py", "pyproject.toml", "LICENSE", "README.md", "configs", "tfgan_audio"]

# Run by an interpreter that sees the dependencies, but no installed tfgan_audio.
SHOW = """
import sys, site
sys.path[:0] = {paths!r}
site.addsitedir({site_dir!r})
sys.path.append({dependencies!r})
import tfgan_audio
from tfgan_audio.config.loading import config_names, dump_config, load_config
from tfgan_audio.config.mix_schema import MixConfig
from tfgan_audio.config.schema import EXPERIMENTS
print(tfgan_audio.__file__, tfgan_audio.__version__)
for name in config_names():
    print("---", name)
    kinds = (MixConfig,) if name.startswith("mix_") else EXPERIMENTS
    print(dump_config(load_config(name, kinds=kinds)))
"""


def shown_from(folder: Path, paths: list[str] = (), site_dir: str = "") -> tuple[str, str]:
    """Return where the package is found, and the configurations found by name, from a folder."""
    dependencies = sysconfig.get_path("purelib")
    code = SHOW.format(paths=list(paths), site_dir=site_dir, dependencies=dependencies)
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found, _, configurations = done.stdout.partition("\n")
    return found, configurations


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """A copy of what is built from, so that building leaves nothing in the checkout."""
    import shutil

    folder = tmp_path_factory.mktemp("tree")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def built(tree: Path, kind: str, out: Path) -> Path:
    """Build with the installed setuptools, without a network, and return the unpacked wheel."""
    code = f"from setuptools import build_meta; print(build_meta.build_{kind}({str(out)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    unpacked = out / kind
    zipfile.ZipFile(out / done.stdout.split()[-1]).extractall(unpacked)
    return unpacked


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory) -> Path:
    """The unpacked wheel."""
    return built(tree, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def from_checkout(tmp_path_factory) -> str:
    """The configurations as the checkout shows them."""
    found, configurations = shown_from(tmp_path_factory.mktemp("elsewhere"), [str(ROOT)])
    assert found.startswith(str(ROOT))
    return configurations


def test_the_wheel_holds_all_of_the_package_and_nothing_else(wheel: Path) -> None:
    source = {path.relative_to(ROOT) for path in (ROOT / "tfgan_audio").rglob("*.py")}
    source |= {path.relative_to(ROOT) for path in (ROOT / "tfgan_audio").rglob("*.j2")}
    weights = (ROOT / "tfgan_audio/weights").rglob("*")
    source |= {path.relative_to(ROOT) for path in weights if path.is_file()}
    configs = {path.relative_to(ROOT) for path in (ROOT / "configs").rglob("*.yaml")}
    held = {path.relative_to(wheel) for path in wheel.rglob("*") if path.is_file()}
    held = {path for path in held if not path.parts[0].endswith(".dist-info")}
    assert held == source | {Path("tfgan_audio") / path for path in configs}
    assert any(path.suffix == ".j2" for path in held) and configs


def test_configurations_are_found_in_an_installed_wheel(wheel, from_checkout, tmp_path) -> None:
    found, configurations = shown_from(tmp_path, [str(wheel)])
    assert found == f"{wheel}/tfgan_audio/__init__.py 0.1.0"
    assert configurations == from_checkout


def test_configurations_are_found_in_an_editable_install(tree, from_checkout, tmp_path) -> None:
    site_dir = built(tree, "editable", tmp_path)
    found, configurations = shown_from(tmp_path, site_dir=str(site_dir))
    assert found == f"{tree}/tfgan_audio/__init__.py 0.1.0"
    assert configurations == from_checkout


def test_the_wheel_says_what_it_is_and_needs(wheel: Path) -> None:
    (folder,) = wheel.glob("*.dist-info")
    metadata = (folder / "METADATA").read_text()
    for needed in ("tensorflow", "keras", "soundfile", "soxr", "tensorflow-io", "grpcio"):
        assert f"\nRequires-Dist: {needed}" in metadata
    for extra in ("gpu", "lite", "eval", "test"):
        assert f"\nProvides-Extra: {extra}\n" in metadata
    entry_points = (folder / "entry_points.txt").read_text()
    assert "tfgan-audio = tfgan_audio.cli:main" in entry_points
    assert list(folder.rglob("LICENSE"))


@pytest.mark.parametrize("name", ["tf-newest", "tf-2.17-io"])
def test_constraints_pin_every_dependency_and_nothing_local(name: str) -> None:
    from packaging.requirements import Requirement

    text = (ROOT / "constraints" / f"{name}.txt").read_text()
    pins = [Requirement(line) for line in text.splitlines() if not line.startswith("#")]
    assert all(len(pin.specifier) == 1 and str(pin.specifier).startswith("==") for pin in pins)
    assert all(pin.url is None for pin in pins)
    versions = {pin.name: str(pin.specifier)[2:] for pin in pins}
    assert versions["tensorflow"].startswith("2.17." if name == "tf-2.17-io" else "2.")
    for needed in _needed():
        assert needed.specifier.contains(versions[needed.name.lower().replace(".", "-")]), needed


def _needed() -> list:
    """Return the requirements of setup.py, those of the tests too, read without running it."""
    import ast

    from packaging.requirements import Requirement

    lists = {}
    for node in ast.parse((ROOT / "setup.py").read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            lists[node.targets[0].id] = ast.literal_eval(node.value)
    return [Requirement(text) for texts in lists.values() for text in texts]


def test_public_names_load_when_they_are_used() -> None:
    import tfgan_audio as tga

    assert issubclass(tga.InputError, ValueError)
    for name in tga.__all__:
        assert getattr(tga, name).__name__ == name
        assert name in dir(tga)
    for room in tga._ROOMS:
        assert getattr(tga, room).__name__ == f"tfgan_audio.{room}"
    with pytest.raises(AttributeError, match="no attribute 'SEGAM'"):
        tga.SEGAM


def test_another_keras_backend_is_refused_or_replaced(tmp_path) -> None:
    """A Keras that already runs on another backend cannot be changed any more."""
    (tmp_path / "keras.py").write_text("class config:\n    backend = lambda: 'jax'\n")
    code = "import keras, tfgan_audio"
    environment = {"PYTHONPATH": f"{tmp_path}:{ROOT}", "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert b"InputError: Keras backend: got jax, expected tensorflow" in done.stderr
    code = "import os, tfgan_audio; print(os.environ['KERAS_BACKEND'])"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.stdout == b"tensorflow\n"
