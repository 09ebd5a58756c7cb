"""The state from which a killed run goes on as if it had never stopped."""

from __future__ import annotations

import csv
import io
import json
import warnings
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras

from tfgan_audio.errors import InputError
from tfgan_audio.files import write_json, write_text
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.saving import save_model


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
    move, points to them. Whatever the moment of death, the JSON names a complete file. Everything
    else that a run writes is written before that move, so a run that is resumed writes it again.

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

        Raises:
            InputError: It cannot be written; the state before it stays.
        """
        weights = self.run.checkpoints / f"state-{progress.step:08d}.keras"
        save_model(model, weights)
        write_text(self.run.history, _table(progress.history))
        write_json(self.pointer, {"weights": weights.name, **asdict(progress)})
        for old in self.run.checkpoints.glob("state-*.keras"):
            if old != weights:
                old.unlink()

    def progress(self) -> Progress:
        """Read how far the saved state is.

        Raises:
            InputError: There is no state, or a damaged one.
        """
        return self._read()[0]

    def restore(self, model: keras.Model) -> Progress:
        """Load the saved state into a compiled model.

        Args:
            model: Compiled model of the run's configuration.

        Returns:
            The progress that was saved with it.

        Raises:
            InputError: The state is missing, damaged or of another configuration.
        """
        progress, weights = self._read()
        try:
            with warnings.catch_warnings():
                # Keras would only warn of an optimizer state that it leaves out.
                warnings.simplefilter("error", UserWarning)
                model.load_weights(weights)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            reason = "no such file" if isinstance(error, FileNotFoundError) else "a damaged file"
            raise InputError(weights, reason, f"what {self.pointer.name} points to") from None
        except (ValueError, UserWarning):
            seen, expected = "the state of another model", "one of the model in config.yaml"
            raise InputError(weights, seen, expected) from None
        return progress

    def _read(self) -> tuple[Progress, Path]:
        """Read the pointer and the path that it points to."""
        try:
            content = json.loads(self.pointer.read_text())
            weights = self.run.checkpoints / content.pop("weights")
            return Progress(**content), weights
        except FileNotFoundError:
            raise InputError(self.pointer, "no such file", "the state of a run") from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise InputError(self.pointer, "a damaged file", "the state of a run") from None


def _table(rows: list[dict[str, float]]) -> str:
    """Format history rows as CSV; a term that was switched on later has empty cells before."""
    if not rows:
        return ""
    text = io.StringIO()
    columns = dict.fromkeys(name for row in reversed(rows) for name in row)
    writer = csv.DictWriter(text, fieldnames=list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
