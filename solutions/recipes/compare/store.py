"""The runs that have been measured: one JSON file, a line for each run, written whole or not at all."""

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
"""Accuracies alone, of three methods."""
SPLIT = "near-duplicates"
"""How today's recipe splits. Runs of another split are never mixed with those of this one."""
MACHINE = ("threads", "mine")
"""Fields of a configuration that do not decide which run it is."""
Run = dict[str, Any]
"""What came out of a cell, and where it was measured; see cell.py."""


@dataclass(frozen=True)
class Cell:
    """One run of a table."""

    kind: str
    """``finetune``, ``tfidf`` or ``memory``."""
    config: FineTune
    checkpointing: bool = False
    """Memory: whether the layers are computed twice instead of keeping their activations."""
    own: str = ""
    """Which version of your files it runs with (``--mine``): a hash of them all. Empty for the reference."""

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        own = {"own": self.own} if self.own else {}
        return {"kind": self.kind, "checkpointing": self.checkpointing, **own, "config": self.config.plain()}

    @classmethod
    def from_plain(cls, content: dict[str, Any]) -> "Cell":
        """The other way round.

        Raises:
            ValueError: it is no configuration.
        """
        config = FineTune.from_plain(content["config"])
        return cls(content["kind"], config, content.get("checkpointing", False), content.get("own", ""))

    @property
    def key(self) -> str:
        """Equal for cells that ask for the same run, in whichever tables."""
        plain = self.plain()
        plain["config"] = {name: value for name, value in plain["config"].items() if name not in MACHINE}
        return json.dumps(plain, sort_keys=True)


@dataclass
class Runs:
    """All that a file holds."""

    by_key: dict[str, Run] = field(default_factory=dict)
    """Runs of today's split."""
    older: list[Run] = field(default_factory=list)
    """Of a file of the older schema; shown as long as there are no others, and not written again."""

    def find(self, cell: Cell, needs: Sequence[str] = ()) -> Run | None:
        """The run of a cell, if it holds what a table needs of it."""
        run = self.by_key.get(cell.key)
        return run if run is not None and ("diverged" in run or all(name in run for name in needs)) else None


def load(path: Path) -> Runs:
    """Read the file; without one there are no runs.

    Raises:
        RecipeError: it cannot be read, or holds something else.
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
    """Put a run into the file, beside whatever has come into it meanwhile.

    Returns:
        All that the file holds now.

    Raises:
        RecipeError: it cannot be read or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with one_writer(path.parent):  # two commands may measure into one file
        runs = load(path)
        runs.by_key[Cell.from_plain(run).key] = run
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for _, one in sorted(runs.by_key.items()))
        write_atomically(path, f'{{"schema": "{SCHEMA}", "runs": [\n{lines}\n]}}\n'.encode())
    return runs
