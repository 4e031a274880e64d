"""The log of a training: ``metrics.jsonl``, and events for TensorBoard on request."""

import json
from pathlib import Path
from typing import Any

from solutions.recipes.files import cannot_write, write_atomically

METRICS = "metrics.jsonl"
EVENTS = "tensorboard"


class Journal:
    """Writes one line per optimizer step and one per epoch.

    ``{"step": 7, "epoch": 0, "loss": 0.61, "learning_rate": 0.002, "texts": 32, "seconds": 1.9}`` and
    ``{"step": 187, "epoch": 0, "training_loss": 0.55, "validation": {"loss": 0.41, ...}}``.
    """

    def __init__(self, folder: Path | None, step: int = 0, epoch: int = 0, tensorboard: bool = False) -> None:
        """Begin a log, or continue one without the lines of steps that are run again.

        Args:
            folder: folder of the files; None writes none.
            step: the last optimizer step that counts.
            epoch: number of completed epochs, validation included.
            tensorboard: whether to write events.

        Raises:
            RecipeError: the folder cannot be written to.
        """
        self.path = None if folder is None else folder / METRICS
        self.file: Any = None
        self.board: Any = None
        if self.path is None or folder is None:
            return
        old = self.path.read_text(encoding="utf-8").splitlines() if step and self.path.exists() else []
        write_atomically(self.path, "".join(f"{line}\n" for line in old if _counts(line, step, epoch)).encode())
        try:
            self.file = self.path.open("a", encoding="utf-8")
        except OSError as error:
            raise cannot_write(self.path, error) from error
        if tensorboard:
            from torch.utils.tensorboard import SummaryWriter  # installed by an extra

            self.board = SummaryWriter(str(folder / EVENTS), purge_step=step + 1 if step else None)

    def write(self, **line: Any) -> None:
        """Write a line; its numbers, nested ones included, go to TensorBoard too.

        Raises:
            RecipeError: the file cannot be written, for example because the disk is full.
        """
        if self.file is None or self.path is None:
            return
        try:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()
        except OSError as error:
            raise cannot_write(self.path, error) from error
        if self.board is not None:
            for name, value in _scalars(line):
                self.board.add_scalar(name, value, line["step"])

    def close(self) -> None:
        """Close the log."""
        if self.file is not None:
            self.file.close()
        if self.board is not None:
            self.board.close()


def _counts(line: str, step: int, epoch: int) -> bool:
    """Return whether a line is complete and belongs to a step that is not run again."""
    try:
        content = json.loads(line)
        return bool(
            content["epoch"] < epoch if {"training_loss", "examples"} & content.keys() else content["step"] <= step
        )
    except (ValueError, KeyError, TypeError):
        return False


def _scalars(line: dict[str, Any]) -> list[tuple[str, float]]:
    """Return the numbers of a line, with names as TensorBoard groups them.

    >>> _scalars({"step": 3, "loss": 0.5, "validation": {"loss": 0.4}})
    [('training/loss', 0.5), ('validation/loss', 0.4)]
    """
    found = [(f"training/{name}", float(line[name])) for name in ("loss", "learning_rate") if name in line]
    return found + [(f"validation/{name}", float(value)) for name, value in line.get("validation", {}).items()]


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of a run."""
    return [json.loads(line) for line in (folder / METRICS).read_text(encoding="utf-8").splitlines()]
