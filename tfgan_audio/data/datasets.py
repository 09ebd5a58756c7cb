"""Batches for training, straight from folders.

Shape letters: B batch, T samples, C channels, F frames, M mels.
"""

from pathlib import Path
from typing import Any

import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.data.enhancement import Mixtures, Pairs
from tfgan_audio.data.manifest import split_clips
from tfgan_audio.data.opening import open_clips, open_pairs, open_sounds, open_speech
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.data.recipe import Recipe
from tfgan_audio.data.responses import ResponseSource
from tfgan_audio.data.sound_source import split_sounds
from tfgan_audio.data.vocoder_source import SpeechSegments
from tfgan_audio.errors import InputError

VALIDATION_FRACTION = 0.1
"""Share of a plain folder that `split="validation"` stands for."""


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


def sounds(
    sound_dir: str | Path,
    *,
    slice_samples: int,
    batch_size: int,
    sample_rate_hz: int = 16_000,
    num_channels: int = 1,
    labels: bool = False,
    label_by: str = "folder",
    normalize: str = "peak",
    position: str = "random",
    pad: bool = False,
    balanced: bool = False,
    seed: int = 0,
    split: str | None = None,
    first_step: int = 0,
    num_steps: int | None = None,
) -> tf.data.Dataset:
    """Make batches of slices of sounds, as WaveGAN and SpecGAN learn from them.

    Args:
        sound_dir: Folder of audio files, at any depth, or of shards.
        slice_samples: Length of an element.
        batch_size: Elements per batch.
        sample_rate_hz: Rate of the batches; plain files are resampled.
        num_channels: Channels of the batches: 1 takes the mean of those of plain files, others
            repeat the one of a mono file.
        labels: Whether each element has the index of its label in the sorted order of the labels.
        label_by: What a label of a plain file is: "folder", the folder directly below `sound_dir`;
            or "prefix", what stands before the first "_" of its name.
        normalize: "peak" scales every plain file to a largest sample of 1; "none" does not.
        position: Where in a clip slices lie: "random", or "start" for its first samples only.
        pad: Whether clips shorter than a slice are followed by zeros, instead of left out.
        balanced: Whether all labels are visited equally often.
        seed: Names the sequence of batches.
        split: "train" or "validation" to use one part; None for all clips. Of plain files, a tenth
            of every label is held out.
        first_step: Step to begin with, for resuming.
        num_steps: How many batches; None never ends.

    Shape:
        waveform: [B, T, C]; with labels (waveform, label), label: [B]

    Returns:
        The dataset, float32, labels int32.

    Raises:
        InputError: A folder or an argument can not be used.
    """
    options = {"labels": labels, "label_by": label_by, "normalize": normalize}
    clips = open_sounds(sound_dir, sample_rate_hz, num_channels, _fraction(split), **options)
    source = split_sounds(
        clips,
        slice_samples,
        split,
        seed,
        labels=labels,
        position=position,
        pad=pad,
        balanced=balanced,
    )
    return make_dataset(source, batch_size, first_step, num_steps)


def speech(
    speech_dir: str | Path,
    features: MelFeatures | str = "melgan_official",
    *,
    segment_samples: int = 8192,
    batch_size: int,
    normalize: str = "peak",
    gain: tuple[float, float] = (0.3, 1.0),
    seed: int = 0,
    split: str | None = None,
    first_step: int = 0,
    num_steps: int | None = None,
) -> tf.data.Dataset:
    """Make (mel, waveform) batches of segments of speech, as MelGAN learns from them.

    Args:
        speech_dir: Folder of audio files, at any depth, or of shards.
        features: Definition of the mel spectrograms, or the name of a preset; its rate is that of
            the batches, to which plain files are resampled.
        segment_samples: Length of a segment, a multiple of the features' hop.
        batch_size: Elements per batch.
        normalize: "peak" scales every plain file to a largest sample of 0.95; "none" does not.
        gain: Range of the factor that each segment is multiplied by.
        seed: Names the sequence of batches.
        split: "train" or "validation" to use one part; None for all clips. Of plain files, a tenth
            is held out.
        first_step: Step to begin with, for resuming.
        num_steps: How many batches; None never ends.

    Shape:
        mel: [B, F, M]; waveform: [B, T, 1] with T = F * hop_samples

    Returns:
        The dataset, float32.

    Raises:
        InputError: A folder or an argument can not be used.
    """
    if isinstance(features, str):
        features = MelFeatures.preset(features)
    clips = open_speech(speech_dir, features.sample_rate_hz, _fraction(split), normalize)
    source = SpeechSegments(clips.subset(split), features, segment_samples, seed, gain)
    return make_dataset(source, batch_size, first_step, num_steps)


def _fraction(split: str | None) -> float:
    """Share to hold out of plain files so that `split` exists."""
    if split not in (None, "train", "validation"):
        raise InputError("split", split, "train, validation or None")
    return 0.0 if split is None else VALIDATION_FRACTION
