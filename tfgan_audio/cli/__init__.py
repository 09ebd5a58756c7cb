"""The command `tfgan-audio`: a table of verbs, each imported only when it is called.

The verb `train` is the click command `tfgan_audio.cli.train.command`.
"""

import importlib
import keyword
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

import tfgan_audio
from tfgan_audio.cli.errors import PROGRAM, one_line_errors
from tfgan_audio.nearest import unknown_name
from tfgan_audio.quiet import quiet_tensorflow

VERBS = {
    "quickstart": "The main job end to end: data, training, scores, export, report.",
    "scan": "Check a folder of audio and name every file that is not usable.",
    "prepare": "Check the data of an experiment and write its shards.",
    "mix": "Make noisy, reverberant or distorted speech, with a manifest.",
    "train": "Train an experiment into a run folder, or go on with one.",
    "enhance": "Remove noise from a file, a folder or a raw stream.",
    "generate": "Make sounds with a WaveGAN or SpecGAN.",
    "interpolate": "Morph from sound to sound, as files or as one.",
    "vocode": "Turn mel spectrograms into sound, or recordings into copies.",
    "speak": "Say a text, in a voice, language and style.",
    "align": "Find when each word and each sound of a recording is said.",
    "predict-mels": "Write the mels an acoustic model makes of recordings, for its vocoder.",
    "evaluate": "Score a run on its data, or one folder against another.",
    "train-classifier": "Train a classifier of sounds, to score generated ones with.",
    "train-prior": "Learn how sounds go on, for pieces longer than a slice.",
    "import": "Bring in weights of another code base as a run folder.",
    "export": "Write a run as SavedModel or TFLite, verified against Keras.",
    "serve": "Serve SavedModel exports here, by the API of TensorFlow Serving.",
    "client": "Enhance by way of a model server, this one or the real one.",
}

_DEBUG = click.Option(
    ["--debug"],
    is_flag=True,
    expose_value=False,
    help="Show tracebacks and the messages of TensorFlow.",
)


class _Verbs(click.Group):
    """A group whose commands are modules, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of a user's work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the module of a verb."""
        if name not in VERBS:
            return None
        module = f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_")
        command = importlib.import_module(f"tfgan_audio.cli.{module}").command
        if _DEBUG not in command.params:
            command.params.append(_DEBUG)
            # Docstrings are raw; click wants the backspace itself before lines it shall not wrap.
            command.help = (command.help or "").replace("\\b\n", "\b\n")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Refuse an unknown verb with the nearest known one."""
        if not args[0].startswith("-") and args[0] not in VERBS and not ctx.resilient_parsing:
            raise unknown_name(args[0], "verb", VERBS)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table, without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def main(self, args: Sequence[str] | None = None, *unused: Any, **options: Any) -> None:
        """Run a command line and exit: 0 done, 1 a defect, 2 bad input, 130 interrupted."""
        args = list(sys.argv[1:] if args is None else args)
        options["prog_name"] = PROGRAM
        if "_TFGAN_AUDIO_COMPLETE" in os.environ:
            super().main(args, **options)
        if sys.stderr is None:  # closed by whoever started this; progress bars need it
            sys.stderr = open(os.devnull, "w")
        debug = "--debug" in args
        if not debug:
            quiet_tensorflow()
        with one_line_errors(debug):
            with self.make_context(PROGRAM, args) as context:
                self.invoke(context)
            if sys.stdout is not None:
                sys.stdout.flush()
        sys.exit(0)


def _show_version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    """Print the version, which only now is looked up."""
    if wanted:
        click.echo(tfgan_audio.__version__)
        ctx.exit()


@click.group(
    cls=_Verbs,
    params=[_DEBUG],
    invoke_without_command=True,
    subcommand_metavar="VERB [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`tfgan-audio VERB --help` shows the options of a verb, with examples.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Train, use and deploy GANs for audio."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
