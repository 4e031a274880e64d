"""The nouns of a class: who is in it, what was handed in, and what it is worth.

Points of checks are integers; what a policy makes of them (a penalty for lateness) is exact to a hundredth, and is
kept as a ``Decimal`` with two places.
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
    """One student: of the roster, or as the names of files and folders tell."""

    id: str
    """What the platform and the instructor know them by; unique in a class."""
    name: str = ""
    email: str = ""
    extension: timedelta = timedelta()
    """Longer than the others have."""
    in_roster: bool = True
    namesake: bool = field(default=False, compare=False)
    """Whether somebody else in the class has the same name."""

    @property
    def shown(self) -> str:
        """The name, else the id; both if somebody else has the same name."""
        return self.identified if self.namesake else self.name or self.id

    @property
    def identified(self) -> str:
        """The name with the id; the id alone if there is no name."""
        return f"{self.name} ({self.id})" if self.name else self.id


@dataclass(frozen=True)
class Handed:
    """One file as it was handed in for one exercise; its bytes have been read, so it cannot change any more."""

    student: Student
    exercise: str
    """The slug."""
    origin: str
    """Where it was found, for people: a path below the folder, ``archive.zip!member`` inside an archive."""
    source: bytes
    """Python, as the grader gets it; of a notebook its code cells."""
    sha256: str
    """Of ``source``."""
    submitted: datetime | None = None
    """With a time zone; None if nothing tells."""
    notes: tuple[str, ...] = ()
    """What an instructor should know: lines of a notebook that were dropped, a guessed exercise, a skeleton."""
    cells: tuple[Any, ...] = ()
    """Of a notebook: which lines came from which cell (``course.notebook``)."""
    told: tuple[str, ...] = ()
    """What the student should know as well: a module beside the file that it imports, and that is not graded."""


@dataclass(frozen=True)
class Refused:
    """Something in the folder that cannot be graded as what it is."""

    student: Student | None
    """None if nobody can tell whose it is."""
    exercise: str | None
    origin: str
    reason: str
    """A sentence, for the instructor and the student."""
    submitted: datetime | None = None
    inside: str = field(default="", compare=False)
    """The archive or folder in which it lies, if that is a student's."""


@dataclass(frozen=True)
class Found:
    """Everything that lies in a folder of submissions: nothing in it is lost without a word."""

    handed: tuple[Handed, ...]
    refused: tuple[Refused, ...]
    ignored: tuple[tuple[str, str], ...] = ()
    """(origin, reason) of what is no submission: a document beside a submission, ``.DS_Store``, an empty folder."""
    litter: frozenset[str] = frozenset()
    """Origins among them that nobody needs to hear of: what systems and tools leave behind, the instructor's files."""


@dataclass(frozen=True)
class Override:
    """Points that an instructor gives by hand; they win over every grading and regrading."""

    points: Decimal
    reason: str
    by: str = ""
    at: str = ""
    """ISO 8601, UTC."""


@dataclass(frozen=True)
class Terms:
    """By what lateness was measured and charged."""

    due: datetime
    """The student's deadline: with an extension, without the grace."""
    grace: timedelta
    percent: Decimal
    """For each day."""
    of: str
    """``max`` or ``earned``."""
    days: str
    """``started`` or ``full``."""
    charged: int
    """Days."""
    cap: Decimal
    """Percent."""
    after_cap: str
    """``cap`` or ``zero``."""


@dataclass(frozen=True)
class Entry:
    """One exercise of one student, in the gradebook."""

    student: Student
    exercise: str
    max_points: int
    result: Result | None = None
    """Of the attempt that counts, or why everything was refused; None if nothing was handed in."""
    origin: str = ""
    sha256: str = ""
    submitted: datetime | None = None
    late: timedelta = timedelta()
    """After the deadline, extension and grace taken off; never negative."""
    penalty: Decimal = Decimal(0)
    """Points taken off for it."""
    terms: Terms | None = None
    """Why so many, if it was late."""
    expired: datetime | None = None
    """Until when work was accepted, if this came later and so earns nothing."""
    attempts: int = 0
    """How many files were handed in that could be read; what was refused never counts."""
    better: Decimal | None = None
    """What another attempt would be worth, if that is more than the one that counts."""
    refused: tuple[Refused, ...] = ()
    """Files that were refused, if nothing that could be read came after them."""
    graded: bool = True
    """Whether the attempt that counts has been graded yet, where there is one."""
    override: Override | None = None
    changed: datetime | None = None
    """Since when the mark has been what it is, if the store was asked (``gradebook.timed``)."""
    notes: tuple[str, ...] = ()
    same: tuple[Student, ...] = ()
    """Others whose file is identical in what is graded: all of it, or what was taken out of a notebook."""

    @property
    def earned(self) -> Decimal:
        """Before lateness and override."""
        return Decimal(self.result.points if self.result else 0)

    @property
    def graded_points(self) -> Decimal:
        """What was earned less the penalty, never below 0; two places."""
        return max(Decimal(0), self.earned - self.penalty).quantize(Decimal("0.01"))

    @property
    def points(self) -> Decimal:
        """What counts: the override, else what the grading gave; two places."""
        return self.override.points.quantize(Decimal("0.01")) if self.override else self.graded_points

    @property
    def status(self) -> str:
        """``missing``, ``refused`` (all of it), ``not_graded`` (yet), or the status of the result."""
        if self.result is None:
            return "missing"
        if self.refused and not self.sha256:
            return "refused"
        return self.result.status if self.graded else "not_graded"


@dataclass(frozen=True)
class Gradebook:
    """A class and its marks: students in the order of the roster, then the others by id; exercises in course order."""

    exercises: tuple[str, ...]
    """Slugs."""
    students: tuple[Student, ...]
    entries: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    """(id of the student, slug); each pair is there."""
    refused: tuple[Refused, ...] = ()
    """What nobody's row can show."""
    graded_at: str = ""
    """Of the last grading: ISO 8601, UTC."""
    title: str = ""
    has_deadline: bool = False
    """Whether anything can be late."""
    gone: frozenset[str] = frozenset()
    """Ids of students of whom something was graded, and whose files are all gone."""

    def of(self, student: Student) -> Sequence[Entry]:
        """A student's entries, in the order of the exercises."""
        return [self.entries[student.id, slug] for slug in self.exercises]

    def __iter__(self) -> Iterator[Entry]:
        """All entries, student by student."""
        return (entry for student in self.students for entry in self.of(student))

    def points(self, student: Student) -> Decimal:
        """All that counts for a student."""
        return sum((entry.points for entry in self.of(student)), Decimal(0))

    @property
    def pending(self) -> int:
        """Entries that a grading is still missing for."""
        return sum(not entry.graded for entry in self)

    @property
    def max_points(self) -> int:
        """What a student can reach; bonus not counted."""
        return (
            sum(self.entries[self.students[0].id, slug].max_points for slug in self.exercises) if self.students else 0
        )
