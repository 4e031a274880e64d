"""The learner's workspace: a directory with one file per exercise, and ``.course/`` with the course's records.

    my-course/lora.py                    the learner's work; never overwritten, only moved by ``reset``
    my-course/.course/state.json         last results and hint levels, and whether the introduction was read
    my-course/.course/backups/           files moved by ``reset``

The state is a convenience: if its file is lost or damaged, the course starts afresh and no work is lost. A damaged
file is moved to ``state.json.damaged``, in case it can be repaired.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from course import files, locks, paths, submission
from course.errors import BadDestination, CannotRemember, cannot_write
from course.paths import DIRECTORY
from course.result import Result
from course.syllabus import Exercise
from course.text import say

DEFAULT = "my-course"
"""Default name of the workspace made by ``course start``."""
SCHEMA = "course/state/v1"


@dataclass
class Memory:
    """The record of one exercise."""

    status: str | None = None
    """Status of the last full grading; None if there was none."""
    points: int = 0
    max_points: int = 0
    failed: list[dict[str, str | None]] = field(default_factory=list)
    """``id``, ``function``, ``title``, ``status``, ``mistake``, ``hint`` of the open checks, in order, and ``kind``,
    ``cause`` (its id) and ``explanation`` (its text) of their explanations."""
    given: list[str] = field(default_factory=list)
    """Checks whose own hint was shown (``id`` and the misconception named)."""
    levels: dict[str, int] = field(default_factory=dict)
    """Function -> number of the lesson's hints that were shown."""
    results: dict[str, int] = field(default_factory=dict)
    """Check -> points it earned when it last ran, even if alone; without bonus functions."""
    bonus: dict[str, int] = field(default_factory=dict)
    """Check of a bonus function -> points it earned when it last ran."""
    graded: str | None = None
    """Time of the last grading, full or partial; ISO 8601 in UTC, so that strings sort as times do."""
    refused: str | None = None
    """Reason why the file could not be graded at the last attempt; None if it could."""
    surrendered: bool = False
    """True if the reference was shown before the exercise was passed."""
    solved: bool = False
    """True if the exercise was ever passed, whatever happened to the file since."""

    @property
    def begun(self) -> bool:
        """Return whether it was graded, fully or partially."""
        return self.status is not None or any(self.results.values()) or bool(self.failed)

    @property
    def bonus_points(self) -> int:
        """Return the points earned with bonus functions."""
        return sum(self.bonus.values())

    @classmethod
    def from_json(cls, record: object) -> Memory:
        """Read a stored record; values of an unexpected type are ignored."""
        memory = cls()
        if not isinstance(record, dict):
            return memory
        if isinstance(record.get("status"), str):
            memory.status = record["status"]
        for name in ("points", "max_points"):
            if isinstance(record.get(name), int):
                setattr(memory, name, record[name])
        for name in ("surrendered", "solved"):
            setattr(memory, name, record.get(name) is True)
        memory.solved = memory.solved or memory.status == "passed"
        for name in ("graded", "refused"):
            if isinstance(record.get(name), str):
                setattr(memory, name, record[name])
        for name in ("results", "bonus"):
            if isinstance(record.get(name), dict):
                points_of = {str(key): points for key, points in record[name].items() if isinstance(points, int)}
                setattr(memory, name, points_of)
        if isinstance(record.get("failed"), list):
            memory.failed = [
                {str(key): None if text is None else str(text) for key, text in check.items()}
                for check in record["failed"]
                if isinstance(check, dict) and "id" in check and "function" in check
            ]
        if isinstance(record.get("given"), list):
            memory.given = [str(item) for item in record["given"]]
        if isinstance(record.get("levels"), dict):
            memory.levels = {str(key): level for key, level in record["levels"].items() if isinstance(level, int)}
        return memory

    def record(self, result: Result, total: int = 0, now: datetime | None = None) -> None:
        """Record a grading. A partial run updates only the checks that it ran; other open checks stay open.

        For a file that could not be graded, only the reason is updated.

        Args:
            result: the result of the grading.
            total: points of the whole exercise.
            now: time at which it ended; None means the current time.
        """
        if result.status == "not_gradable":
            self.refused = result.message
            return
        open_checks: list[dict[str, str | None]] = [
            {
                "id": check.id,
                "function": check.function,
                "title": check.title,
                "status": check.status,
                "mistake": check.mistake,
                "hint": check.hint,
                "kind": check.explanation.kind if check.explanation else None,
                "cause": check.explanation.id if check.explanation else None,
                "heading": check.explanation.heading if check.explanation else None,
                "explanation": check.explanation.text if check.explanation else None,
            }
            for check in result.failed
        ]
        results = {check.id: check.points for check in result.checks if not check.bonus}
        extra = {check.id: check.points for check in result.checks if check.bonus}
        self.bonus = self.bonus | extra if result.partial else extra
        if not result.partial:
            self.status, self.points, self.max_points = result.status, result.points, result.max_points
            self.failed, self.results = open_checks, results
        else:
            self.failed = open_checks + [check for check in self.failed if check["id"] not in results | extra]
            if self.status is None or self.results:  # otherwise an older version has stored the sum and not its parts
                self.results |= results
                self.points = sum(self.results.values())
            self.max_points = max(self.max_points, total, result.max_points)
            if self.status == "passed" and any(check["id"] in results for check in open_checks):
                self.status = "failed"
            elif self.status == "not_started" and self.points:
                self.status = "failed"
        self.refused = None
        self.solved = self.solved or self.status == "passed"
        self.graded = (now or datetime.now(timezone.utc)).astimezone(timezone.utc).isoformat()

    def forget(self) -> None:
        """Clear the record, except the permission to see the reference."""
        self.__init__(surrendered=self.surrendered, solved=self.solved)  # type: ignore[misc]


@dataclass(frozen=True)
class Workspace:
    """A directory that contains ``.course/``."""

    root: Path

    @property
    def _state_file(self) -> Path:
        return self.root / DIRECTORY / "state.json"

    def file(self, exercise: Exercise) -> Path:
        """Return the path of the learner's file for this exercise."""
        return self.root / f"{exercise.slug}.py"

    def notebook(self, exercise: Exercise) -> Path:
        """Return the path of the learner's notebook for this exercise, if they use one."""
        return self.root / f"{exercise.slug}.ipynb"

    def work(self, exercise: Exercise) -> Path:
        """Return the file in which the learner works: the notebook if the Python file is missing or not started."""
        file, notebook = self.file(exercise), self.notebook(exercise)
        if not notebook.is_file():
            return file
        try:
            started = not submission.holds(file, paths.skeleton(exercise.slug).read_bytes())
        except submission.NotGradable:  # the grading reports a file that cannot be read
            started = os.path.lexists(file)
        return file if started else notebook

    def memories(self) -> dict[str, Memory]:
        """Return all records by slug; empty if none can be read."""
        return {slug: Memory.from_json(record) for slug, record in self._exercises().items()}

    def memory(self, exercise: Exercise) -> Memory:
        """Return the record of one exercise."""
        return self.memories().get(exercise.slug, Memory())

    @property
    def introduced(self) -> bool:
        """Return whether the introduction was read here."""
        return self._schema() == SCHEMA and self._read().get("introduced") is True

    def introduce(self) -> None:
        """Record that the introduction was read.

        Raises:
            CannotRemember: the state belongs to a newer course, or cannot be written.
        """
        with locks.held(self._state_file.parent) as alone:
            self._write({"introduced": True, "exercises": self._exercises()}, alone)

    @contextlib.contextmanager
    def editing(self, exercise: Exercise) -> Iterator[Memory]:
        """Yield the record of one exercise for changing, and store it afterwards; meanwhile no other process writes.

        Raises:
            CannotRemember: at the end, if it cannot be stored (a newer course's state, a full disk).
        """
        with locks.held(self._state_file.parent) as alone:
            memory = self.memory(exercise)
            yield memory
            self._store(exercise, memory, alone)

    def remember(self, exercise: Exercise, memory: Memory) -> None:
        """Store the record of one exercise and leave the others unchanged.

        Raises:
            CannotRemember: the state belongs to a newer course, or cannot be written.
        """
        with locks.held(self._state_file.parent) as alone:
            self._store(exercise, memory, alone)

    def set_damaged_aside(self) -> Path | None:
        """Move a damaged state aside, to make room for a new one; return its new path, None if it is not damaged.

        Raises:
            CannotRemember: it cannot be moved.
        """
        if not self._damaged():
            return None
        with locks.held(self._state_file.parent):
            return self._set_aside() if self._damaged() else None  # another process may have moved it meanwhile

    def _set_aside(self) -> Path:
        stem = f"{self._state_file.name}.damaged"
        names = itertools.chain([stem], (f"{stem}-{count}" for count in itertools.count(2)))
        free = next(path for name in names if not os.path.lexists(path := self._state_file.with_name(name)))
        try:
            os.rename(self._state_file, free)
        except OSError as error:
            raise CannotRemember(
                say(
                    "{path} is damaged and cannot be moved: {reason}.",
                    path=str(self._state_file),
                    reason=error.strerror,
                )
            ) from error
        return free

    def _damaged(self) -> bool:
        """Return whether a state file exists that cannot be interpreted; one from a newer course is in order."""
        if not self._state_file.is_file():
            return False
        schema = self._schema()
        return schema is None or (schema == SCHEMA and not isinstance(self._read().get("exercises"), dict))

    def _store(self, exercise: Exercise, memory: Memory, alone: bool) -> None:
        state: dict[str, Any] = {"introduced": True} if self.introduced else {}
        self._write(state | {"exercises": self._exercises() | {exercise.slug: vars(memory)}}, alone)

    def _write(self, state: dict[str, Any], alone: bool) -> None:
        if self._schema() not in (None, SCHEMA):
            raise CannotRemember(
                say(
                    "{path} was written by a newer version of this course. Update the course, or move the file "
                    "elsewhere.",
                    path=str(self._state_file),
                )
            )
        if self._damaged():
            self._set_aside()
        try:
            self._state_file.parent.mkdir(parents=True, exist_ok=True)
            for left in self._state_file.parent.glob(f".{self._state_file.name}.*.tmp") if alone else ():
                left.unlink(missing_ok=True)  # from a writer that was killed: we hold the lock, so none is active
            files.write_bytes(self._state_file, files.to_json({"schema": SCHEMA} | state), lasting=False)
        except OSError as error:
            raise CannotRemember(cannot_write(self._state_file, error).message) from error

    def _read(self) -> dict[str, Any]:
        try:
            state = json.loads(self._state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return state if isinstance(state, dict) else {}

    def _schema(self) -> str | None:
        """Return the schema; None if no state can be read. ``course/state/v2`` would be from a newer course."""
        schema = self._read().get("schema")
        return schema if isinstance(schema, str) and re.fullmatch(r"course/state/v\d+", schema) else None

    def _exercises(self) -> dict[str, Any]:
        exercises = self._read().get("exercises") if self._schema() == SCHEMA else None
        return exercises if isinstance(exercises, dict) else {}


def current() -> Workspace | None:
    """Return the workspace of the current directory; None if that directory was removed or cannot be accessed."""
    try:
        return find(Path.cwd())
    except OSError:
        return None


def find(start: Path) -> Workspace | None:
    """Return the workspace of ``start``: the nearest parent with ``.course/``."""
    for directory in (start, *start.parents):
        if os.path.isdir(directory / DIRECTORY):  # unlike Path.is_dir, it never raises for lack of access
            return Workspace(directory)
    return None


def start(
    directory: Path, exercises: Iterable[Exercise], notebooks: bool = False
) -> tuple[Workspace, list[Path], list[Path]]:
    """Make ``directory`` a workspace; return it with the files that were created and those that existed already.

    Args:
        directory: created if missing.
        exercises: the exercises to create files for.
        notebooks: create notebooks instead of Python files.

    Raises:
        CourseError: the directory cannot be created or written.
    """
    copied: list[Path] = []
    kept: list[Path] = []
    workspace = Workspace(directory)
    try:
        (directory / DIRECTORY).mkdir(parents=True, exist_ok=True)
        for exercise in exercises:
            target = workspace.notebook(exercise) if notebooks else workspace.file(exercise)
            done = _create(target, _skeleton(exercise, target))
            (copied if done else kept).append(target)
    except OSError as error:
        raise cannot_write(Path(error.filename or directory), error) from error
    return workspace, copied, kept


def reset(workspace: Workspace, exercise: Exercise, now: datetime) -> tuple[bool, Path | None]:
    """Restore the skeleton; return whether that changed anything, and the backup of the learner's file, if any.

    Raises:
        CourseError: a file cannot be written; the learner's file is then in its old place.
    """
    target = workspace.work(exercise)
    skeleton = _skeleton(exercise, target)
    backup: Path | None = None
    try:
        if target.exists():
            if submission.holds(target, skeleton):
                return False, None
            backup = _backup(target, workspace.root / DIRECTORY / "backups", now)
        files.write_bytes(target, skeleton)
    except OSError as error:
        raise cannot_write(Path(error.filename or target), error) from error
    except submission.NotGradable as reason:
        raise BadDestination(str(reason)) from reason
    return True, backup


def _backup(file: Path, directory: Path, now: datetime) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    stem = f"{file.stem}-{now:%Y%m%d-%H%M%S}"
    for name in (f"{one}{file.suffix}" for one in (stem, *(f"{stem}-{count}" for count in range(2, 100)))):
        try:
            with open(directory / name, "xb") as copy, open(file, "rb") as original:
                shutil.copyfileobj(original, copy)
        except FileExistsError:
            continue
        return directory / name
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(directory / f"{stem}{file.suffix}"))


def _skeleton(exercise: Exercise, target: Path) -> bytes:
    """Return the initial content of a file of this name."""
    if target.suffix == ".ipynb":
        from course import blank_notebook

        return blank_notebook.make(exercise)
    return paths.skeleton(exercise.slug).read_bytes()


def _create(target: Path, content: bytes) -> bool:
    """Write a file without ever replacing one; return whether it was written."""
    try:
        with open(target, "xb") as file:
            file.write(content)
    except FileExistsError:
        return False
    return True
