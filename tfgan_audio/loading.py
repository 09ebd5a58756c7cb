"""Open whatever this package has written, by its path alone."""

from __future__ import annotations

import functools
import os
import shlex
import zipfile
from pathlib import Path

from tfgan_audio.errors import InputError
from tfgan_audio.serving.backends import first_line, open_saved_model, open_tflite
from tfgan_audio.serving.enhancer import Enhancer
from tfgan_audio.serving.sound_generator import SoundGenerator
from tfgan_audio.serving.speaker import Speaker
from tfgan_audio.serving.vocoder import Vocoder

_EXPECTED = "a run folder, a .keras file, a SavedModel folder, a .tflite file or default"
_WEIGHTS = Path(__file__).with_name("weights")
_DEFAULT = _WEIGHTS / "default.keras"
_DEFAULTS = {"speak": _WEIGHTS / "speaker", "vocode": _WEIGHTS / "speaker" / "vocoder.keras"}
_ABLE = {
    "enhance": "a SEGAN",
    "generate": "a WaveGAN or SpecGAN",
    "speak": "an AcousticModel",
    "vocode": "a MelGAN",
}
_VOCODERS = ("vocoder", "vocoder.keras", "vocoder.tflite")

Loaded = Enhancer | SoundGenerator | Speaker | Vocoder


def load(path: str | os.PathLike, verb: str | None = None) -> Loaded:
    """Open a trained model for use.

    Args:
        path: Run folder, `.keras` file, SavedModel export (its folder, or the folder of its
            numbered versions, of which the highest is taken) or `.tflite` file; "default", the
            model that comes with the package for `verb`, an enhancer without one, where nothing
            else has that name; or the address of a served model, "grpc://HOST:PORT/NAME" or
            "http://HOST:PORT/v1/models/NAME".
        verb: What the object has to be able to do, if that matters: "enhance", "generate", "speak"
            or "vocode".

    Returns:
        An object with the family's verb: `.enhance(waveform, sample_rate_hz)` of a SEGAN,
        `.generate(num, seed)` of a WaveGAN or SpecGAN, `.vocode(mel)` of a MelGAN, and
        `.speak(text)` of an AcousticModel, with the vocoder that lies in its folder as `vocoder`,
        `vocoder.keras` or `vocoder.tflite`, or else the one that `train.vocoder` of its run names,
        unless another one is given.

    Raises:
        InputError: Nothing there, nothing of this package, or another family.

    Example:
        >>> load("nowhere")
        Traceback (most recent call last):
        tfgan_audio.errors.InputError: nowhere: got nothing there, expected a run folder, ...
    """
    if "://" in str(path):
        from tfgan_audio.serving.client.remote_model import open_served

        loaded = open_served(str(path))
    elif not (path := _named(path, verb)).exists():
        raise InputError(path, "nothing there", _EXPECTED)
    elif path.is_dir():
        loaded = _load_folder(path)
    elif path.suffix == ".tflite":
        loaded = open_tflite(path)
    elif path.suffix == ".keras":
        loaded = _load_keras(path)
    else:
        raise InputError(path, "an unknown kind of file", _EXPECTED)
    if verb is not None and not hasattr(loaded, verb):
        raise InputError(path, f"a model that cannot {verb}", _ABLE[verb])
    if hasattr(loaded, "speak"):
        loaded.open_vocoder = _vocoder_opener(path)
    return loaded


def load_trained(path: str | os.PathLike, verb: str | None = None):
    """Open the Keras model of a run.

    Args:
        path: Run folder, `.keras` file or "default", the model that comes with the package for
            `verb`.
        verb: As for `load`; a model of another family is no error.

    Returns:
        The SEGAN, WaveGAN, SpecGAN, MelGAN or AcousticModel, as `keras.saving.load_model` gives it;
        it computes in float32.

    Raises:
        InputError: Not a run that has a model, or not a model of this package.
    """
    file = _model_file(_named(path, verb))
    if not zipfile.is_zipfile(file):
        raise InputError(file, "no Keras archive, or part of one", "a .keras file that is whole")
    import keras

    import tfgan_audio.models.acoustic  # noqa: F401  these register the families
    import tfgan_audio.models.melgan  # noqa: F401
    import tfgan_audio.models.segan  # noqa: F401
    import tfgan_audio.models.specgan  # noqa: F401
    import tfgan_audio.models.wavegan  # noqa: F401
    from tfgan_audio.serving.step_function import float32_policy

    try:
        with float32_policy():
            model = keras.saving.load_model(file)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(file, first_line(error), "a model of this package") from None
    if not any(hasattr(model, name) for name in ("stream", "render", "vocode", "predict_mel")):
        expected = "a SEGAN, WaveGAN, SpecGAN, MelGAN or AcousticModel"
        raise InputError(file, f"a {type(model).__name__}", expected)
    return model


def _named(path: str | os.PathLike, verb: str | None = None) -> Path:
    """Return the weights that come with the package for "default", unless a file is called so."""
    path = Path(path)
    is_ours = path == Path("default") and not path.exists()
    return _DEFAULTS.get(verb, _DEFAULT) if is_ours else path


def _model_file(path: Path) -> Path:
    """Return the file of the model, where `path` is that or the folder of a run."""
    if not path.exists():
        raise InputError(path, "nothing there", "a run folder or a .keras file")
    if path.is_file() and path.suffix != ".keras":
        raise InputError(path, "an unknown kind of file", "a run folder or a .keras file")
    if path.is_file() or (path / "model.keras").exists():
        return path if path.is_file() else path / "model.keras"
    if not (path / "config.yaml").exists():
        raise InputError(path, "no model.keras in it", "a run folder or a .keras file")
    best = path / "checkpoints" / "best.keras"
    expected = f"a finished one, or {best}" if best.exists() else "a finished one"
    raise InputError(path, "a run that has not ended", expected)


def _load_folder(path: Path) -> Loaded:
    """Tell runs from exports, and exports from the folder of their versions."""
    if (path / "model.keras").exists() or (path / "config.yaml").exists():
        return _load_keras(path)
    if (path / "saved_model.pb").exists():
        return open_saved_model(path)
    versions = [folder for folder in path.iterdir() if folder.name.isdecimal() and folder.is_dir()]
    if versions:
        return _load_folder(max(versions, key=lambda folder: int(folder.name)))
    seen = "an unknown kind of folder" if any(path.iterdir()) else "an empty folder"
    raise InputError(path, seen, _EXPECTED)


def _load_keras(path: Path) -> Loaded:
    """Wrap a Keras model."""
    model = load_trained(path)
    if hasattr(model, "stream"):
        return Enhancer(model.stream, model.sample_rate_hz)
    if hasattr(model, "vocode"):
        return _vocoder(model)
    if hasattr(model, "predict_mel"):
        from tfgan_audio.serving.synthesize_function import describe_acoustic, run_in_keras

        return Speaker(run_in_keras(model.reader), describe_acoustic(model))
    return SoundGenerator(
        model.render,
        model.latent_dim,
        model.slice_samples,
        model.sample_rate_hz,
        model.num_channels,
        model.label_names or tuple(map(str, range(model.num_classes))),
        lambda: _load_prior(path, model),
    )


def _vocoder(model) -> Vocoder:
    """Wrap a MelGAN: plain layers with the weights multiplied out, in one graph for any length."""
    import tensorflow as tf

    from tfgan_audio.serving.step_function import float32_policy

    with float32_policy():
        generator = model.fold()
    spec = tf.TensorSpec([None, None, model.features.num_mels], tf.float32)
    render = tf.function(lambda mel: generator(mel, training=False), input_signature=[spec])
    return Vocoder(lambda mel: render(mel).numpy(), model.features, *model.receptive_frames)


def _vocoder_opener(path: str | os.PathLike):
    """Return what opens a vocoder, or without a path the one in the folder of a model, once."""

    @functools.cache
    def open_vocoder(vocoder: str | os.PathLike | None) -> Vocoder:
        if vocoder is not None:
            return load(vocoder, "vocode")
        folder = Path(path) if Path(path).is_dir() else Path(path).parent
        for name in _VOCODERS if "://" not in str(path) else ():
            if (folder / name).exists():
                return load(folder / name, "vocode")
        if (named := _vocoder_of_run(folder)) is not None:
            return load(named, "vocode")
        expected = f"one to be named, or to lie in {folder} as {', '.join(_VOCODERS)}"
        raise InputError("vocoder", f"none beside {path}", expected)

    return open_vocoder


def _vocoder_of_run(folder: Path) -> Path | None:
    """Return the vocoder that the configuration of an acoustic model's run names, if any."""
    file = folder / "config.yaml"
    if not file.exists():
        return None
    from tfgan_audio.config.loading import load_config

    named = getattr(load_config(file).train, "vocoder", None)
    if named is not None and not Path(named).exists():
        expected = f"the vocoder that train.vocoder in {file} names, or another one to be named"
        raise InputError(named, "nothing there", expected)
    return None if named is None else Path(named)


def _load_prior(path: Path, model):
    """Open what `train-prior` has put beside a model."""
    from tfgan_audio.models.latent_prior import PRIOR_NAME, load_prior
    from tfgan_audio.serving.step_function import float32_policy

    file = (path if path.is_dir() else path.parent) / PRIOR_NAME
    if not file.exists():
        how = f"`tfgan-audio train-prior {shlex.quote(str(path))} --sounds DIR` before"
        raise InputError(file, "no such file", how)
    with float32_policy():
        return load_prior(file, model.generator)
