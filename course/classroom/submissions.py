"""Read a folder or an archive of submissions and return a ``Found``.

Accepted layouts: a folder per student (or an archive, or files with the student's name), exports from Moodle, Canvas
and Gradescope, an archive of any of these, and folders per exercise that contain these. Nothing is executed or unpacked
to disk, and only plain files are opened. Nothing is lost: every file is handed in, refused or ignored, with a reason.

A file's exercise is determined by its name, then by the folders around it, then by the functions that it defines.
Definitions are found at the beginnings of lines: unlike a parser, this also works for a file with a syntax error, and
no file can crash it. An ambiguous file, or one that fits two students, is refused, never guessed.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone, tzinfo
from pathlib import Path, PurePosixPath
from typing import Any

from course import notebook, paths, submission, syllabus
from course.classroom import archives, gradescope, names, times, walk
from course.classroom.mentions import Mentions
from course.classroom.model import Found, Handed, Refused, Student
from course.classroom.roster import Ambiguous, Roster, folded, several, tidy
from course.classroom.walk import Item
from course.formats import match
from course.submission import Empty, NotGradable
from course.syllabus import Exercise
from course.text import clean, mark, say

FILES_OF_ONE = 2_000
"""Maximum files that one student can hand in."""
ATTEMPTS_OF_ONE = 50
"""Maximum attempts of one student at one exercise: a policy of ``best`` grades them all."""
BYTES_OF_ONE = 2**26
"""Maximum bytes of code read for one student."""
OURS = re.compile(r"\.(?:csv|toml|json|ya?ml|xlsx?|ini|cfg|md|log|(?:db|sqlite3?)(?:-\w+)?)$", re.IGNORECASE)
"""Files that an instructor keeps, and that no student hands in as Python."""
TOLD_ONE_BY_ONE = 3
"""Maximum refused files of one archive or folder that get a line each; more are reported together in one line."""
NAMED_TOGETHER = 10
"""Maximum names in such a line."""
TIME_OF_THE_FILE = mark("The time of submission is the file's timestamp; nothing better was available.")
EARLIER = mark("Gradescope has earlier attempts, which its export does not contain.")
CANVAS_LATE = mark("Canvas marked this as late.")
LONG_AGO = datetime(1, 1, 2, tzinfo=timezone.utc)
"""Sorts before any actual time."""


@dataclass(frozen=True)
class _Entry:
    """A student's folder, archive or file, and the information in its name."""

    items: tuple[Item, ...]
    depth: int
    """Index of the entry's name in the path parts of its items."""
    known: tuple[str, ...] = ()
    """Ids, addresses and names to look up in the roster."""
    named: str = ""
    """Name given by a person, not a platform; the roster may know a part of it."""
    id: str = ""
    """Id for a student who is not in the roster."""
    person: str = ""
    email: str = ""
    file: str | None = None
    """For a single file: its name without the student's."""
    exercise: str | None = None
    """Slug found in the name of the entry, or of a folder around it."""
    numbered: bool = False
    """Whether the platform numbers the attempts."""
    submitted: datetime | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Draft:
    """A student's file that may be a submission."""

    entry: _Entry
    item: Item
    reading: names.Reading
    source: bytes
    exercise: str | None
    notes: tuple[str, ...] = ()
    cells: tuple[Any, ...] = ()


@dataclass
class _Pile:
    """The decisions so far."""

    handed: list[Handed] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)
    litter: set[str] = field(default_factory=set)

    def sweep(self, origin: str, reason: str) -> None:
        """Ignore a file that is not worth reporting."""
        self.ignored.append((origin, reason))
        self.litter.add(origin)


def find(
    folder: Path,
    exercises: Sequence[Exercise],
    roster: Sequence[Student] | None = None,
    *,
    zone: tzinfo | None = None,
) -> Found:
    """Find and read everything that was handed in.

    Args:
        folder: a folder of submissions, or an archive of one.
        exercises: the exercises to grade. If there is only one, a student's only Python file counts as it.
        roster: the class; None if there is no list, in which case the names of files and folders define the class.
        zone: the course's time zone, for times without one (in names and in zip archives); None means UTC.

    Returns:
        All of it, in an order that depends only on names, times and contents.

    Raises:
        CourseError: the folder cannot be read.
    """
    home = zone or timezone.utc
    pile = _Pile()
    live = list(_live(walk.items(folder, home), pile))
    start = 1 if folder.is_file() else 0
    known = Roster(roster) if roster is not None else None
    owners = _Owners(known)
    owned: dict[Student, list[_Entry]] = {}
    for entry in _Layout(pile, owners).entries(live, start):
        _claim(entry, owners, owned, pile)
    _separate(owned, pile, known)
    named = Mentions(known.students if known else owned)
    for student, entries in owned.items():
        _Desk(student, exercises, home, pile, named).sort(entries)
    handed = [
        replace(one, notes=tuple(map(clean, one.notes)), told=tuple(map(clean, one.told)))
        for one in _with_skeletons_noted(pile.handed)
    ]
    refused = [replace(one, reason=clean(one.reason)) for one in pile.refused]
    return Found(
        tuple(sorted(handed, key=lambda one: _place(one, exercises))),
        tuple(sorted(refused, key=lambda one: (folded(one.student.id) if one.student else "", one.origin))),
        tuple(sorted((origin, clean(reason)) for origin, reason in pile.ignored)),
        frozenset(pile.litter),
    )


def _container(item: Item, depth: int) -> str:
    """Return the outermost archive or, without one, the folder that contains an entry's item at this depth."""
    packed = [at for at in item.packed if at >= depth]
    if packed:
        return item.origin_of(min(packed) + 1)
    return f"{item.origin_of(len(item.parts) - 1)}/" if len(item.parts) > depth + 1 else ""


def _live(items: Iterable[Item], pile: _Pile) -> Iterator[Item]:
    """Yield the items that are not junk."""
    for item in items:
        if item.is_junk:
            pile.sweep(item.origin, item.ignored)
        elif item.ignored:
            pile.ignored.append((item.origin, item.ignored))
        else:
            yield item


def together(refused: Iterable[Refused]) -> Iterator[Refused]:
    """Yield refused files; many of one archive or folder are combined, per exercise that they were for.

    A malicious archive can contain any number of them, and nobody reads that many identical sentences.
    """
    groups: dict[tuple[str, str], list[Refused]] = {}
    for no in refused:
        groups.setdefault((no.student.id if no.student else "", no.inside), []).append(no)
    for (_, inside), group in groups.items():
        if not inside or len(group) <= TOLD_ONE_BY_ONE:
            yield from group
            continue
        for slug in dict.fromkeys(no.exercise for no in group):
            alike = [no for no in group if no.exercise == slug]
            yield alike[0] if len(alike) == 1 else _summed(alike)


def _summed(refused: Sequence[Refused]) -> Refused:
    first = refused[0]
    inside = first.inside
    files = match.listed([no.origin.removeprefix(inside).lstrip("!/") for no in refused], NAMED_TOGETHER)
    told = {"count": len(refused), "files": files, "reason": first.reason}
    if len({no.reason for no in refused}) == 1:
        reason = say("{count} files in it were refused ({files}). {reason}", **told)
    else:
        reason = say("{count} files in it were refused ({files}). The first one: {reason}", **told)
    last = max((no.submitted for no in refused if no.submitted), default=None)
    return replace(first, origin=inside, reason=reason, submitted=last)


# --- owners -----------------------------------------------------------------------------------------------------------


class _Owners:
    """Determines the student of an entry: by the roster, if there is one, otherwise by the names themselves."""

    def __init__(self, roster: Roster | None) -> None:
        self.roster = roster
        self.mentions = Mentions(roster.students if roster else ())

    def knows(self, name: str) -> bool:
        """Return whether a name is that of a student on the roster, or contains it."""
        return bool(self.roster and (self.roster.knows(name) or self.mentions.of(name)))

    def of(self, entry: _Entry) -> Student:
        """Return the student of an entry, who need not be on the roster.

        Raises:
            Ambiguous: the entry fits several students, or could be anyone's.
        """
        if self.roster:
            if found := self.roster.find(*entry.known):
                return found
            mentioned = self.mentions.of(entry.named)
            if len(mentioned) > 1:
                raise Ambiguous(several(entry.named, [one for one in self.roster.students if one in mentioned]))
            if mentioned:
                return mentioned.pop()
        if not tidy(entry.id):
            raise Ambiguous(say("Nothing shows whose file this is. Put it in a folder named after the student."))
        return Student(tidy(entry.id), tidy(entry.person), tidy(entry.email), in_roster=self.roster is None)


class _Layout:
    """Finds students' entries in any of the accepted layouts."""

    def __init__(self, pile: _Pile, owners: _Owners) -> None:
        self.pile = pile
        self.owners = owners
        self.roster = owners.roster

    def entries(self, items: Sequence[Item], depth: int, exercise: str | None = None) -> Iterator[_Entry]:
        """Yield the entries at this depth; folders that contain entries of many students are searched, too."""
        groups = _groups(items, depth)
        metadata = self._metadata(groups, depth)
        for name in [name for name, inside in groups.items() if self._is_ours(name, inside, depth)]:
            for item in groups.pop(name):
                self.pile.sweep(item.origin, say("This does not look like a file from a student."))
        opened: list[str] = []
        direct: list[_Entry] = []
        for name, inside in groups.items():
            told = names.read(_stem(name, inside, depth))
            if (
                not _is_file(inside, depth)
                and not self._is_student(name, inside, depth)
                and self._is_container(name, inside, depth, alone=len(groups) == 1, names_exercise=bool(told.exercise))
            ):
                opened.append(name)
            else:
                direct += self._entry(name, inside, depth, exercise, metadata)
        yield from direct
        beside = [entry for entry in direct if self._is_somebodys(entry)]
        for name in opened:
            inside = groups[name]
            if beside and not self._is_batch(name, inside, depth, beside):
                yield from self._entry(name, inside, depth, exercise, metadata)
            else:
                told = names.read(_stem(name, inside, depth))
                yield from self.entries(inside, depth + 1, told.exercise or exercise)

    def _is_ours(self, name: str, inside: Sequence[Item], depth: int) -> bool:
        """Return whether an instructor keeps this file beside the submissions: a roster, a policy, a store."""
        if not _is_file(inside, depth) or inside[0].refused or self._is_student(name, inside, depth):
            return False
        return bool(OURS.search(name)) and not names.read(names.without_suffix(name)).exercises

    def _is_student(self, name: str, inside: Sequence[Item], depth: int) -> bool:
        return _of_platform(name) or self.owners.knows(_stem(name, inside, depth))

    def _is_batch(self, name: str, inside: Sequence[Item], depth: int, beside: Sequence[_Entry]) -> bool:
        """Return whether a folder among the students' own contains several students' work, and not only its owner's.

        Anyone can put a folder with another student's name into an archive. So an archive without a student's name must
        contain work of several students who have nothing next to it; a folder with a name like a person's must contain
        work of several.
        """
        is_archive = _is_archive(inside, depth)
        if not is_archive and not names.is_person(name):
            return True
        within = self._students(_Layout(_Pile(), self.owners).entries(inside, depth + 1))
        return len(within) > 1 and not (is_archive and within & self._students(beside))

    def _is_somebodys(self, entry: _Entry) -> bool:
        """Return whether an entry has a student's name, as far as that can be determined."""
        with contextlib.suppress(Ambiguous):
            owner = self.owners.of(entry)
            return owner.in_roster if self.roster else names.is_person(owner.id)
        return True

    def _students(self, entries: Iterable[_Entry]) -> set[str]:
        found = set()
        for entry in entries:
            with contextlib.suppress(Ambiguous):
                found.add(folded(self.owners.of(entry).id))
        return found

    def _is_container(
        self, name: str, inside: Sequence[Item], depth: int, *, alone: bool, names_exercise: bool
    ) -> bool:
        """Return whether a folder contains submissions of many students."""
        below = _groups(inside, depth + 1)
        if not below or depth > archives.DEEPEST:
            return False
        if names_exercise and not names.read(names.without_suffix(name)).rest:
            return True
        if any(self._is_student(one, items, depth + 1) for one, items in below.items()):
            return True
        folders = [one for one, items in below.items() if not _is_file(items, depth + 1)]
        if alone and len(below) == len(folders) == 1:
            return self._is_container(folders[0], below[folders[0]], depth + 1, alone=True, names_exercise=False)
        people = [one for one in folders if _names_somebody(one)]
        named = [one for one in below if one not in folders and _is_flat(one)]
        return alone and (len(people) > 1 or len(named) > 1)

    def _entry(
        self,
        name: str,
        items: Sequence[Item],
        depth: int,
        exercise: str | None,
        metadata: Mapping[str, tuple[gradescope.Submitter, ...]],
    ) -> Iterator[_Entry]:
        """Yield the entry with this name; for a group, once per member."""
        is_file, is_archive = _is_file(items, depth), _is_archive(items, depth)
        entry = _Entry(tuple(items), depth, exercise=exercise)
        stem = _stem(name, items, depth)
        if names.GRADESCOPE.fullmatch(name):
            people = metadata.get(name, ())
            for one in people:
                notes = [say("Handed in as a group of {count}.", count=len(people))] if len(people) > 1 else []
                notes += [say(EARLIER)] if one.earlier else []
                yield replace(
                    entry,
                    known=(one.sid, one.email, one.name),
                    id=one.sid or one.email or one.name,
                    person=one.name,
                    email=one.email,
                    submitted=one.submitted,
                    notes=tuple(notes),
                )
            if not people:
                note = say("{file} does not say who handed this in.", file=names.METADATA)
                yield replace(entry, known=(name,), id=name, notes=(note,))
            return
        if moodle := names.MOODLE.fullmatch(name):
            person = self._member(moodle["name"])
            entry = replace(entry, known=(moodle["number"], person), id=moodle["number"], person=person)
            yield _called(entry, moodle["file"] or name, is_file) if is_file or is_archive else entry
            return
        if not times.STAMP.search(name) and (is_file or is_archive) and (canvas := names.CANVAS.fullmatch(name)):
            late = (say(CANVAS_LATE),) if canvas["late"] else ()
            person = canvas["name"]
            entry = replace(entry, known=(canvas["number"], person), id=canvas["number"], person=person)
            yield _called(replace(entry, numbered=True, notes=late), canvas["file"], is_file)
            return
        reading = names.read(stem, owned=False)
        unstamped = names.trimmed(tidy(times.STAMP.sub(" ", stem)))
        known_as = unstamped if self.roster and self.roster.knows(unstamped) else ""
        if not known_as:
            known_as = reading.rest if reading.exercises else unstamped
            if self.roster and not self.roster.knows(known_as):
                shorter = re.sub(r"[ _-]+\d{1,2}$", "", known_as)
                known_as = shorter if self.roster.knows(shorter) else known_as
        yield replace(
            entry,
            known=(known_as,),
            named=unstamped,
            id=known_as,
            file=name if is_file else None,
            exercise=reading.exercise or exercise,
        )

    def _member(self, name: str) -> str:
        """Return the student's name; for group submissions, Moodle prefixes the group: ``Group A-Ada Lovelace``."""
        parts = name.split("-")
        names_of_one = ("-".join(parts[start:]) for start in range(len(parts)))
        return next((one for one in names_of_one if self.roster and self.roster.knows(one)), name)

    def _metadata(self, groups: dict[str, list[Item]], depth: int) -> Mapping[str, tuple[gradescope.Submitter, ...]]:
        """Return Gradescope's metadata about the folders here; its file is not an entry."""
        if not any(map(names.GRADESCOPE.fullmatch, groups)) or names.METADATA not in groups:
            return {}
        found: dict[str, tuple[gradescope.Submitter, ...]] = {}
        for item in groups.pop(names.METADATA):
            try:
                if item.read is None or len(item.parts) > depth + 1:
                    raise NotGradable(item.refused or say("It is not a file."))
                found |= gradescope.submitters(item.read(gradescope.MAX_BYTES))
            except (NotGradable, gradescope.Unreadable) as reason:
                self.pile.refused.append(Refused(None, None, item.origin, str(reason)))
            else:
                self.pile.sweep(item.origin, say("Used to find out who handed in which folder."))
        return found


def _called(entry: _Entry, name: str, is_file: bool) -> _Entry:
    """Return the entry with the name that its file or archive had before a platform prefixed the student's name."""
    if is_file:
        return replace(entry, file=name)
    return replace(entry, exercise=names.read(names.without_suffix(name)).exercise or entry.exercise)


def _groups(items: Iterable[Item], depth: int) -> dict[str, list[Item]]:
    """Group items by their name at this depth, ignoring the parts above it."""
    found: dict[str, list[Item]] = {}
    for item in items:
        if len(item.parts) > depth:
            found.setdefault(item.parts[depth], []).append(item)
    return found


def _stem(name: str, items: Sequence[Item], depth: int) -> str:
    """Return the name of a file or an archive without its suffix; a folder's name unchanged."""
    return names.without_suffix(name) if _is_file(items, depth) or _is_archive(items, depth) else name


def _is_file(items: Sequence[Item], depth: int) -> bool:
    return len(items) == 1 and len(items[0].parts) == depth + 1


def _is_archive(items: Sequence[Item], depth: int) -> bool:
    return any(depth in item.packed for item in items) or (
        _is_file(items, depth) and archives.is_archive(items[0].name)
    )


def _of_platform(name: str) -> bool:
    """Return whether a file or folder was named by Moodle, Canvas or Gradescope."""
    if names.MOODLE.fullmatch(name) or names.GRADESCOPE.fullmatch(name):
        return True
    return bool(names.CANVAS.fullmatch(name)) and "." in name and not times.STAMP.search(name)


def _names_somebody(name: str) -> bool:
    """Return whether a folder may be named after a student, and not after an exercise."""
    stem = names.without_suffix(name) if archives.is_archive(name) else name
    return not names.read(stem).exercises and names.is_person(stem)


def _is_flat(name: str) -> bool:
    """Return whether a file's name contains an exercise and a person's name."""
    stem, suffix = names.without_suffix(name), PurePosixPath(name).suffix.lower()
    reading = names.read(stem, owned=False)
    return suffix in walk.LIMITS and bool(reading.exercises) and not reading.is_test and names.is_person(stem)


def _claim(entry: _Entry, owners: _Owners, owned: dict[Student, list[_Entry]], pile: _Pile) -> None:
    """Assign an entry to its student, or refuse it."""
    try:
        owned.setdefault(owners.of(entry), []).append(entry)
    except Ambiguous as reason:
        _disown(entry, str(reason), pile)


def _disown(entry: _Entry, reason: str, pile: _Pile) -> None:
    """Refuse a whole entry, because its student cannot be determined."""
    for item in entry.items:
        pile.refused.append(Refused(None, None, item.origin, reason, inside=_container(item, entry.depth)))


def _separate(owned: dict[Student, list[_Entry]], pile: _Pile, roster: Roster | None) -> None:
    """Refuse students who could be one or two: ids that differ only in case, or one id with two names."""
    listed = set(roster.students) if roster else set()
    alike: dict[str, list[Student]] = {}
    for student in owned:
        alike.setdefault(folded(student.id), []).append(student)
    for students in alike.values():
        doubtful = [student for student in students if student not in listed]
        if len(students) < 2:
            continue
        spelt = "; ".join(sorted({f"{one.id} ({one.name})" if one.name else one.id for one in students}))
        reason = say(
            "These names may belong to one student or to several: {names}. Rename the files or folders, "
            "or use a roster.",
            names=spelt,
        )
        for student in doubtful:
            for entry in owned.pop(student):
                _disown(entry, reason, pile)


# --- contents ---------------------------------------------------------------------------------------------------------


class _Desk:
    """Sorts the files of one student."""

    def __init__(
        self, student: Student, exercises: Sequence[Exercise], home: tzinfo, pile: _Pile, named: Mentions
    ) -> None:
        self.student = student
        self.named = named
        self.exercises = {exercise.slug: exercise for exercise in exercises}
        self.home = home
        self.pile = pile
        self.left = BYTES_OF_ONE
        self.modules: dict[str, str] = {}
        """Name of each module next to the student's files -> its file or folder."""
        self.answered: set[str | None] = set()
        """Exercises for which something was handed in or refused."""
        self.blank: list[tuple[_Entry, Item, str | None, str]] = []
        """Empty files that are not named after an exercise (``__init__.py``), with exercise and reason."""

    def sort(self, entries: Sequence[_Entry]) -> None:
        """Decide on each of the student's files."""
        every = [(entry, item) for entry in entries for item in entry.items]
        if len(every) > FILES_OF_ONE:
            reason = say("A student may hand in at most {limit} files.", limit=f"{FILES_OF_ONE:,}")
            for entry in entries:
                self.pile.refused.append(Refused(self.student, None, entry.items[0].origin_of(entry.depth + 1), reason))
            return
        self.modules = dict(_modules(every))
        drafts: list[_Draft] = []
        others: list[tuple[_Entry, Item]] = []
        for entry, item in every:
            if others_name := self.other(entry, item):
                self.refuse(None, entry, item, others_name)
            elif item.refused:
                slug = self.reading(entry, item).exercise or entry.exercise
                if slug is None or slug in self.exercises:
                    self.refuse(slug, entry, item, item.refused)
                else:  # as for readable files
                    self.pile.ignored.append((item.origin, _not_graded(slug)))
            elif _suffix(item) in walk.LIMITS:
                drafts += self.draft(entry, item)
            else:
                others.append((entry, item))
        self.hand_in(self.told(drafts))
        for entry, item in others:
            self.put_aside(entry, item)
        for entry, item, slug, reason in self.blank:
            if slug in self.answered or (slug is None and self.answered):
                self.pile.ignored.append((item.origin, reason))
            else:
                self.refuse(slug, entry, item, reason)

    def other(self, entry: _Entry, item: Item) -> str:
        """Return why an item may belong to another student: it has their name, or is in a folder that does."""
        inside = item.parts[entry.depth + 1 :]
        for at, part in enumerate(inside):
            is_file = at + 1 == len(inside)
            stem = names.without_suffix(part) if is_file or archives.is_archive(part) else part
            if not names.is_person(stem):
                continue
            named = self.named.of(stem, letters=not is_file)
            if named and self.student not in named:
                return say(
                    "This was handed in by {student}, but the file or folder {name} bears the name of "
                    "{other}. Rename it if it is the work of {student}; otherwise move it to the right "
                    "student. Then grade again.",
                    student=self.student.identified,
                    name=clean(part, one_line=True),
                    other=match.listed(sorted(one.identified for one in named)),
                )
        return ""

    def reading(self, entry: _Entry, item: Item) -> names.Reading:
        """Read the names of a file and of the folders around it, nearest first."""
        own = self.own(entry, item)
        if own.exercises:
            return own
        for folder in reversed(item.parts[entry.depth + 1 : -1]):
            around = names.read(folder)
            if around.exercises:
                return replace(own, exercises=around.exercises)
        return own

    def own(self, entry: _Entry, item: Item) -> names.Reading:
        """Read the name of a file alone."""
        return names.read(names.without_suffix(item.name if entry.file is None else entry.file))

    def draft(self, entry: _Entry, item: Item) -> Iterator[_Draft]:
        """Read a file; yield it as a draft, unless it is refused or ignored."""
        reading = self.reading(entry, item)
        named = reading.exercise or (None if reading.exercises else entry.exercise)
        assert item.read
        try:
            if item.size > self.left:
                raise NotGradable(
                    say("A student may hand in at most {limit} bytes of code.", limit=f"{BYTES_OF_ONE:,}")
                )
            data = item.read(walk.LIMITS[_suffix(item)])
            self.left -= len(data)
            if _suffix(item) == notebook.SUFFIX:
                wanted = self.exercises[named].names if named in self.exercises else None
                read = notebook.read(data, item.name, wanted)
                source, notes, cells = read.source.encode("utf-8", "replace"), read.notes, read.cells
            else:
                source, notes, cells = submission.demand_source(item.name, data), (), ()
        except NotGradable as reason:
            if isinstance(reason, Empty) and not self.own(entry, item).exercises:
                self.blank.append((entry, item, named if named in self.exercises else None, str(reason)))
            elif named is not None and named not in self.exercises:
                self.pile.ignored.append((item.origin, _not_graded(named)))
            else:
                self.refuse(named, entry, item, str(reason))
            return
        yield _Draft(entry, item, reading, source, named, notes, tuple(cells))

    def told(self, drafts: Sequence[_Draft]) -> Iterator[_Draft]:
        """Yield the files for one of the graded exercises; the others are put aside."""
        tests = sum(draft.reading.is_test for draft in drafts)
        plain = len(drafts) - tests or tests
        certain: list[_Draft] = []
        helpers: list[_Draft] = []
        for draft in drafts:
            if draft.reading.is_test and len(drafts) > tests:
                self.ignore(draft, say("A test, judging by its name."))
                continue
            slug, note = draft.exercise, ""
            if slug not in self.exercises and (guessed := self.by_functions(draft.source)):
                slug = guessed
                note = say(
                    "The exercise ({slug}) was guessed from the functions in the file, because the file name "
                    "does not show it.",
                    slug=slug,
                )
            elif slug is None and len(self.exercises) == plain == 1:
                slug = next(iter(self.exercises))
                note = say(
                    "Treated as {slug}: it is the only Python file, and no other exercise is graded.",
                    slug=slug,
                )
            if slug is None:
                helpers.append(draft)
            elif slug not in self.exercises:
                self.ignore(draft, _not_graded(slug))
            else:
                certain.append(replace(draft, exercise=slug, notes=(*draft.notes, *([note] if note else []))))
        for draft in helpers:
            if certain or self.answered:
                self.ignore(draft, say("Neither its name nor its functions belong to an exercise that is graded."))
            elif other := submission.likeness(draft.source, (one for one in syllabus.load() if not one.planned)):
                reason = say(
                    "Its functions belong to {exercise} ({slug}), which is not graded here.",
                    exercise=other.id,
                    slug=other.slug,
                )
                self.refuse(None, draft.entry, draft.item, reason)
            else:
                reason = say(
                    "Neither its name nor its functions say which exercise it is for. "
                    "Rename it, for example to {name}.",
                    name=f"{next(iter(self.exercises), 'lora')}.py",
                )
                self.refuse(None, draft.entry, draft.item, reason)
        yield from certain

    def by_functions(self, source: bytes) -> str | None:
        """Return the graded exercise with the most functions in the source, if it is unique."""
        found = submission.likeness(source, self.exercises.values())
        return found.slug if found else None

    def hand_in(self, drafts: Iterable[_Draft]) -> None:
        """Hand in the attempts in chronological order, each content once."""
        kept: dict[tuple[str, str], str] = {}
        ordered = sorted(drafts, key=self.order)
        left = Counter(draft.exercise for draft in ordered)
        for draft in ordered:
            assert draft.exercise
            left[draft.exercise] -= 1
            if left[draft.exercise] >= ATTEMPTS_OF_ONE:
                reason = say("Only the last {limit} attempts at an exercise are graded.", limit=ATTEMPTS_OF_ONE)
                self.refuse(draft.exercise, draft.entry, draft.item, reason)
                continue
            digest = hashlib.sha256(draft.source).hexdigest()
            self.answered.add(draft.exercise)
            if first := kept.get((draft.exercise, digest)):
                self.ignore(draft, say("Identical to {file}; the earlier file counts.", file=first))
                continue
            kept[draft.exercise, digest] = draft.item.origin
            submitted, note = self.time(draft.entry, draft.item)
            notes = (*draft.entry.notes, *draft.notes, *([note] if note else []))
            missing = submission.neighbours(draft.source, self.modules)
            told = tuple(submission.without(self.modules[name], draft.item.name) for name in missing)
            self.pile.handed.append(
                Handed(
                    self.student,
                    draft.exercise,
                    draft.item.origin,
                    draft.source,
                    digest,
                    submitted,
                    notes,
                    draft.cells,
                    told,
                )
            )

    def order(self, draft: _Draft) -> tuple[int, datetime, int, str]:
        """Return the sort key: the number, if the platform numbers the attempts, otherwise the time."""
        submitted = self.time(draft.entry, draft.item)[0] or LONG_AGO
        counted = draft.reading.attempt if draft.entry.numbered else 0
        return counted, submitted, draft.reading.attempt, draft.item.origin

    def time(self, entry: _Entry, item: Item) -> tuple[datetime | None, str]:
        """Return when the file was handed in, and a note if that is uncertain."""
        if entry.submitted:
            return entry.submitted, ""
        own = item.parts[entry.depth :]
        for name in reversed(own):
            if found := times.stamp(name, self.home):
                return found, ""
        outermost = min((at for at in item.packed if at >= entry.depth), default=None)
        modified = item.modified if outermost is None else item.packed[outermost] or item.modified
        if modified is None:
            return None, say("The time of submission is unknown.")
        return modified, say(TIME_OF_THE_FILE)

    def put_aside(self, entry: _Entry, item: Item) -> None:
        """Handle a file that is not Python: refuse it if it seems meant for an exercise or for all, else ignore it."""
        named = self.reading(entry, item).exercise or entry.exercise
        missing = named in self.exercises and named not in self.answered
        if missing or not self.answered:
            sentence = submission.refusal(item.name, b"") or say(submission.REFUSALS["text"], file=item.name)
            self.refuse(named if named in self.exercises else None, entry, item, sentence)
        else:
            self.pile.ignored.append((item.origin, say("Not a Python file.")))

    def refuse(self, slug: str | None, entry: _Entry, item: Item, reason: str) -> None:
        self.answered.add(slug)
        submitted, _ = self.time(entry, item)
        inside = _container(item, entry.depth)
        self.pile.refused.append(Refused(self.student, slug, item.origin, reason, submitted, inside))

    def ignore(self, draft: _Draft, reason: str) -> None:
        self.pile.ignored.append((draft.item.origin, reason))


def _modules(every: Iterable[tuple[_Entry, Item]]) -> Iterator[tuple[str, str]]:
    """Yield the modules that one student's files and folders make importable."""
    for entry, item in every:
        if _suffix(item) == ".py":
            name = item.name if entry.file is None else entry.file
            yield names.without_suffix(name), name
            yield from ((folder, f"{folder}/") for folder in item.parts[entry.depth + 1 : -1])


def _suffix(item: Item) -> str:
    return PurePosixPath(item.name).suffix.lower()


def _not_graded(slug: str) -> str:
    return say(
        "It is for {exercise} ({slug}), which is not graded here.", exercise=syllabus.resolve(slug).id, slug=slug
    )


# --- the result -------------------------------------------------------------------------------------------------------


def _with_skeletons_noted(handed: Sequence[Handed]) -> Iterator[Handed]:
    """Yield the files, with a note on those that are the skeleton; the gradebook compares them with other students'."""
    skeletons = {slug: skeleton(slug) for slug in {one.exercise for one in handed}}
    for one in handed:
        if one.sha256 == skeletons[one.exercise]:
            yield replace(one, notes=(*one.notes, say("The file is the unchanged skeleton.")))
        else:
            yield one


def skeleton(slug: str) -> str | None:
    """Return the hash of an exercise's skeleton; None if it is not available."""
    try:
        return hashlib.sha256(paths.skeleton(slug).read_bytes()).hexdigest()
    except OSError:
        return None


def _place(one: Handed, exercises: Sequence[Exercise]) -> tuple[str, int]:
    """Return the sort key: student id, then exercise in the given order; attempts are already in order."""
    return folded(one.student.id), [exercise.slug for exercise in exercises].index(one.exercise)
