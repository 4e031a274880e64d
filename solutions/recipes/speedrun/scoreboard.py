"""The table of speedruns: one JSON object per line, in the learner's workspace. Needs no torch.

A line is added by one write at the end of the file, so two runs that end together do not overwrite each other. A line
that was cut off, by a kill or a full disk, is skipped when the table is read.
"""

import json
import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from course.text import say
from solutions.recipes.config import METHODS
from solutions.recipes.errors import RecipeError
from solutions.recipes.files import cannot_write

TABLE = "speedrun.jsonl"
SCHEMA = "course/speedrun/v1"
YOURS, REFERENCE = "yours", "reference"
"""Values for whose functions were run."""
SEEDS = 3
"""Minimum number of seeds for a run to count: a lucky seed is no recipe."""


@dataclass(frozen=True)
class Lap:
    """One seed of a run."""

    seed: int
    seconds: float
    """Seconds from loading the encoder to the last step of training."""
    cpu_seconds: float
    """Processor seconds of all threads, in the same period."""
    validation: float
    """Accuracy on the validation texts."""
    test: float | None
    """Accuracy on the test texts; None in a rehearsal, which does not look at them."""


@dataclass(frozen=True)
class Entry:
    """One run of the table."""

    when: str
    """Time of the run in ISO 8601, in UTC."""
    whose: str
    method: str
    machine: dict[str, Any]
    """Processor, device, threads and precision. Only times of equal machines are compared."""
    bar: float
    laps: list[Lap]
    yours: list[str]
    """The learner's functions in the run."""
    config: dict[str, Any]
    files: dict[str, str]
    """SHA-256 of the learner's files that were used."""
    load_average: list[float | None]
    """Load of the machine before and after the run."""
    test_digest: str
    """SHA-256 of the test texts; the split is fixed."""
    versions: dict[str, str]

    @property
    def seconds(self) -> float:
        """Mean of the seconds over the seeds."""
        return _mean([lap.seconds for lap in self.laps])

    @property
    def cpu_seconds(self) -> float:
        """Mean of the processor seconds over the seeds."""
        return _mean([lap.cpu_seconds for lap in self.laps])

    @property
    def accuracy(self) -> float:
        """Mean accuracy over the seeds, on the test texts; in a rehearsal, on the validation texts."""
        return _mean([lap.validation if lap.test is None else lap.test for lap in self.laps])

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean accuracy over the seeds; None for a single seed."""
        scores, n = [lap.validation if lap.test is None else lap.test for lap in self.laps], len(self.laps)
        if n < 2:
            return None
        return math.sqrt(sum((score - self.accuracy) ** 2 for score in scores) / (n - 1) / n)

    @property
    def reached(self) -> bool:
        """True if there are enough seeds, and the mean is at or above the bar."""
        return len(self.laps) >= SEEDS and self.accuracy >= self.bar

    def plain(self) -> dict[str, Any]:
        """Return the JSON data of a line: the fields, and derived figures for other programs."""
        derived = ("seconds", "cpu_seconds", "accuracy", "standard_error", "reached")
        return {"schema": SCHEMA, **asdict(self), **{name: getattr(self, name) for name in derived}}

    @classmethod
    def from_plain(cls, content: dict[str, Any]) -> "Entry":
        """Build an entry from JSON data; derived figures are computed again.

        Raises:
            ValueError: the data is not an entry.
        """
        try:
            if content["schema"] != SCHEMA or content["method"] not in METHODS:
                raise ValueError("a different schema, or an unknown method")
            laps = [
                Lap(int(lap["seed"]), *(float(lap[name]) for name in ("seconds", "cpu_seconds", "validation", "test")))
                for lap in content["laps"]
            ]
            if not laps or not all(lap.seconds > 0 and 0 <= (lap.test or 0) <= 1 for lap in laps):
                raise ValueError("impossible figures")
            known = {field.name: content[field.name] for field in fields(cls)}
            datetime.fromisoformat(known["when"])
            return cls(**{**known, "laps": laps, "bar": float(known["bar"]), "yours": list(known["yours"])})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no entry: {error}") from error


def now() -> str:
    """Return the current time for an entry."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def check(path: Path) -> None:
    """Refuse a place that cannot be written to, before the run.

    Raises:
        RecipeError: its folder does not exist, it is a folder, or it is protected.
    """
    written_to = path if path.exists() else path.parent
    if not path.parent.is_dir():
        raise RecipeError(
            say(
                "there is no folder {folder} for the table of runs. Create it, or choose a different file: --out FILE",
                folder=path.parent,
            )
        )
    if path.is_dir() or not os.access(written_to, os.W_OK):
        raise RecipeError(
            say("the table of runs cannot be written to {path}. Choose a different file: --out FILE", path=path)
        )


def append(path: Path, entry: Entry) -> None:
    """Add a line to the table.

    Raises:
        RecipeError: the file cannot be written, for example because the disk is full; it is left unchanged.
    """
    line = json.dumps(entry.plain(), ensure_ascii=False).encode() + b"\n"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            if size and _last_byte(path) != b"\n":  # a process was killed while writing
                line = b"\n" + line
            try:
                written = os.write(descriptor, line)
                if written != len(line):
                    raise OSError(28, "No space left on device")
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)
    except OSError as error:
        raise cannot_write(path, error) from error


def read(path: Path) -> tuple[list[Entry], int]:
    """Return all entries, the oldest first, and the number of lines that are not entries.

    Raises:
        RecipeError: the file exists but cannot be read.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise RecipeError(say("cannot read {path}: {reason}", path=path, reason=error.strerror or error)) from error
    entries, strange = [], 0
    for line in filter(bytes.strip, lines):
        try:
            entries.append(Entry.from_plain(json.loads(line)))
        except ValueError:
            strange += 1
    return entries, strange


def best(entries: Sequence[Entry], machine: dict[str, Any]) -> Entry | None:
    """Return the fastest of the learner's runs on this machine that reached the bar."""
    reached = [one for one in entries if one.whose == YOURS and one.machine == machine and one.reached]
    return min(reached, key=lambda one: one.seconds, default=None)


def reference(entries: Sequence[Entry], machine: dict[str, Any]) -> Entry | None:
    """Return the newest run of the reference on this machine: the time to beat."""
    return next((one for one in reversed(entries) if one.whose == REFERENCE and one.machine == machine), None)


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read()


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
