"""Imports go one way, from the command line down to the errors, and TensorFlow loads late.

The rules read the source of every module, imports inside functions too. They are tried on a made
package first, because a checker that finds nothing proves nothing.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "tfgan_audio"

# What each part may import of the others; a part is a module or package at the top.
BASE = {"errors", "files", "latents", "nearest", "quiet"}
SIGNALS = BASE | {"audio"}
NETWORKS = SIGNALS | {"controls", "layers", "losses", "models"}
ALLOWED = {
    "errors": set(),
    "files": {"errors"},
    "latents": {"errors", "files"},
    "nearest": {"errors"},
    "quiet": {"errors"},
    "audio": BASE,
    "text": BASE,
    "controls": SIGNALS,
    "config": SIGNALS,
    "layers": SIGNALS,
    "losses": SIGNALS,
    "data": SIGNALS | {"text"},
    "evaluation": SIGNALS,
    "models": NETWORKS,
    "serving": SIGNALS | {"controls", "text"},
    "importers": NETWORKS,
    "loading": NETWORKS | {"config", "serving"},
    "factory": NETWORKS | {"config", "data"},
    "training": NETWORKS | {"config", "data", "evaluation", "factory", "loading"},
    "__init__": {"errors"},
    "__main__": {"cli"},
}
ALLOWED["quickstart"] = set(ALLOWED) - {"__init__", "__main__"}
ALLOWED["cli"] = ALLOWED["quickstart"] | {"quickstart", "__init__"}

# One family never imports another, and who trains or serves models knows none of them.
FAMILIES = {
    "models/acoustic.py",
    "models/melgan.py",
    "models/segan.py",
    "models/specgan.py",
    "models/wavegan.py",
}
USERS_OF_FAMILIES = {"factory", "importers", "loading", "quickstart", "cli"}

HEAVY = {"tensorflow", "keras", "tensorflow_io", "tensorflow_serving"}
# What must import in an instant, or on a device without TensorFlow.
LIGHT = (
    "__init__.py",
    "controls.py",
    "errors.py",
    "files.py",
    "latents.py",
    "nearest.py",
    "quiet.py",
    "importers/__init__.py",
    "importers/checkpoints.py",
    "loading.py",
    "cli/*.py",
    "config/*.py",
    "evaluation/*.py",
    "evaluation/generation/*.py",
    "serving/__init__.py",
    "serving/backends.py",
    "serving/client/__init__.py",
    "serving/client/async_client.py",
    "serving/client/base_client.py",
    "serving/client/calls.py",
    "serving/client/client.py",
    "serving/client/padding.py",
    "serving/client/remote_enhancer.py",
    "serving/client/rest_calls.py",
    "serving/client/signatures.py",
    "serving/decimals.py",
    "serving/description.py",
    "serving/enhance_files.py",
    "serving/enhancer.py",
    "serving/latent_paths.py",
    "serving/mel_checks.py",
    "serving/mel_descriptions.py",
    "serving/mel_files.py",
    "serving/sound_files.py",
    "serving/sound_generator.py",
    "serving/speak_files.py",
    "serving/speaker.py",
    "serving/speech_inputs.py",
    "serving/status.py",
    "serving/verbs.py",
    "serving/vocode_files.py",
    "serving/vocoder.py",
    "serving/waveform_descriptions.py",
    "text/*.py",
)


class Source:
    """The modules of a package and what they import, read without running anything."""

    def __init__(self, root: Path) -> None:
        self.root, self.package = root, root.name
        self.trees = {
            path.relative_to(root).as_posix(): ast.parse(path.read_text("utf-8"))
            for path in sorted(root.rglob("*.py"))
        }

    def imports(self, module: str, at_import: bool = False) -> Iterator[tuple[int, str]]:
        """Yield the line and dotted name of what a module imports, or imports when imported."""
        nodes = _run_at_import(self.trees[module]) if at_import else ast.walk(self.trees[module])
        for node in nodes:
            for name in self._imported(module, node):
                yield node.lineno, name

    def _imported(self, module: str, node: ast.AST) -> list[str]:
        """Return the dotted names that one statement imports."""
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                folders = [self.package, *module.split("/")[:-1]]
                above = folders[: len(folders) - node.level + 1]
                base = ".".join([*above, *filter(None, [base])])
            return [f"{base}.{alias.name}" for alias in node.names]
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            return [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        return []

    def local(self, name: str) -> str | None:
        """Return the file of a dotted name inside the package; of `package.module.function` too."""
        parts = name.split(".")
        if parts[0] != self.package:
            return None
        for end in range(len(parts), 0, -1):
            inner = "/".join(parts[1:end])
            for path in (f"{inner}.py", f"{inner}/__init__.py" if inner else "__init__.py"):
                if path in self.trees:
                    return path
        return None

    def loaded_with(self, module: str) -> Iterator[tuple[str, int, str]]:
        """Yield what importing a module imports from outside, with the file and line that do it."""
        waiting, seen = [module], set()
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            folders = path.split("/")[:-1]
            packages = ["/".join([*folders[:n], "__init__.py"]) for n in range(len(folders) + 1)]
            waiting += [package for package in packages if package in self.trees]
            for line, name in self.imports(path, at_import=True):
                if inner := self.local(name):
                    waiting.append(inner)
                else:
                    yield path, line, name.split(".")[0]


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run when a module is imported: not functions, not `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        late = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        if not late and not typing_only:
            yield child
            yield from _run_at_import(child)


def _part(path: str) -> str:
    """Return the top-level module or package of a file."""
    return path.split("/")[0].removesuffix(".py")


def direction_faults(source: Source) -> list[str]:
    """Return the imports that go up, sideways to another family, or to an unknown part."""
    faults = []
    for path in source.trees:
        for line, name in source.imports(path):
            target = source.local(name)
            if target is None or target == path:
                continue
            allowed = ALLOWED.get(_part(path), set()) | {_part(path)}
            upwards = _part(target) not in allowed
            sideways = target in FAMILIES and _part(path) not in USERS_OF_FAMILIES
            late = path == "config/schema.py" and target.startswith("config/loading")
            if upwards or sideways or late:
                faults.append(f"{path}:{line} imports {target}")
    return faults


def weight_faults(source: Source) -> list[str]:
    """Return the light modules that load TensorFlow when they are imported, and where."""
    return [
        f"{path} loads {heavy} by {by}:{line}"
        for pattern in LIGHT
        for path in source.trees
        if Path(path).match(pattern) and path.count("/") == pattern.count("/")
        for by, line, heavy in source.loaded_with(path)
        if heavy in HEAVY
    ]


@pytest.fixture(scope="module")
def package() -> Source:
    """The real package."""
    return Source(ROOT)


def test_imports_go_one_way(package: Source) -> None:
    assert direction_faults(package) == []


def test_every_part_has_a_rule(package: Source) -> None:
    assert {_part(path) for path in package.trees} <= set(ALLOWED)


def test_light_modules_leave_tensorflow_alone(package: Source) -> None:
    assert weight_faults(package) == []


def test_every_model_file_with_a_model_is_known_as_a_family(package: Source) -> None:
    """One that is missing in `FAMILIES` would escape the rule."""
    families = {
        path
        for path, tree in package.trees.items()
        for node in ast.walk(tree)
        if path.startswith("models/") and isinstance(node, ast.ClassDef)
        if {ast.unparse(base) for base in node.bases} & {"AdversarialModel", "SoundGAN"}
    }
    assert families - {"models/sound_gan.py"} == FAMILIES


@pytest.mark.parametrize(
    ("module", "text", "fault"),
    [
        ("audio/io.py", "import {p}.models.segan", "audio/io.py:1 imports models/segan.py"),
        ("audio/io.py", "def f():\n    from {p}.data import x", "imports data/__init__.py"),
        ("losses/a.py", "from ..models import segan", "losses/a.py:1 imports models/segan.py"),
        (
            "models/wavegan.py",
            "from .segan import G",
            "wavegan.py:1 imports models/segan.py",
        ),
        ("training/run.py", "import {p}.models.segan", "imports models/segan.py"),
        ("models/segan.py", "from {p} import config", "imports config/__init__.py"),
        ("data/x.py", "import {p}", "data/x.py:1 imports __init__.py"),
        ("data/x.py", "from {p} import SEGAN", "data/x.py:1 imports __init__.py"),
        ("data/x.py", "import_module('{p}.cli')", "data/x.py:1 imports cli/__init__.py"),
        ("training/run.py", "from {p} import serving", "imports serving/__init__.py"),
        ("quickstart.py", "import {p}.cli", "quickstart.py:1 imports cli/__init__.py"),
        ("config/schema.py", "from . import loading", "imports config/loading.py"),
        ("unheard.py", "import {p}.errors", "unheard.py:1 imports errors.py"),
    ],
)
def test_a_wrong_direction_is_found(tmp_path, module: str, text: str, fault: str) -> None:
    faults = direction_faults(_made_package(tmp_path, {module: text}))
    assert len(faults) == 1 and fault in faults[0]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"evaluation/metrics.py": "import tensorflow as tf"}, "loads tensorflow"),
        ({"cli/__init__.py": "from keras import ops"}, "loads keras"),
        ({"evaluation/metrics.py": "if x:\n    import tensorflow.signal"}, "metrics.py:2"),
        ({"evaluation/a.py": "class A:\n    import keras"}, "loads keras"),
        (
            {"serving/enhancer.py": "from {p}.audio import io", "audio/io.py": "import keras"},
            "serving/enhancer.py loads keras by audio/io.py:1",
        ),
        (
            {"serving/enhancer.py": "import {p}.audio.io", "audio/__init__.py": "import keras"},
            "serving/enhancer.py loads keras by audio/__init__.py:1",
        ),
    ],
)
def test_an_early_tensorflow_is_found(tmp_path, files: dict[str, str], fault: str) -> None:
    faults = weight_faults(_made_package(tmp_path, files))
    assert faults and fault in faults[0]


def test_right_imports_are_not_faults(tmp_path) -> None:
    source = _made_package(
        tmp_path,
        {
            "evaluation/metrics.py": "from {p}.audio import io\ndef f():\n    import tensorflow",
            "evaluation/a.py": "from typing import *\nif TYPE_CHECKING:\n    import keras",
            "models/segan.py": "import keras\nfrom {p}.models.adversarial import Model",
            "training/run.py": "from {p}.models import adversarial",
            "cli/train.py": "def f():\n    from {p}.training import run\n    import {p}.quickstart",
        },
    )
    assert direction_faults(source) + weight_faults(source) == []


def test_importing_the_package_and_its_command_loads_nothing_heavy() -> None:
    """The same rule observed from outside, in a real interpreter."""
    code = (
        "import sys, tfgan_audio, tfgan_audio.cli, tfgan_audio.config.schema\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, capture_output=True)
    loaded = set(done.stdout.decode().split())
    assert "tfgan_audio" in loaded
    assert loaded.isdisjoint(HEAVY | {"numpy", "scipy", "pydantic", "ruamel", "matplotlib"})


def _made_package(folder: Path, files: dict[str, str]) -> Source:
    """Write a small package of the same parts, with some files as given."""
    root = folder / "made"
    rooms = ("audio", "cli", "config", "data", "evaluation", "losses", "models", "serving")
    names = [f"{room}/__init__.py" for room in (*rooms, "training")]
    names += ["audio/io.py", "config/loading.py", "models/adversarial.py", "models/segan.py"]
    names += ["training/run.py", "errors.py", "quickstart.py", "__init__.py"]
    for name in [*names, *files]:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files.get(name, "").replace("{p}", "made"), encoding="utf-8")
    return Source(root)
