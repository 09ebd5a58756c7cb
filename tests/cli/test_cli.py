"""The frame of the command line: verbs, one-line errors, exit codes, quiet."""

import errno
import os
import pkgutil
import signal
import subprocess
import sys
import types
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import tfgan_audio.cli
from tfgan_audio.cli import VERBS, main
from tfgan_audio.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> Result:
    """Run a command line in this process."""
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def made_verb(monkeypatch):
    """Return a function that adds the verb `made`, which runs a given function."""

    def add(action, *decorators) -> None:
        command = click.command()(lambda **options: action(**options))
        for decorate in decorators:
            decorate(command)
        module = types.ModuleType("tfgan_audio.cli.made")
        module.command = command
        monkeypatch.setitem(VERBS, "made", "A verb made by a test.")
        monkeypatch.setitem(sys.modules, "tfgan_audio.cli.made", module)

    return add


def raising(error: BaseException):
    """Return a function that raises an error."""

    def action() -> None:
        raise error

    return action


@pytest.mark.parametrize("verb", list(VERBS))
def test_each_verb_explains_itself_with_examples(verb: str) -> None:
    done = run(verb, "--help")
    assert done.exit_code == 0
    heading, _, examples = done.stdout.partition("Example")
    assert heading.startswith(f"Usage: tfgan-audio {verb} ")
    assert f"\n    tfgan-audio {verb} " in examples
    assert "\\b" not in done.stdout and "--debug" in done.stdout


def test_the_table_holds_every_verb_that_exists() -> None:
    names = [module.name for module in pkgutil.iter_modules(tfgan_audio.cli.__path__)]
    modules = {name: import_module(f"tfgan_audio.cli.{name}") for name in names}
    verbs = {
        name.removesuffix("_").replace("_", "-")
        for name, module in modules.items()
        if hasattr(module, "command")
    }
    assert verbs == set(VERBS)


def test_help_lists_the_verbs() -> None:
    done = run("--help")
    assert done.exit_code == 0
    text = " ".join(done.stdout.split())
    for verb, line in VERBS.items():
        assert f" {verb} {line} " in text
    assert run().stdout == run("-h").stdout == done.stdout


def test_version_is_that_of_the_package() -> None:
    assert run("--version").stdout == f"{tfgan_audio.__version__}\n"


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (
            InputError("train.num_step", "an unknown key", "train.num_steps"),
            2,
            "error: train.num_step: got an unknown key, expected train.num_steps",
        ),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "a.wav"),
            2,
            "error: a.wav: got No such file or directory, expected an existing file or folder",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/runs"),
            2,
            "error: /runs: got Permission denied, expected permission for it",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            2,
            "error: a file in use: got No space left on device, expected free space on the disk",
        ),
        (
            OSError(errno.EXDEV, "Invalid cross-device link", "a", None, "b"),
            2,
            "error: b: got Invalid cross-device link, expected a file that can be used",
        ),
        (OSError("not an\nHDF5 file"), 2, "error: not an HDF5 file"),
        (click.ClickException("no\nsuch thing"), 2, "error: no such thing"),
        (
            ZeroDivisionError("a\nb"),
            1,
            "error: unexpected ZeroDivisionError: a b (--debug shows where)",
        ),
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.Abort(), 130, "interrupted"),
    ],
)
def test_a_failure_is_one_line_and_a_code(made_verb, error, code: int, line: str) -> None:
    made_verb(raising(error))
    done = run("made")
    assert (done.exit_code, done.stdout, done.stderr) == (code, "", f"tfgan-audio: {line}\n")
    for arguments in (["--debug", "made"], ["made", "--debug"]):
        debugged = run(*arguments)
        assert debugged.exit_code == code
        assert debugged.stderr.startswith("Traceback (most recent call last):")
        assert debugged.stderr.endswith(f"\ntfgan-audio: {line}\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["mad"], "mad: got an unknown verb, expected made"),
        (["zzzz"], f"zzzz: got an unknown verb, expected one of {', '.join(VERBS)}, made"),
        (["--halp"], "--halp: got an unknown option, expected --help"),
        (["made", "x", "--sed", "1"], "--sed: got an unknown option, expected --seed"),
        (
            ["made", "x", "--zzz"],
            "--zzz: got an unknown option, expected tfgan-audio made --help",
        ),
        (["made"], "NAME: got nothing, expected a value (see tfgan-audio made --help)"),
        (["made", "x", "y"], "Got unexpected extra argument (y) (see tfgan-audio made --help)"),
        (["made", "x", "--seed"], "Option '--seed' requires an argument."),
        (["made", "x", "--seed", "-1"], "Invalid value for '--seed': -1 is not in the range"),
    ],
)
def test_a_wrong_command_line_is_one_line(made_verb, arguments: list[str], line: str) -> None:
    argument, option = click.Argument(["name"]), click.Option(["--seed"], type=click.IntRange(0))
    made_verb(lambda **options: None, lambda command: command.params.extend([argument, option]))
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tfgan-audio: error: {line}")
    assert done.stderr.count("\n") == 1


def test_a_verb_may_choose_its_exit_code(made_verb) -> None:
    made_verb(lambda: click.get_current_context().exit(3))
    assert run("made").exit_code == 3
    made_verb(lambda: 3)
    assert run("made").exit_code == 0


def start(action: str, **options) -> subprocess.Popen:
    """Start another interpreter with a verb `made` of one statement."""
    code = (
        "import click, sys, time, types\n"
        "from tfgan_audio.cli import VERBS, main\n"
        f"def action():\n    {action}\n"
        "VERBS['made'] = ''\n"
        "sys.modules['tfgan_audio.cli.made'] = types.SimpleNamespace(\n"
        "    command=click.command()(action))\n"
        "main(['made'])\n"
    )
    command = [sys.executable, "-c", code]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, **options)


def test_an_interrupt_ends_with_130() -> None:
    process = start("print('ready', flush=True); time.sleep(60)", stdout=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (130, "tfgan-audio: interrupted\n")


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = start("[print('x' * 99) for _ in range(99999)]", stdout=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=30) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device /dev/full")
def test_a_full_disk_behind_stdout_is_one_line() -> None:
    with open("/dev/full", "w") as full:
        process = start("print('x')", stdout=full)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 2
    assert stderr.splitlines()[0].endswith("expected free space on the disk")


def test_tensorflow_is_imported_without_a_word() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "GRPC_"))}
    action = "import tensorflow as tf; tf.config.list_physical_devices(); print(tf.zeros([]))"
    process = start(action, stdout=subprocess.PIPE, env=environment)
    stdout, stderr = process.communicate(timeout=120)
    assert stdout.startswith("tf.Tensor(0.0") and process.returncode == 0
    assert stderr == ""


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("None", ""),
        ("InputError('a', 'b', 'c')", ""),
        ("OSError(28, 'full')", ""),
        ("KeyError(1)", "chatter\n"),
    ],
)
def test_chatter_of_libraries_is_shown_at_a_defect_only(error: str, shown: str) -> None:
    action = (
        "import os; from tfgan_audio.quiet import quiet_stderr\n"
        "    from tfgan_audio.errors import InputError\n"
        "    with quiet_stderr():\n"
        "        os.write(2, b'chatter\\n')\n"
        f"        if {error}: raise {error}"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    process = start(action, env=environment)
    _, stderr = process.communicate(timeout=30)
    assert stderr.startswith(shown) and ("chatter" in stderr) == bool(shown)
    assert stderr.count("tfgan-audio: error: ") == (error != "None")


def test_what_a_failing_import_says_is_shown(tmp_path) -> None:
    """Quiet must not hide why TensorFlow does not load."""
    (tmp_path / "tensorflow.py").write_text(
        "import os\nos.write(2, b'the reason\\n')\nraise ImportError('broken')\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    process = start("import tensorflow", env=environment | {"PYTHONPATH": path})
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    assert stderr.splitlines()[0] == "the reason"
    assert "unexpected ImportError: broken" in stderr.splitlines()[1]


def test_a_shell_can_complete_the_verbs() -> None:
    environment = {"_TFGAN_AUDIO_COMPLETE": "bash_complete", "COMP_WORDS": "tfgan-audio qu"}
    done = CliRunner().invoke(main, [], env=environment | {"COMP_CWORD": "1"})
    assert done.stdout == "plain,quickstart\n"
