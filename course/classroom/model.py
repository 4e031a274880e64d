"""Data types for a class: its students, their submissions, and the marks.

Points of checks are integers; the result of a policy (a penalty for lateness) is exact to a hundredth and stored as
a ``Decimal`` with two places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from course.result import Result


@dataclass(frozen=True)
class Student:
    """One student, from the roster or from the names of files and folders."""

    id: str
    """Id that the platform and the instructor use; unique in a class."""
    name: str = ""
    email: str = ""
    extension: timedelta = timedelta()
    """Extra time beyond the deadline."""
    in_roster: bool = True
    namesake: bool = field(default=False, compare=False)
    """Whether another student in the class has the same name."""

    @property
    def shown(self) -> str:
        """Return the name, or the id if there is none; both if another student has the same name."""
        return self.identified if self.namesake else self.name or self.id

    @property
    def identified(self) -> str:
        """Return the name with the id; the id alone if there is no name."""
        return f"{self.name} ({self.id})" if self.name else self.id


@dataclass(frozen=True)
class Handed:
    """One file as handed in for one exercise; its bytes have been read, so it cannot change any more."""

    student: Student
    exercise: str
    """Slug."""
    origin: str
    """Path for messages: relative to the folder, ``archive.zip!member`` inside an archive."""
    source: bytes
    """Python source sent to the grader; for a notebook, its code cells."""
    sha256: str
    """Hash of ``source``."""
    submitted: datetime | None = None
    """With a time zone; None if unknown."""
    notes: tuple[str, ...] = ()
    """Notes for the instructor: dropped lines of a notebook, a guessed exercise, a skeleton."""
    cells: tuple[Any, ...] = ()
    """For a notebook: which lines came from which cell (``course.notebook``)."""
    told: tuple[str, ...] = ()
    """Notes for the student as well: an imported module next to the file that is not graded, for example."""


@dataclass(frozen=True)
class Refused:
    """Something in the folder that cannot be graded as it is."""

    student: Student | None
    """None if the owner cannot be determined."""
    exercise: str | None
    origin: str
    reason: str
    """A sentence, for the instructor and the student."""
    submitted: datetime | None = None
    inside: str = field(default="", compare=False)
    """Archive or folder that contains it, if it belongs to a student."""


@dataclass(frozen=True)
class Found:
    """Everything found in a folder of submissions; nothing is dropped without a reason."""

    handed: tuple[Handed, ...]
    refused: tuple[Refused, ...]
    ignored: tuple[tuple[str, str], ...] = ()
    """(origin, reason) of files that are not submissions: documents, ``.DS_Store``, empty folders."""
    litter: frozenset[str] = frozenset()
    """Origins in ``ignored`` that are not worth reporting: files left by systems and tools, the instructor's files."""


@dataclass(frozen=True)
class Override:
    """Points set by an instructor; they take precedence over every grading and regrading."""

    points: Decimal
    reason: str
    by: str = ""
    at: str = ""
    """ISO 8601, UTC."""


@dataclass(frozen=True)
class Terms:
    """Rules by which lateness was measured and charged."""

    due: datetime
    """The student's deadline, including an extension but not the grace period."""
    grace: timedelta
    percent: Decimal
    """Percent per day."""
    of: str
    """``max`` or ``earned``."""
    days: str
    """``started`` or ``full``."""
    charged: int
    """Days charged."""
    cap: Decimal
    """Maximum penalty in percent."""
    after_cap: str
    """``cap`` or ``zero``."""


@dataclass(frozen=True)
class Entry:
    """One exercise of one student in the gradebook."""

    student: Student
    exercise: str
    max_points: int
    result: Result | None = None
    """Result of the attempt that counts, or of the refusal; None if nothing was handed in."""
    origin: str = ""
    sha256: str = ""
    submitted: datetime | None = None
    late: timedelta = timedelta()
    """Time after deadline, extension and grace period; never negative."""
    penalty: Decimal = Decimal(0)
    """Points deducted for lateness."""
    terms: Terms | None = None
    """Terms of the penalty, if it was late."""
    expired: datetime | None = None
    """End of acceptance, if this was handed in later and so earns nothing."""
    attempts: int = 0
    """Number of readable files handed in; refused files do not count."""
    better: Decimal | None = None
    """Points of another attempt, if more than the one that counts."""
    refused: tuple[Refused, ...] = ()
    """Refused files, if no readable file was handed in after them."""
    graded: bool = True
    """Whether the attempt that counts, if any, has been graded."""
    override: Override | None = None
    changed: datetime | None = None
    """Time at which the mark last changed, if requested from the store (``gradebook.timed``)."""
    notes: tuple[str, ...] = ()
    same: tuple[Student, ...] = ()
    """Other students whose graded code is identical: the whole file, or the part taken from a notebook."""

    @property
    def earned(self) -> Decimal:
        """Return the points before lateness and override."""
        return Decimal(self.result.points if self.result else 0)

    @property
    def graded_points(self) -> Decimal:
        """Return the points earned minus the penalty, never below 0; two places."""
        return max(Decimal(0), self.earned - self.penalty).quantize(Decimal("0.01"))

    @property
    def points(self) -> Decimal:
        """Return the points that count: the override or, without one, the graded points; two places."""
        return self.override.points.quantize(Decimal("0.01")) if self.override else self.graded_points

    @property
    def status(self) -> str:
        """Return ``missing``, ``refused`` (every file), ``not_graded`` (yet), or the status of the result."""
        if self.result is None:
            return "missing"
        if self.refused and not self.sha256:
            return "refused"
        return self.result.status if self.graded else "not_graded"


@dataclass(frozen=True)
class Gradebook:
    """A class and its marks: students in roster order, then all others by id; exercises in course order."""

    exercises: tuple[str, ...]
    """Slugs."""
    students: tuple[Student, ...]
    entries: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    """(student id, slug) -> entry; every pair is present."""
    refused: tuple[Refused, ...] = ()
    """Refused files that belong to no student's row."""
    graded_at: str = ""
    """Time of the last grading: ISO 8601, UTC."""
    title: str = ""
    has_deadline: bool = False
    """Whether anything can be late."""
    gone: frozenset[str] = frozenset()
    """Ids of students with gradings whose files are all gone."""

    def of(self, student: Student) -> Sequence[Entry]:
        """Return a student's entries, in the order of the exercises."""
        return [self.entries[student.id, slug] for slug in self.exercises]

    def __iter__(self) -> Iterator[Entry]:
        """Iterate over all entries, student by student."""
        return (entry for student in self.students for entry in self.of(student))

    def points(self, student: Student) -> Decimal:
        """Return a student's total points."""
        return sum((entry.points for entry in self.of(student)), Decimal(0))

    @property
    def pending(self) -> int:
        """Return the number of entries that are not graded yet."""
        return sum(not entry.graded for entry in self)

    @property
    def max_points(self) -> int:
        """Return the points that a student can reach, not counting bonus points."""
        return (
            sum(self.entries[self.students[0].id, slug].max_points for slug in self.exercises) if self.students else 0
        )
