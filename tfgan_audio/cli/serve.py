"""The verb `serve`: serve SavedModel exports by the API of TensorFlow Serving."""

from pathlib import Path

import click

_PRODUCTION = "for local work and tests; production is the official tensorflow/serving image"


@click.command()
@click.argument("source", metavar="DIR")
@click.option("--name", help="Name of the model, where DIR holds the versions of one.")
@click.option("--host", default="localhost", show_default=True, help="Address to listen at.")
@click.option(
    "--grpc-port", type=click.IntRange(0, 65535), default=8500, show_default=True,
    help="Port of gRPC; 0 takes a free one.",
)  # fmt: skip
@click.option(
    "--rest-port", type=click.IntRange(0, 65535), default=8501, show_default=True,
    help="Port of REST; 0 takes a free one.",
)  # fmt: skip
@click.option(
    "--poll", "poll_seconds", type=click.FloatRange(0.01), default=1.0, show_default=True,
    metavar="SECONDS", help="How often to look for new versions.",
)  # fmt: skip
def command(
    source: str,
    name: str | None,
    host: str,
    grpc_port: int,
    rest_port: int,
    poll_seconds: float,
) -> None:
    r"""Serve the models below DIR, or those of a models.config, until interrupted.

    DIR holds one folder for each model, with one for each version in it: segan/1, segan/2; or it is
    such a folder of a model itself. The latest version serves. A new one takes over as soon as it
    works; one that does not leaves the old one at work. Versions and labels can be chosen in a
    models.config, as of TensorFlow Serving.

    \b
    Examples:
      tfgan-audio serve export/models
      tfgan-audio serve models/segan --name denoiser --grpc-port 9000
      tfgan-audio serve models.config
    """
    import logging
    import signal

    from tfgan_audio.quiet import quiet_stderr

    with quiet_stderr():
        from tfgan_audio.serving.server.embedded import Server, ServerOptions
        from tfgan_audio.serving.server.model_configs import models_in, read_models_config

    log = logging.getLogger("tfgan_audio")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    is_config = Path(source).is_file()
    models = read_models_config(source) if is_config else models_in(source, name)
    options = ServerOptions(host, grpc_port, rest_port, poll_seconds)
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts what is in the background deaf
        signal.signal(number, signal.default_int_handler)
    with Server(models, options) as server:
        names = ", ".join(model.name for model in models.config)
        click.echo(
            f"{names}: gRPC {server.grpc_address}, REST {server.rest_address}; {_PRODUCTION}"
        )
        server.wait()
