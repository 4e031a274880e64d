"""The measured runs: one JSON file, a line for each run, written whole or not at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.text import say
from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError
from solutions.recipes.files import one_writer, write_atomically

SCHEMA = "course/training/v2"
OLDER = "course/training/v1"
"""Schema of older files, which hold only accuracies of three methods."""
SPLIT = "near-duplicates"
"""Name of today's way of splitting. Runs of another split are never mixed with these."""
MACHINE = ("threads", "mine")
"""Fields of the configuration that do not identify a run."""
Run = dict[str, Any]
"""The figures of a cell and the machine; see cell.py."""


@dataclass(frozen=True)
class Cell:
    """One run of a table."""

    kind: str
    """``finetune``, ``tfidf``, ``trainer`` or ``memory``."""
    config: FineTune
    checkpointing: bool = False
    """Memory: whether activation checkpointing is used."""
    own: str = ""
    """Hash of all your exercise files (``--mine``); empty for the reference."""

    def plain(self) -> dict[str, Any]:
        """Return the cell as JSON data."""
        own = {"own": self.own} if self.own else {}
        return {"kind": self.kind, "checkpointing": self.checkpointing, **own, "config": self.config.plain()}

    @classmethod
    def from_plain(cls, content: dict[str, Any]) -> "Cell":
        """Build a cell from JSON data.

        Raises:
            ValueError: the data is not a configuration.
        """
        config = FineTune.from_plain(content["config"])
        return cls(content["kind"], config, content.get("checkpointing", False), content.get("own", ""))

    @property
    def key(self) -> str:
        """A key that is equal for cells of the same run, even in different tables."""
        plain = self.plain()
        plain["config"] = {name: value for name, value in plain["config"].items() if name not in MACHINE}
        return json.dumps(plain, sort_keys=True)


@dataclass
class Runs:
    """The content of a file of runs."""

    by_key: dict[str, Run] = field(default_factory=dict)
    """Runs of today's split."""
    older: list[Run] = field(default_factory=list)
    """Runs from a file of the older schema; shown only if there are no others, and not written again."""

    def find(self, cell: Cell, needs: Sequence[str] = ()) -> Run | None:
        """Return the run of a cell, if it holds the figures that a table needs."""
        run = self.by_key.get(cell.key)
        return run if run is not None and ("diverged" in run or all(name in run for name in needs)) else None


def load(path: Path) -> Runs:
    """Read the file; a file that does not exist holds no runs.

    Raises:
        RecipeError: the file cannot be read, or holds something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        schema, runs = content["schema"], content["runs"]
    except FileNotFoundError:
        return Runs()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(
            say(
                "{path} cannot be read as a file of runs: {reason}. Choose a different file with --json",
                path=path,
                reason=error,
            )
        ) from error
    if schema == OLDER:
        return Runs(older=runs)
    if schema != SCHEMA:
        raise RecipeError(
            say("{path} does not contain runs of this command: its schema is {schema!r}", path=path, schema=schema)
        )
    try:
        return Runs({Cell.from_plain(run).key: run for run in runs if run["split"] == SPLIT})
    except (ValueError, KeyError, TypeError) as error:
        raise RecipeError(
            say(
                "{path} contains a run that cannot be understood: {error!r}. Choose a different file",
                path=path,
                error=error,
            )
        ) from error


def add(path: Path, run: Run) -> Runs:
    """Add a run to the file, keeping runs that other commands have added meanwhile.

    Returns:
        The new content of the file.

    Raises:
        RecipeError: the file cannot be read or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with one_writer(path.parent):  # two commands can measure into one file
        runs = load(path)
        runs.by_key[Cell.from_plain(run).key] = run
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for _, one in sorted(runs.by_key.items()))
        write_atomically(path, f'{{"schema": "{SCHEMA}", "runs": [\n{lines}\n]}}\n'.encode())
    return runs
