"""From an index-keyed source to a `tf.data.Dataset` of batches.

Shape letters: B batch, T samples.
"""

from pathlib import Path
from typing import Any

import tensorflow as tf

from tfgan_audio.data.enhancement import Mixtures, Pairs
from tfgan_audio.data.manifest import split_clips
from tfgan_audio.data.opening import open_clips, open_pairs
from tfgan_audio.data.recipe import Recipe
from tfgan_audio.data.responses import ResponseSource
from tfgan_audio.data.sources import Source
from tfgan_audio.errors import InputError

VALIDATION_FRACTION = 0.1
"""Share of a plain folder that `split="validation"` stands for."""


def make_dataset(
    source: Source,
    batch_size: int,
    first_step: int = 0,
    num_steps: int | None = None,
    num_parallel_calls: int = 2,
) -> tf.data.Dataset:
    """Serve the batches of a source, in order, a few ahead of the training.

    Batch `step` depends on the source and `step` alone: the batches are the same for any number of
    parallel calls, and starting at `first_step` equals skipping that many batches, at no cost.

    Args:
        source: Where the batches come from.
        batch_size: Elements per batch.
        first_step: Step to begin with.
        num_steps: How many batches; None never ends.
        num_parallel_calls: Batches in the making at a time.

    Shape:
        each element: a tuple of [B, ...], as `source.batch` returns them

    Returns:
        The dataset, with static shapes.

    Raises:
        InputError: A count is out of range.
    """
    for name, value, least in (
        ("batch_size", batch_size, 1),
        ("first_step", first_step, 0),
        ("num_steps", 0 if num_steps is None else num_steps, 0),
    ):
        if value < least:
            raise InputError(name, value, f"at least {least}")
    example = source.batch(0, 1)
    shapes = [(batch_size, *array.shape[1:]) for array in example]
    types = [array.dtype for array in example]

    def load(step: tf.Tensor) -> tuple[tf.Tensor, ...]:
        arrays = tf.numpy_function(
            lambda number: source.batch(int(number), batch_size), [step], types, stateful=False
        )
        for array, shape in zip(arrays, shapes, strict=True):
            array.set_shape(shape)
        return tuple(arrays)

    steps = tf.data.Dataset.counter(first_step)
    if num_steps is not None:
        steps = tf.data.Dataset.range(first_step, first_step + num_steps)
    dataset = steps.map(load, num_parallel_calls=num_parallel_calls, deterministic=True)
    options = tf.data.Options()
    options.deterministic = True
    options.autotune.enabled = False
    # There are no files to share out among workers: each takes its part of every batch.
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return dataset.prefetch(2).with_options(options)


def mixtures(
    speech_dir: str | Path,
    noise_dir: str | Path,
    *,
    segment_samples: int,
    batch_size: int,
    sample_rate_hz: int = 16_000,
    seed: int = 0,
    split: str | None = None,
    first_step: int = 0,
    num_steps: int | None = None,
    response_dir: str | Path | None = None,
    **recipe: Any,
) -> tf.data.Dataset:
    """Make (noisy, clean) batches by mixing speech with noise on the fly.

    Args:
        speech_dir: Folder of audio files or of shards.
        noise_dir: Folder of audio files or of shards.
        segment_samples: Length of an element.
        batch_size: Elements per batch.
        sample_rate_hz: Rate of the batches; plain files are resampled.
        seed: Names the sequence of batches.
        split: "train" or "validation" to use one part of both folders; None for all clips. Of
            plain files, a tenth is held out: whole speakers (folders) if there are several.
        first_step: Step to begin with, for resuming.
        num_steps: How many batches; None never ends.
        response_dir: Folder of impulse responses, if `reverb_probability` is above 0.
        recipe: What may happen to the speech, as for `Recipe`: `snr_db`, `level_dbfs` and so on.

    Shape:
        noisy, clean: [B, T, 1]

    Returns:
        The dataset, float32.

    Raises:
        InputError: A folder or an argument can not be used.
    """
    fraction = _fraction(split)
    speech = open_clips(speech_dir, sample_rate_hz, 1, fraction).subset(split)
    noise = open_clips(noise_dir, sample_rate_hz, 1, fraction, group="file").subset(split)
    responses = None
    if response_dir is not None:
        rooms = ResponseSource(response_dir)
        listed = split_clips(rooms.clips(), fraction, group="file")
        responses = rooms.open(listed, sample_rate_hz).subset(split)
    source = Mixtures(speech, noise, segment_samples, Recipe(**recipe), seed, responses)
    return make_dataset(source, batch_size, first_step, num_steps)


def paired(
    noisy_dir: str | Path,
    clean_dir: str | Path,
    *,
    segment_samples: int,
    batch_size: int,
    sample_rate_hz: int = 16_000,
    seed: int = 0,
    split: str | None = None,
    first_step: int = 0,
    num_steps: int | None = None,
) -> tf.data.Dataset:
    """Make (noisy, clean) batches from two folders of files with equal names.

    Args:
        noisy_dir: Folder of audio files or of shards.
        clean_dir: Folder of the same kind, with a partner of equal length for every noisy file.
        segment_samples: Length of an element.
        batch_size: Elements per batch.
        sample_rate_hz: Rate of the batches; plain files are resampled.
        seed: Names the sequence of batches.
        split: "train" or "validation" to use one part; None for all pairs. Of plain files, a tenth
            is held out.
        first_step: Step to begin with, for resuming.
        num_steps: How many batches; None never ends.

    Shape:
        noisy, clean: [B, T, 1]

    Returns:
        The dataset, float32.

    Raises:
        InputError: A folder or an argument can not be used.
    """
    noisy, clean = open_pairs(noisy_dir, clean_dir, sample_rate_hz, _fraction(split))
    source = Pairs(noisy.subset(split), clean.subset(split), segment_samples, seed)
    return make_dataset(source, batch_size, first_step, num_steps)


def _fraction(split: str | None) -> float:
    """Share to hold out of plain files so that `split` exists."""
    if split not in (None, "train", "validation"):
        raise InputError("split", split, "train, validation or None")
    return 0.0 if split is None else VALIDATION_FRACTION
