"""The history of a run as a picture of curves."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from tfgan_audio.evaluation.plots import curves
from tfgan_audio.evaluation.report import Figure
from tfgan_audio.files import replacing
from tfgan_audio.training.run_folder import RunFolder


def draw_history(run: RunFolder, score_panels: Mapping[str, list[str]]) -> Figure:
    """Draw the losses and validation scores of a run, and write them to `plots/curves.png`.

    Args:
        run: Folder of a run that has a history.
        score_panels: Title -> columns of the history that are drawn above the losses.

    Returns:
        The picture, for a page.
    """
    with open(run.history, newline="") as file:
        rows = list(csv.DictReader(file))
    terms = [name for name in rows[0] if name.startswith("g_") and name != "g_loss"]
    losses = {
        "Generator loss": ["g_loss", "val_g_loss"],
        "Generator terms": terms,
        "Discriminator loss": ["d_loss", "val_d_loss"],
    }
    panels = {
        title: [column for column in columns if column in rows[0]]
        for title, columns in {**score_panels, **losses}.items()
    }
    picture = curves(rows, {title: columns for title, columns in panels.items() if columns})
    with replacing(run.plots / "curves.png") as partial:
        partial.write_bytes(picture)
    return Figure("Training", picture, "Losses and validation scores against training steps")
