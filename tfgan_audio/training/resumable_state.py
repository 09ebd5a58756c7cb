"""The state from which a killed run goes on as if it had never stopped."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass, field

import keras

from tfgan_audio.errors import InputError
from tfgan_audio.files import replacing, write_json, write_text
from tfgan_audio.training.run_folder import RunFolder


@dataclass
class Progress:
    """How far a run has come.

    Args:
        step: Training steps done.
        best_step: Step of the best validation so far, or None.
        best_score: Its score, or None.
        history: One row of logs a validation.
    """

    step: int = 0
    best_step: int | None = None
    best_score: float | None = None
    history: list[dict[str, float]] = field(default_factory=list)


class ResumableState:
    """Write and read weights, optimizer states and progress so that no kill can part them.

    The weights go to a file named after their step; only then a small JSON file, replaced in one
    move, points to them. Whatever the moment of death, the JSON names a complete file.

    Args:
        run: Folder of the run.
    """

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.pointer = run.checkpoints / "state.json"

    def exists(self) -> bool:
        """Tell whether there is a state to resume from."""
        return self.pointer.exists()

    def save(self, model: keras.Model, progress: Progress) -> None:
        """Save everything that training depends on.

        Args:
            model: Compiled model.
            progress: Progress at this moment.
        """
        weights = self.run.checkpoints / f"state-{progress.step:08d}.weights.h5"
        with replacing(weights) as partial:
            model.save_weights(partial, overwrite=True)
        write_json(self.pointer, {"weights": weights.name, **asdict(progress)})
        write_text(self.run.history, _table(progress.history))
        for old in self.run.checkpoints.glob("*state-*.weights.h5"):
            if old != weights:
                old.unlink()

    def restore(self, model: keras.Model) -> Progress:
        """Load the saved state into a compiled model.

        Args:
            model: Compiled model of the run's configuration.

        Returns:
            The progress that was saved with it.

        Raises:
            InputError: The state is missing or belongs to another configuration.
        """
        try:
            content = json.loads(self.pointer.read_text())
            weights = self.run.checkpoints / content.pop("weights")
        except (OSError, ValueError, KeyError) as error:
            raise InputError(self.pointer, error, "the state of a run") from None
        try:
            model.load_weights(weights)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise InputError(weights, reason, "weights of the model in config.yaml") from None
        return Progress(**content)


def _table(rows: list[dict[str, float]]) -> str:
    """Format history rows as CSV."""
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
