"""The verb `client`: enhance and vocode by way of a model server."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("address", metavar="ADDRESS")
@click.argument("model", metavar="MODEL")
@click.argument("source", metavar="[IN]", required=False)
@click.argument("target", metavar="[OUT]", required=False)
@click.option("--version", type=click.IntRange(0), help="Version; the latest without.")
@click.option("--label", help="Label of a version.")
@click.option(
    "--timeout", "timeout_seconds", type=click.FloatRange(0.001), default=30.0, show_default=True,
    metavar="SECONDS", help="Time for one request, which is a few seconds of sound.",
)  # fmt: skip
def command(
    address: str,
    model: str,
    source: str | None,
    target: str | None,
    version: int | None,
    label: str | None,
    timeout_seconds: float,
) -> None:
    r"""Turn IN into OUT with MODEL on the server at ADDRESS; without IN, show the model.

    ADDRESS is HOST:PORT for gRPC or http://HOST:PORT for REST, of `tfgan-audio serve` or of
    TensorFlow Serving. For an enhancer, IN is an audio file of any rate and length, a folder of
    them, or `-` for raw 16-bit samples of one channel at the model's rate on stdin, which come out
    on stdout. For a vocoder, IN is what the verb `vocode` takes: mels or recordings.

    \b
    Examples:
      tfgan-audio client localhost:8500 segan
      tfgan-audio client localhost:8500 segan noisy.wav clean.flac
      tfgan-audio client http://localhost:8501 segan noisy_folder clean_folder --label stable
      tfgan-audio client localhost:8500 melgan mels spoken
    """
    from tfgan_audio.errors import InputError
    from tfgan_audio.quiet import quiet_stderr
    from tfgan_audio.serving.client.client import Client
    from tfgan_audio.serving.client.remote_model import remote_model
    from tfgan_audio.serving.status import StatusError

    if (source == "-") != (target == "-") or (source is None) != (target is None):
        raise InputError("IN OUT", f"{source} {target}", "both, with - for both or none")
    if source not in (None, "-") and not Path(source).exists():
        raise InputError(source, "nothing there", "a file or a folder")
    try:
        with quiet_stderr():  # gRPC's messages are those of TensorFlow, which speaks as it loads
            client = Client(address, timeout_seconds)
        with client:
            if source is None:
                _show(client, model, version, label)
            else:
                _use(remote_model(client, model, version, label), source, target)
    except StatusError as error:
        raise InputError(f"{address} {model}", error, "an answer") from None


def _show(client, model: str, version: int | None, label: str | None) -> None:
    """Print the versions and signatures of a model."""
    for number, state in client.states(model, version, label).items():
        click.echo(f"{model} version {number}: {state}")
    served = client.served(model, version, label)
    for key, signature in sorted(served.signatures.items()):
        click.echo(f"signature {key} of version {served.version}")
        for alias, tensor in sorted(signature.inputs.items()):
            click.echo(f"  in   {alias}: {tensor}")
        for alias, tensor in sorted(signature.outputs.items()):
            click.echo(f"  out  {alias}: {tensor}")


def _use(model, source: str, target: str) -> None:
    """Turn a stream, a folder or a file into another, as the verb of the model does."""
    from tfgan_audio.cli.enhance import tell_failures
    from tfgan_audio.cli.vocode import tell, vocode
    from tfgan_audio.errors import InputError
    from tfgan_audio.serving import enhance_files

    if hasattr(model, "vocode"):
        if source == "-":
            raise InputError("IN", "-", "mels or recordings, for a vocoder")
        _, doubts, failures = vocode(model, Path(source), Path(target))
        tell(source, doubts, failures)
    elif source == "-":
        rate = model.sample_rate_hz
        enhance_files.enhance_pcm(model, sys.stdin.buffer, sys.stdout.buffer, rate, 1)
    elif Path(source).is_dir():
        failures = enhance_files.enhance_folder(model, Path(source), Path(target), True)
        tell_failures(source, failures)
    else:
        enhance_files.enhance_file(model, Path(source), Path(target), True)
