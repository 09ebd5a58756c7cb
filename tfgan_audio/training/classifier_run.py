"""Train a classifier of one's own classes of sounds, to score generated ones with.

Letters: B batch, T samples, L labels.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass

import keras
import numpy as np
from tqdm import tqdm

from tfgan_audio.data.opening import open_sounds
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.data.slices import Sounds
from tfgan_audio.data.sound_source import sorted_labels
from tfgan_audio.errors import InputError
from tfgan_audio.models.sound_classifier import SoundClassifier
from tfgan_audio.training.devices import make_repeatable

HELD_OUT_FRACTION = 0.2
_BATCH_SIZE = 32
_LEARNING_RATE = 1e-3
_NUM_VALIDATIONS = 20
_FIRST_VALIDATION = 8  # before, the averages of the normalisations are still on their way
_PATIENCE = 6  # validations without a lower loss
_MOST_VALIDATED = 512


@dataclass(frozen=True)
class ClassifierOptions:
    """How a classifier is trained.

    Args:
        num_steps: Steps at most; it stops before where the held-out loss falls no more.
        slice_samples: Length of the clips it hears.
        sample_rate_hz: Their rate.
        channels: Maps of each convolution.
        label_by: "folder" or "prefix", see `folder_sounds`.
        position: "start" or "random", see `Sounds`.
        seed: Of weights and batches.
    """

    num_steps: int = 400
    slice_samples: int = 16384
    sample_rate_hz: int = 16000
    channels: int = 32
    label_by: str = "folder"
    position: str = "random"
    seed: int = 0


@dataclass(frozen=True)
class TrainedClassifier:
    """A classifier at its best, and what it says of clips it was not trained on.

    Args:
        model: The classifier.
        confusion: Held-out clips of the class of the row that it took for that of the column,
            `[L, L]`.
        num_train: Clips it was trained on.
        history: Rows with "step", "loss" and "held_out_loss".
    """

    model: SoundClassifier
    confusion: np.ndarray
    num_train: int
    history: tuple[dict[str, float], ...]

    @property
    def recalls(self) -> np.ndarray:
        """Share of each class that was recognised, `[L]`."""
        return np.diag(self.confusion) / self.confusion.sum(axis=1)

    @property
    def accuracy(self) -> float:
        """Share of the held-out clips that were recognised."""
        return float(np.trace(self.confusion) / self.confusion.sum())

    def as_dict(self) -> dict[str, object]:
        """Return the figures as JSON can hold them."""
        names = self.model.label_names
        return {
            "accuracy": self.accuracy,
            "mean_recall": float(self.recalls.mean()),
            "recall": dict(zip(names, self.recalls.tolist(), strict=True)),
            "label_names": list(names),
            "confusion": self.confusion.tolist(),
            "num_train": self.num_train,
            "num_held_out": int(self.confusion.sum()),
            "history": list(self.history),
        }


def train_classifier(
    sound_dir: str | os.PathLike, options: ClassifierOptions | None = None
) -> TrainedClassifier:
    """Train a classifier on folders of sounds; a fifth of each class is held out to judge it.

    All classes are visited equally often. The weights with the lowest loss on the held-out clips
    are kept.

    Args:
        sound_dir: Folder with a folder of audio files for each class, or shards with labels.
        options: How to train.

    Returns:
        The classifier and how it did.

    Raises:
        InputError: Sounds that cannot be used, fewer than two classes, or a class without a clip
            to hold out.
    """
    options = options or ClassifierOptions()
    if options.num_steps < 1:
        raise InputError("num_steps", options.num_steps, "at least 1")
    make_repeatable(options.seed)
    clips = open_sounds(
        sound_dir, options.sample_rate_hz, 1, HELD_OUT_FRACTION, labels=True,
        label_by=options.label_by,
    )  # fmt: skip
    train, held_out = clips.subset("train"), clips.subset("validation")
    names = sorted_labels(train, options.slice_samples, pad=True)
    if missing := [name for name in names if name not in held_out.labels]:
        raise InputError(f"label {missing[0]}", "a single clip", "at least 2, one to hold out")
    model = SoundClassifier(names, options.slice_samples, options.sample_rate_hz, options.channels)
    source = Sounds(
        train, options.slice_samples, options.seed, names, options.position, True, balanced=True
    )
    starts = Sounds(held_out, options.slice_samples, 0, names, "start", True)
    waveforms, labels = starts.batch(0, held_out.num_clips)
    history = _fit(model, source, (waveforms, labels), options.num_steps)
    found = model.judge(waveforms[..., 0])[0].argmax(axis=1)
    confusion = np.zeros((len(names), len(names)), np.int64)
    np.add.at(confusion, (labels, found), 1)
    trained = TrainedClassifier(model, confusion, train.num_clips, tuple(history))
    model.held_out_accuracy = trained.accuracy
    return trained


def _fit(
    model: SoundClassifier, source: Sounds, held_out: tuple[np.ndarray, ...], num_steps: int
) -> list[dict[str, float]]:
    """Train, and leave the model with the weights that did best on held-out clips."""
    every_steps = max(1, num_steps // _NUM_VALIDATIONS)
    model.compile(
        keras.optimizers.Adam(_LEARNING_RATE),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    best = keras.callbacks.EarlyStopping(
        "val_loss",
        patience=_PATIENCE,
        restore_best_weights=True,
        start_from_epoch=_FIRST_VALIDATION,
    )
    with contextlib.closing(_Progress(num_steps)) as progress:
        rows = model.fit(
            make_dataset(source, _BATCH_SIZE),
            epochs=num_steps // every_steps,
            steps_per_epoch=every_steps,
            validation_data=tuple(part[:_MOST_VALIDATED] for part in held_out),
            verbose=0,
            shuffle=False,  # the source shuffles
            callbacks=[best, progress],
        ).history
    return [
        {"step": (index + 1) * every_steps, "loss": loss, "held_out_loss": held_out_loss}
        for index, (loss, held_out_loss) in enumerate(
            zip(rows["loss"], rows["val_loss"], strict=True)
        )
    ]


class _Progress(keras.callbacks.Callback):
    """Steps, the time left and the held-out accuracy on stderr."""

    def __init__(self, num_steps: int) -> None:
        super().__init__()
        interval_s = 0.2 if sys.stderr.isatty() else 10.0
        self._bar = tqdm(
            total=num_steps, unit="step", desc="training", file=sys.stderr, mininterval=interval_s
        )

    def on_train_batch_end(self, batch, logs=None) -> None:
        self._bar.update()

    def on_epoch_end(self, epoch, logs=None) -> None:
        self._bar.set_postfix(held_out=f"{logs['val_accuracy']:.0%}", refresh=False)

    def close(self) -> None:
        """End the line, however the training ends."""
        self._bar.close()
