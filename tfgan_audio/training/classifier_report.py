"""How well a classifier recognises held-out sounds, as a table and as a page."""

from __future__ import annotations

import os

from tfgan_audio.evaluation.generation.set_plots import confusion_matrix
from tfgan_audio.evaluation.plots import curves
from tfgan_audio.evaluation.report import Figure, Headline, Report, Table, write_report
from tfgan_audio.training.classifier_run import TrainedClassifier


def recall_table(trained: TrainedClassifier) -> Table:
    """Return the table of how much of each class was recognised.

    Args:
        trained: The classifier.
    """
    rows = [
        [name, f"{recall:.1%}", str(count)]
        for name, recall, count in zip(
            trained.model.label_names, trained.recalls, trained.confusion.sum(axis=1), strict=True
        )
    ]
    note = f"{trained.num_train} clips to train on."
    return Table("Held-out clips", ["Class", "Recognised", "Clips"], rows, note)


def write_classifier_report(
    path: str | os.PathLike, trained: TrainedClassifier, sound_dir: str | os.PathLike
) -> None:
    """Write the page of a classifier.

    Args:
        path: HTML file.
        trained: The classifier.
        sound_dir: Where its sounds are.

    Raises:
        InputError: The file cannot be written.
    """
    num_held_out = int(trained.confusion.sum())
    chance = trained.confusion.sum(axis=1).max() / num_held_out
    matrix = confusion_matrix(trained.confusion, trained.model.label_names)
    losses = curves(trained.history, {"Loss (nats)": ["loss", "held_out_loss"]})
    report = Report(
        title="Classifier of sounds",
        subtitle=f"{len(trained.recalls)} classes of {sound_dir}.",
        headlines=[
            Headline(
                "Accuracy",
                f"{trained.accuracy:.1%}",
                f"on {num_held_out} held-out clips; {chance:.1%} by always naming the largest",
            ),
            Headline("Mean recall", f"{trained.recalls.mean():.1%}", "of all classes alike"),
        ],
        tables=[recall_table(trained)],
        figures=[
            Figure("What is taken for what", matrix, "Matrix of true against named classes"),
            Figure("Training", losses, "Losses against steps"),
        ],
    )
    write_report(path, report)
