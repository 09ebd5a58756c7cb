"""End every failure of the command line with one line on stderr and an exit code."""

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tfgan_audio.errors import InputError
from tfgan_audio.serving.status import StatusError

PROGRAM = "tfgan-audio"

_EXPECTED = {
    errno.ENOSPC: "free space on the disk",
    errno.EDQUOT: "free space in the disk quota",
    errno.EACCES: "permission for it",
    errno.EPERM: "permission for it",
    errno.EROFS: "a place that can be written",
    errno.ENOENT: "an existing file or folder",
    errno.EEXIST: "a name that is free",
    errno.EISDIR: "a file",
    errno.ENOTDIR: "a folder",
}


@contextmanager
def one_line_errors(debug: bool = False) -> Iterator[None]:
    """Turn exceptions into one line on stderr and an exit code.

    Bad input and trouble with files end with 2, an interrupt with 130, a closed pipe quietly with
    141, and anything else, which is a defect, with 1.

    Args:
        debug: Show the traceback too.
    """
    try:
        yield
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _finish("interrupted", 130, debug)
    except BrokenPipeError:
        _discard_stdout()
        sys.exit(141)
    except (InputError, StatusError, click.ClickException, OSError) as error:
        _finish(f"error: {explain(error)}", 2, debug)
    except Exception as error:
        text = f"error: unexpected {type(error).__name__}: {error}"
        _finish(f"{text[:300]} (--debug shows where)", 1, debug)


def explain(error: Exception) -> str:
    """Return what an error means to a user: the thing, what was seen, what was expected.

    Args:
        error: An `InputError`, what a model server says, click's complaint about the command line,
            or an `OSError`.

    Returns:
        One line.
    """
    if isinstance(error, click.NoSuchOption):
        near = " or ".join((error.possibilities or [])[:1])
        text = f"{error.option_name}: got an unknown option, expected {near or _help_of(error)}"
    elif isinstance(error, click.MissingParameter):
        name = error.param.get_error_hint(error.ctx) if error.param else error.param_hint
        text = f"{name}: got nothing, expected a value (see {_help_of(error)})".replace("'", "")
    elif isinstance(error, click.UsageError):
        text = f"{error.format_message()} (see {_help_of(error)})"
    elif isinstance(error, click.ClickException):
        text = error.format_message()
    elif isinstance(error, StatusError):
        text = f"model server: got {error}, expected an answer"
    elif isinstance(error, OSError):
        text = _explain_os_error(error)
    else:
        text = str(error)
    return " ".join(text.split())


def _explain_os_error(error: OSError) -> str:
    """Name the file, what the system says of it and what it should have been."""
    if error.errno is None:
        return str(error)
    name = error.filename2 or error.filename or "a file in use"
    expected = _EXPECTED.get(error.errno, "a file that can be used")
    return f"{name}: got {error.strerror}, expected {expected}"


def _help_of(error: click.UsageError) -> str:
    """Return the command that explains the options."""
    return f"{error.ctx.command_path if error.ctx else PROGRAM} --help"


def _finish(line: str, code: int, debug: bool) -> None:
    """Write the line, after the traceback where wanted, and exit."""
    if debug:
        traceback.print_exc()
    click.echo(f"{PROGRAM}: {' '.join(line.split())}", err=True)
    sys.exit(code)


def _discard_stdout() -> None:
    """Send what is still to come nowhere, so that the interpreter's last flush cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
