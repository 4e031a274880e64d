"""An instructor's store in one SQLite file: what was handed in, how it was graded, and what was overridden.

A grading is one transaction, and the write-ahead log keeps it even if the process dies: after ``kill -9``, only the
gradings that were running are missing. Each is stored under what it depends on (hash of the source, exercise, bundle,
environment, seed policy), so nothing is counted twice, and nothing unchanged is graded again. Not covered: a power
cut can cost the last few gradings, and on a network file system without locks, two commands can grade at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

from course import bundle, locks
from course.classroom.model import Found, Handed, Override, Refused, Student
from course.classroom.roster import told_apart
from course.errors import CourseError
from course.result import Result
from course.text import say

APPLICATION = 0x43525331
"""SQLite's ``application_id``, which identifies our stores."""
MAGIC = b"SQLite format 3\0"
"""First bytes of every SQLite file."""
VERSION = 1
"""Version of the tables below."""
BUSY_SECONDS = 30.0
"""Seconds to wait for another command that is writing; each transaction takes milliseconds."""
IGNORED = "ignored:"
"""Prefix of the settings that list ignored files; the folder follows."""
FRESH = "fresh"
"""Seed policy: a fresh seed for each grading. Any other policy is the seed itself."""

SCORE = """CREATE TABLE IF NOT EXISTS score (
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL, exercise TEXT NOT NULL,
    state TEXT NOT NULL,  -- what a platform is told of the score, as JSON
    at TEXT NOT NULL  -- since when; no two changes that follow each other have the same time
)"""
"""The table of scores; it is added to older stores, which lack it, when it is first used."""
TABLES = f"""
{SCORE};
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE student (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, extension REAL NOT NULL,
    place INTEGER  -- in the roster; NULL for somebody who is not in it
) WITHOUT ROWID;
CREATE TABLE source (sha256 TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE grading (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL REFERENCES source, exercise TEXT NOT NULL,
    bundle TEXT NOT NULL, environment TEXT NOT NULL, seed_policy TEXT NOT NULL,
    status TEXT NOT NULL, points INTEGER NOT NULL, result TEXT NOT NULL, finished TEXT NOT NULL,
    UNIQUE (sha256, exercise, bundle, environment, seed_policy)
);
CREATE TABLE submission (
    id INTEGER PRIMARY KEY,
    folder TEXT NOT NULL, student TEXT NOT NULL REFERENCES student, exercise TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES source, origin TEXT NOT NULL, submitted TEXT,
    notes TEXT NOT NULL, cells TEXT NOT NULL,
    present INTEGER NOT NULL,  -- 0: it was there, and no longer was when the folder was read again
    grading INTEGER REFERENCES grading,  -- the one that counts; NULL before the first
    UNIQUE (folder, student, exercise, origin, sha256)
);
CREATE INDEX submission_by_source ON submission (sha256, exercise);
CREATE TABLE refusal (
    id INTEGER PRIMARY KEY,
    folder TEXT NOT NULL, student TEXT REFERENCES student, exercise TEXT,
    origin TEXT NOT NULL, reason TEXT NOT NULL, submitted TEXT
);
CREATE TABLE override (
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL REFERENCES student, exercise TEXT NOT NULL,
    points TEXT,  -- NULL: the one before is taken back
    reason TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE event (id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE regrading (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL,
    submission INTEGER NOT NULL REFERENCES submission,
    before INTEGER NOT NULL REFERENCES grading, after INTEGER NOT NULL REFERENCES grading
);
"""


class StoreError(CourseError):
    """The file is not one of our stores, or it cannot be used."""


@dataclass(frozen=True)
class Key:
    """Everything that a grading depends on."""

    sha256: str
    exercise: str
    bundle: str
    environment: str
    seed_policy: str = FRESH

    def fits(self, other: Key) -> bool:
        """Return whether a result under this key also counts for the other: all but checks and libraries is equal."""
        same = (self.sha256, self.exercise, self.seed_policy) == (other.sha256, other.exercise, other.seed_policy)
        return same and bundle.sandbox(self.environment) == bundle.sandbox(other.environment)


@dataclass(frozen=True)
class Submission:
    """One file that was handed in, as recorded in the store."""

    id: int
    student: str
    exercise: str
    sha256: str
    origin: str
    submitted: datetime | None
    notes: tuple[str, ...]
    grading: int | None
    folder: str = ""
    """Path of the folder that contained it."""
    told: tuple[str, ...] = ()
    """Notes that the student also reads."""


@dataclass(frozen=True)
class StoredGrading:
    """One grading, without its full result."""

    id: int
    key: Key
    status: str
    points: int
    finished: str


def now() -> str:
    """Return the current time: ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


class Store:
    """An open store; use it as a context manager. Only one thread at a time is allowed to use it.

    Args:
        path: path of the file.
        create: create it if it does not exist.

    Raises:
        StoreError: it does not exist, is something else, or was written by another version.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        _demand_file(path, create)
        try:
            if create:  # its future content is private
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            self._db.row_factory = sqlite3.Row
            self._open(create)
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from None

    def _open(self, create: bool) -> None:
        """Check the file before anything is changed in it."""
        application, version = self._pragma("application_id"), self._pragma("user_version")
        empty = not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != APPLICATION and not (create and empty and not application and not version):
            raise _foreign(self.path)
        if application == APPLICATION and version != VERSION:
            raise StoreError(
                say(
                    "{file} was written by a different version of the course: its tables have version "
                    "{theirs}, but this course needs version {ours}. Use the version that wrote it, or grade "
                    "into a new file.",
                    file=str(self.path),
                    theirs=version,
                    ours=VERSION,
                )
            )
        self._pragma("journal_mode = WAL")
        self._pragma("synchronous = NORMAL")  # the log is complete after a kill; see above for a power cut
        self._pragma("foreign_keys = ON")
        if application != APPLICATION:
            with self.transaction():
                if self._pragma("application_id") != APPLICATION:  # no other process was faster
                    for statement in TABLES.split(";\n"):
                        self._db.execute(statement)
                    self._pragma(f"application_id = {APPLICATION}")
                    self._pragma(f"user_version = {VERSION}")

    def _pragma(self, what: str) -> Any:
        row = self._db.execute(f"PRAGMA {what}").fetchone()
        return row[0] if row else None

    def _unusable(self, error: sqlite3.Error | OSError) -> StoreError:
        return StoreError(say("{file} cannot be used as a store: {reason}.", file=str(self.path), reason=str(error)))

    def __enter__(self) -> Store:
        """Return the open store."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store; a damaged file becomes a sentence."""
        self.close()
        if isinstance(error, sqlite3.Error):
            raise self._unusable(error) from None

    def close(self) -> None:
        """Write the log into the file, and close it."""
        with contextlib.suppress(sqlite3.Error):  # the next run then finds the log's content in the file
            self._db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all of the block, or nothing.

        Raises:
            StoreError: the file cannot be written: a full disk, or another process's endless transaction.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock for grading into this store; the lock is a file next to it, released when the process ends.

        Raises:
            StoreError: another command is grading into it.
        """
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locks.alone(self.path.with_name(f"{self.path.name}-lock")))
            except BlockingIOError:
                raise StoreError(
                    say("another command is grading into {file}. Wait until it has finished.", file=str(self.path))
                ) from None
            except OSError as error:
                raise StoreError(
                    say("{file} cannot be locked: {reason}.", file=str(self.path), reason=error.strerror or str(error))
                ) from None
            yield

    # --- submissions -------------------------------------------------------------------------------------------------

    def register(self, found: Found, folder: str, exercises: Sequence[str] | None = None) -> None:
        """Record the current content of a folder; files that are gone from it no longer count.

        Args:
            found: the content of the folder.
            folder: its path, which identifies it.
            exercises: slugs to record; None means all. Other exercises in the folder are left unchanged.
        """
        wanted, folder = None if exercises is None else set(exercises), _text(folder)
        with self.transaction():
            listed = [(_text(origin), _text(why)) for origin, why in found.ignored if origin not in found.litter]
            self._remember(IGNORED + folder, json.dumps(listed))
            if wanted is None:
                self._db.execute("UPDATE submission SET present = 0 WHERE folder = ?", [folder])
                self._db.execute("DELETE FROM refusal WHERE folder = ?", [folder])
            for slug in wanted or ():
                self._db.execute("UPDATE submission SET present = 0 WHERE folder = ? AND exercise = ?", [folder, slug])
                self._db.execute(
                    "DELETE FROM refusal WHERE folder = ? AND (exercise = ? OR exercise IS NULL)", [folder, slug]
                )
            for one in found.handed:
                if wanted is None or one.exercise in wanted:
                    self._register(one, folder)
            for no in found.refused:
                if wanted is None or no.exercise is None or no.exercise in wanted:
                    if no.student:
                        self._know(no.student)
                    student = _text(no.student.id) if no.student else None
                    self._db.execute(
                        "INSERT INTO refusal (folder, student, exercise, origin, reason, submitted) "
                        "VALUES (?, ?, ?, ?, ?, ?)",
                        [folder, student, no.exercise, _text(no.origin), _text(no.reason), _iso(no.submitted)],
                    )

    def _register(self, one: Handed, folder: str) -> None:
        self._know(one.student)
        self._db.execute("INSERT OR IGNORE INTO source VALUES (?, ?)", [one.sha256, one.source])
        self._db.execute(
            "INSERT INTO submission (folder, student, exercise, sha256, origin, submitted, notes, cells, present) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET "
            "present = 1, submitted = excluded.submitted, notes = excluded.notes, cells = excluded.cells",
            [
                folder, _text(one.student.id), one.exercise, one.sha256, _text(one.origin), _iso(one.submitted),
                json.dumps({"notes": one.notes, "told": one.told} if one.told else one.notes),
                json.dumps(_plain(one.cells)),
            ],
        )  # fmt: skip

    def _know(self, student: Student, place: int | None = None) -> None:
        """Add a student; the roster's data takes precedence over file names."""
        self._db.execute(
            "INSERT INTO student VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "name = excluded.name, email = excluded.email, extension = excluded.extension, place = excluded.place "
            "WHERE student.place IS NULL OR excluded.place IS NOT NULL",
            [_text(student.id), _text(student.name), _text(student.email), student.extension.total_seconds(), place],
        )

    def enrol(self, roster: Iterable[Student]) -> None:
        """Record a roster, in its order; students no longer in it count as known only from their files."""
        with self.transaction():
            self._db.execute("UPDATE student SET place = NULL")
            for place, student in enumerate(roster):
                self._know(student, place)

    def students(self) -> list[Student]:
        """Return the roster in its order, then other students with files, by id."""
        return self._students(
            "WHERE place IS NOT NULL OR id IN (SELECT student FROM submission WHERE present "
            "UNION SELECT student FROM refusal UNION SELECT student FROM override)"
        )

    def everybody(self) -> list[Student]:
        """Return all students, including those whose files are gone."""
        return self._students("")

    def gone(self) -> set[str]:
        """Return the ids of students with gradings whose files are all gone."""
        rows = self._db.execute(
            "SELECT student FROM submission WHERE grading IS NOT NULL "
            "EXCEPT SELECT student FROM submission WHERE present"
        )
        return {row[0] for row in rows}

    def _students(self, which: str) -> list[Student]:
        rows = self._db.execute(f"SELECT * FROM student {which} ORDER BY place IS NULL, place, id")
        return told_apart(
            Student(row["id"], row["name"], row["email"], timedelta(seconds=row["extension"]), row["place"] is not None)
            for row in rows
        )

    def exercises(self) -> set[str]:
        """Return the slugs of exercises with submissions or overrides."""
        rows = self._db.execute(
            "SELECT exercise FROM submission WHERE present "
            "UNION SELECT exercise FROM refusal WHERE exercise IS NOT NULL"
        )
        return {row[0] for row in rows} | {slug for _, slug in self.overrides()}

    def submissions(self, folder: str | None = None) -> list[Submission]:
        """Return the current submissions (in one folder, or in all), in the order in which they were first found."""
        rows = self._db.execute(
            "SELECT * FROM submission WHERE present AND (?1 IS NULL OR folder = ?1) ORDER BY id",
            [None if folder is None else _text(folder)],
        )
        return [_submission(row) for row in rows]

    def refusals(self, folder: str | None = None) -> list[Refused]:
        """Return what could not be graded as it was, in one folder or in all."""
        known = {student.id: student for student in self.students()}
        rows = self._db.execute(
            "SELECT * FROM refusal WHERE ?1 IS NULL OR folder = ?1 ORDER BY id",
            [None if folder is None else _text(folder)],
        )
        return [
            Refused(known.get(row["student"]), row["exercise"], row["origin"], row["reason"], _moment(row["submitted"]))
            for row in rows
        ]

    def ignored(self, folder: str | None = None) -> list[tuple[str, str]]:
        """Return (origin, reason) of ignored files in one folder or in all, without litter.

        A file ignored in one run can have been graded or refused in another, which was for another exercise.
        """
        rows = self._db.execute(
            "SELECT name, value FROM setting WHERE name = ?1 OR (?2 AND substr(name, 1, ?3) = ?1) ORDER BY name",
            [IGNORED + _text(folder or ""), folder is None, len(IGNORED)],
        )
        answered = {(one.folder, one.origin) for one in self.submissions(folder)}
        answered |= {tuple(row) for row in self._db.execute("SELECT folder, origin FROM refusal")}
        return [
            (origin, reason)
            for row in rows
            for origin, reason in json.loads(row["value"])
            if (row["name"].removeprefix(IGNORED), origin) not in answered
        ]

    def source(self, sha256: str) -> bytes:
        """Return the bytes that were handed in.

        Raises:
            KeyError: there is no source with this hash.
        """
        row = self._db.execute("SELECT content FROM source WHERE sha256 = ?", [sha256]).fetchone()
        if row is None:
            raise KeyError(sha256)
        return bytes(row[0])

    def cells(self, submission: int) -> tuple[tuple[int, int, int], ...]:
        """For a notebook, return which lines came from which cell."""
        row = self._db.execute("SELECT cells FROM submission WHERE id = ?", [submission]).fetchone()
        return tuple((start, number, lines) for start, number, lines in json.loads(row[0]))

    # --- gradings ----------------------------------------------------------------------------------------------------

    def find(self, key: Key) -> StoredGrading | None:
        """Return the grading under this key; None if there is none, or if it failed through our fault."""
        row = self._db.execute(
            f"SELECT {GRADING} FROM grading WHERE sha256 = ? AND exercise = ? AND bundle = ? AND environment = ? "
            "AND seed_policy = ? AND status != 'grader_error'",
            _values(key),
        ).fetchone()
        return _grading(row) if row else None

    def grading(self, number: int) -> StoredGrading:
        """Return the grading with this number."""
        return _grading(self._db.execute(f"SELECT {GRADING} FROM grading WHERE id = ?", [number]).fetchone())

    def result(self, number: int) -> Result:
        """Return the full result of the grading with this number.

        Raises:
            course.result.Malformed: the stored data is not a result.
        """
        row = self._db.execute("SELECT result FROM grading WHERE id = ?", [number]).fetchone()
        return Result.from_json(json.loads(row[0]))

    def record(self, key: Key, submissions: Sequence[int], result: Result, document: str | None = None) -> int:
        """Store a grading and let it count for these submissions, in one transaction.

        Args:
            key: everything that the grading depends on.
            submissions: their numbers.
            result: the result of the grading.
            document: the result as JSON, if already serialised.

        Returns:
            The number of the grading.
        """
        with self.transaction():
            self._db.execute(
                "INSERT INTO grading (sha256, exercise, bundle, environment, seed_policy, status, points, result, "
                "finished) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status, "
                "points = excluded.points, result = excluded.result, finished = excluded.finished "
                "WHERE grading.status = 'grader_error'",  # a stored grading is never changed
                [*_values(key), result.status, result.points, document or json.dumps(result.to_json()), now()],
            )
            number: int = self._db.execute(
                "SELECT id FROM grading WHERE sha256 = ? AND exercise = ? AND bundle = ? AND environment = ? "
                "AND seed_policy = ?",
                _values(key),
            ).fetchone()[0]
            self._point(submissions, number, told=result.status != "grader_error")
        return number

    def reuse(self, key: Key, submissions: Sequence[int]) -> bool:
        """Let an existing grading of this source count for these submissions; return whether there is one.

        It is the one under this key or else the last one with other checks or libraries: an update of the course does
        not give one of two identical files another mark.
        """
        with self.transaction():
            found = self.find(key) or self._earlier(key)
            if found:
                self._point(submissions, found.id)
        return found is not None

    def _earlier(self, key: Key) -> StoredGrading | None:
        rows = self._db.execute(
            f"SELECT {GRADING} FROM grading WHERE sha256 = ? AND exercise = ? AND seed_policy = ? "
            "AND status != 'grader_error' ORDER BY id DESC",
            [key.sha256, key.exercise, key.seed_policy],
        )
        return next((one for one in map(_grading, rows) if one.key.fits(key)), None)

    def is_graded(self, one: Submission, key: Key) -> bool:
        """Return whether a submission's current result can stay, instead of grading it under this key."""
        if one.grading is None:
            return False
        found = self.grading(one.grading)
        return found.status != "grader_error" and found.key.fits(key)

    def bundles(self) -> list[tuple[str, str, int]]:
        """Return (slug, hash of the checks, count) of the graded submissions."""
        rows = self._db.execute(
            "SELECT grading.exercise, bundle, count(*) FROM submission JOIN grading ON grading.id = submission.grading "
            "WHERE present AND status != 'grader_error' GROUP BY grading.exercise, bundle ORDER BY 1, 2"
        )
        return [(slug, checks, count) for slug, checks, count in rows]

    def _point(self, submissions: Sequence[int], number: int, told: bool = True) -> None:
        """Let a grading count; one that failed through our fault does not replace an earlier one."""
        for submission in submissions:
            before = self._db.execute("SELECT grading FROM submission WHERE id = ?", [submission]).fetchone()[0]
            if before == number or (before is not None and not told):
                continue
            self._db.execute("UPDATE submission SET grading = ? WHERE id = ?", [number, submission])
            if before is not None:
                self._db.execute(
                    "INSERT INTO regrading (at, submission, before, after) VALUES (?, ?, ?, ?)",
                    [now(), submission, before, number],
                )

    def regradings(self, since: int = 0) -> list[tuple[int, Submission, int, int]]:
        """Return (number, submission, grading before, grading after) for each regrading after that number."""
        rows = self._db.execute(
            "SELECT regrading.id AS number, before, after, submission.* FROM regrading "
            "JOIN submission ON submission.id = submission WHERE regrading.id > ? ORDER BY regrading.id",
            [since],
        )
        return [(row["number"], _submission(row), row["before"], row["after"]) for row in rows]

    def graded_at(self) -> str:
        """Return when the last grading that counts ended: ISO 8601, UTC; empty if there is none."""
        return str(
            self._db.execute(
                "SELECT coalesce(max(finished), '') FROM grading WHERE id IN (SELECT grading FROM submission)"
            ).fetchone()[0]
        )

    # --- overrides ---------------------------------------------------------------------------------------------------

    def override(
        self, student: str, exercise: str, override: Override | None, *, reason: str = "", by: str = ""
    ) -> None:
        """Set points by hand, or remove that override (None); earlier overrides stay in the store."""
        given = override or Override(Decimal(0), reason, by, now())
        with self.transaction():
            self._db.execute(
                "INSERT INTO override (student, exercise, points, reason, by, at) VALUES (?, ?, ?, ?, ?, ?)",
                [student, exercise, str(given.points) if override else None, given.reason, given.by, given.at or now()],
            )

    def overrides(self) -> dict[tuple[str, str], Override]:
        """Return (student, slug) -> the override in effect."""
        rows = self._db.execute("SELECT * FROM override ORDER BY id")
        last = {(row["student"], row["exercise"]): row for row in rows}
        return {
            place: Override(Decimal(row["points"]), row["reason"], row["by"], row["at"])
            for place, row in last.items()
            if row["points"] is not None
        }

    def override_log(self, student: str, exercise: str) -> list[tuple[Decimal | None, str, str, str]]:
        """Return (points or None, reason, by, at) of every override, in chronological order."""
        rows = self._db.execute(
            "SELECT * FROM override WHERE student = ? AND exercise = ? ORDER BY id", [student, exercise]
        )
        return [
            (None if row["points"] is None else Decimal(row["points"]), row["reason"], row["by"], row["at"])
            for row in rows
        ]

    # --- history of the marks -----------------------------------------------------------------------------------------

    def since(self, states: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], datetime]:
        """Return when each score last changed; a score that differs from its last recorded state changed now.

        Args:
            states: (student, slug) -> the state of the score, in any text that is equal for equal scores.

        Returns:
            Times; a new one is later than all earlier ones, even if the clock was set back.
        """
        found: dict[tuple[str, str], datetime] = {}
        with self.transaction():
            self._db.execute(SCORE)
            rows = self._db.execute(
                "SELECT student, exercise, state, at FROM score WHERE id IN "
                "(SELECT max(id) FROM score GROUP BY student, exercise)"
            ).fetchall()
            last = {(row["student"], row["exercise"]): row for row in rows}
            newest = self._db.execute("SELECT max(at) FROM score").fetchone()[0]
            moment = datetime.now(timezone.utc)
            if newest:
                moment = max(moment, datetime.fromisoformat(newest) + timedelta(microseconds=1))
            for place, state in states.items():
                before = last.get(place)
                if before and before["state"] == state:
                    found[place] = datetime.fromisoformat(before["at"])
                    continue
                found[place] = moment
                self._db.execute(
                    "INSERT INTO score (student, exercise, state, at) VALUES (?, ?, ?, ?)",
                    [*place, state, moment.isoformat(timespec="microseconds")],
                )
        return found

    # --- settings and log ---------------------------------------------------------------------------------------------

    def note(self, kind: str, **detail: Any) -> None:
        """Add an entry to the log of actions on this store."""
        with self.transaction():
            self._db.execute("INSERT INTO event (at, kind, detail) VALUES (?, ?, ?)", [now(), kind, json.dumps(detail)])

    def events(self) -> list[tuple[str, str, Mapping[str, Any]]]:
        """Return (at, kind, detail), in order."""
        return [(row["at"], row["kind"], json.loads(row["detail"])) for row in self._db.execute("SELECT * FROM event")]

    def setting(self, name: str) -> str | None:
        """Return the value of a setting, such as the text of the policy."""
        row = self._db.execute("SELECT value FROM setting WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else None

    def remember(self, name: str, value: str) -> None:
        """Save a setting."""
        with self.transaction():
            self._remember(name, value)

    def _remember(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", [name, value])


GRADING = "id, sha256, exercise, bundle, environment, seed_policy, status, points, finished"


def _demand_file(path: Path, create: bool) -> None:
    """Refuse anything but a plain file before SQLite opens it, and a missing file if it should exist."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        if not create:
            raise StoreError(
                say("there is no store {file}. Create one with: course class grade", file=str(path))
            ) from None
        if not path.absolute().parent.is_dir():
            raise StoreError(say("there is no folder {folder}.", folder=str(path.absolute().parent))) from None
        return
    except OSError as error:
        raise StoreError(
            say("{file} cannot be used as a store: {reason}.", file=str(path), reason=error.strerror or str(error))
        ) from None
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(say("{file} is not a plain file, so it cannot be a store.", file=str(path)))
    if status.st_size:
        try:
            with path.open("rb") as file:
                beginning = file.read(len(MAGIC))
        except OSError as error:
            raise StoreError(
                say("{file} cannot be used as a store: {reason}.", file=str(path), reason=error.strerror or str(error))
            ) from None
        if beginning != MAGIC:
            raise _foreign(path)


def _foreign(path: Path) -> StoreError:
    return StoreError(say("{file} is not a store of class results. Choose a different file.", file=str(path)))


def _values(key: Key) -> list[str]:
    return [key.sha256, key.exercise, key.bundle, key.environment, key.seed_policy]


def _grading(row: sqlite3.Row) -> StoredGrading:
    key = Key(row["sha256"], row["exercise"], row["bundle"], row["environment"], row["seed_policy"])
    return StoredGrading(row["id"], key, row["status"], row["points"], row["finished"])


def _submission(row: sqlite3.Row) -> Submission:
    notes = json.loads(row["notes"])
    told = notes["told"] if isinstance(notes, dict) else ()
    return Submission(
        row["id"],
        row["student"],
        row["exercise"],
        row["sha256"],
        row["origin"],
        _moment(row["submitted"]),
        (*(notes["notes"] if isinstance(notes, dict) else notes), *told),
        row["grading"],
        row["folder"],
        tuple(told),
    )


def _text(outside: str) -> str:
    """Return text that SQLite can store: surrogates (from names that are not UTF-8) are spelt out."""
    return outside.encode("utf-8", "backslashreplace").decode()


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plain(cells: Sequence[Any]) -> Any:
    import msgspec

    return msgspec.to_builtins(list(cells))
