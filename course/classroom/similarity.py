"""Find submissions that are more similar than the exercise alone explains. For an instructor to read; not a verdict.

``copydetect`` (like MOSS) reduces Python to its structure, without names, strings, comments and layout, and takes
every run of ``RUN`` characters as a fingerprint. Runs that are not evidence are removed: those of the skeleton, those
of the reference (the natural solution), and those that many in the class share. The score of a pair is the share of
the smaller file's remaining runs that the other file also has; a pair with few runs in common has no score, so a
function with one natural solution is not evidence. Renaming, reordering, reformatting and comments have no effect.

In addition, each file is compared with the reference, minus the skeleton. Independent solutions share at most a third
of their runs with it, so a file that shares half also deserves a look.

Not covered: rewritten expressions, an order of statements that was changed inside a function, and a solution that more
than ``COMMON`` students and a fifth of the class share. Two students who found the same idea also score high.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from course import files, paths, shell
from course.classroom import pages, sources
from course.classroom.model import Entry, Gradebook, Student
from course.errors import CourseError
from course.formats import table
from course.text import say

RUN = 25
"""Characters of a fingerprint; copydetect's own default. A short expression has fewer."""
THRESHOLD = 0.5
"""Minimum score of a pair that is shown."""
FEWEST = 120
"""Minimum number of fingerprints that a pair must share, whatever its score: about eight lines."""
COMMON = 10
"""Number of submissions above which a shared fingerprint is common; in a large class, a fifth of it."""
REFERENCE = "(reference solution)"
"""Id used for the reference where a file is compared with it."""
MOST = 200
"""Maximum number of pairs shown side by side, most similar first."""

Source = Callable[[Entry], bytes | None]


class NotInstalled(CourseError):
    """copydetect is missing."""


@dataclass(frozen=True)
class Prepared:
    """A submission prepared for comparison."""

    student: Student
    text: str
    sha256: str
    fingerprint: Any
    """copydetect's fingerprint, with the position of each run."""
    own: frozenset[int]
    """Runs that are evidence: not in the skeleton nor, between two students' files, in the reference."""
    written: frozenset[int]
    """Runs that are not in the skeleton."""


@dataclass(frozen=True)
class Pair:
    """Two submissions that have something in common."""

    first: Prepared
    second: Prepared
    score: float
    """Shared runs divided by those of the smaller file: 0 to 1."""
    shared: int
    """Number of shared runs."""
    identical: bool
    """True if the files are equal byte by byte."""


@dataclass(frozen=True)
class Found:
    """The findings for one exercise."""

    exercise: str
    compared: int
    """Number of submissions compared."""
    left_out: tuple[Student, ...]
    """Students whose files cannot be read as Python."""
    pairs: tuple[Pair, ...]
    """Pairs to show, most similar first."""
    clusters: tuple[tuple[Student, ...], ...]
    """Groups of students connected by pairs, largest first."""
    near_reference: tuple[Pair, ...] = ()
    """Files that share much with the reference, which is the second member of each pair."""

    @property
    def identical(self) -> list[list[Student]]:
        """Return groups of students whose files are equal byte by byte, largest first."""
        groups: dict[str, dict[str, Student]] = {}
        for pair in self.pairs:
            if pair.identical:
                same = groups.setdefault(pair.first.sha256, {})
                same.update({one.student.id: one.student for one in (pair.first, pair.second)})
        return sorted((list(same.values()) for same in groups.values()), key=len, reverse=True)

    @property
    def differing(self) -> list[Pair]:
        """Return the pairs that get a page: one of several identical files stands for all of them."""
        others = {student.id for _, *others in self.identical for student in others}
        return [
            pair
            for pair in self.pairs
            if not pair.identical and not others & {pair.first.student.id, pair.second.student.id}
        ]


def compare(
    handed: Iterable[tuple[Student, bytes]], exercise: str, *, threshold: float = THRESHOLD, natural: bool = True
) -> Found:
    """Compare all submissions for an exercise with each other.

    Args:
        handed: each student and their file.
        exercise: the slug; its skeleton and its reference (if installed) are not evidence.
        threshold: minimum score of a pair.
        natural: whether to remove the runs of the reference.

    Raises:
        NotInstalled: copydetect is missing.
    """
    given, reference = _given(exercise, natural)
    prepared, left_out = [], []
    for student, content in handed:
        try:
            prepared.append(_prepare(student, content, given, reference))
        except sources.Unreadable:
            left_out.append(student)
    limit = max(COMMON, len(prepared) // 5)
    counts = Counter(run for one in prepared for run in one.own)
    common = {run for run, count in counts.items() if count > limit}
    left = [one.own - common for one in prepared]
    pairs = []
    for (first, mine), (second, theirs) in combinations(zip(prepared, left, strict=True), 2):
        shared, smaller = len(mine & theirs), min(len(mine), len(theirs))
        identical = first.sha256 == second.sha256 and bool(first.written)
        score = 1.0 if identical else shared / smaller if shared >= FEWEST else 0.0
        if score >= threshold and score > 0:
            pairs.append(Pair(first, second, score, shared, identical))
    pairs.sort(key=lambda pair: (-pair.identical, -pair.score, -pair.shared))
    near = _near_reference(prepared, exercise, given, threshold)
    return Found(exercise, len(prepared), tuple(left_out), tuple(pairs), _clusters(pairs, prepared), near)


def _near_reference(
    everybody: Sequence[Prepared], exercise: str, given: frozenset[int], threshold: float
) -> tuple[Pair, ...]:
    """Return files that share much with the reference, most similar first; empty if the reference is not installed."""
    path = paths.solution(exercise)
    if not path.is_file():
        return ()
    reference = _prepare(Student(REFERENCE, say("reference solution")), path.read_bytes(), given, frozenset())
    pairs = []
    for one in everybody:
        shared, smaller = len(one.written & reference.written), min(len(one.written), len(reference.written))
        if shared >= FEWEST and shared / smaller >= threshold:
            identical = one.sha256 == reference.sha256
            pairs.append(Pair(replace(one, own=one.written), reference, shared / smaller, shared, identical))
    return tuple(sorted(pairs, key=lambda pair: (-pair.score, -pair.shared)))


def _given(exercise: str, natural: bool) -> tuple[frozenset[int], frozenset[int]]:
    """Return the runs of the skeleton and of the reference, which a student edition does not have."""
    where = [paths.skeleton(exercise), paths.solution(exercise)]
    skeleton, reference = (
        frozenset(_fingerprint(path.read_text(encoding="utf-8")).hashes) if path.is_file() else frozenset[int]()
        for path in where
    )
    return skeleton, reference if natural else frozenset()


def _fingerprint(text: str) -> Any:
    try:
        import copydetect
    except ImportError:
        raise NotInstalled(shell.not_installed("copydetect", "class")) from None
    # Every run counts (a window of 1): winnowing would select by Python's salted hashes, differently in every run.
    # copydetect's boilerplate list is not used: version 0.5.0 drops the wrong places where a run occurs twice.
    return copydetect.CodeFingerprint("submission.py", RUN, 1, language="python", fp=io.StringIO(text))


def _prepare(student: Student, content: bytes, given: frozenset[int], reference: frozenset[int]) -> Prepared:
    text = sources.decode(content)
    sources.tokens(text)
    fingerprint = _fingerprint(text)
    written = frozenset(fingerprint.hashes) - given
    return Prepared(student, text, sources.digest(content), fingerprint, written - reference, written)


def _clusters(pairs: Sequence[Pair], everybody: Sequence[Prepared]) -> tuple[tuple[Student, ...], ...]:
    """Return the groups of students who are connected, directly or through others."""
    groups = {one.student.id: {one.student.id} for one in everybody}
    for pair in pairs:
        joined = groups[pair.first.student.id] | groups[pair.second.student.id]
        groups.update(dict.fromkeys(joined, joined))
    found = dict.fromkeys(
        tuple(one.student for one in everybody if one.student.id in group)
        for group in groups.values()
        if len(group) > 1
    )
    return tuple(sorted(found, key=len, reverse=True))


# --- side by side -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of a file, and whether the other file has a similar one."""

    number: int
    text: str
    alike: bool


def lines(one: Prepared, other: Prepared) -> list[Line]:
    """Return the lines of a file, with those marked that are evidence."""
    shared = one.own & other.own
    starts = sorted(place for run in shared for place in one.fingerprint.hash_idx[run])
    marked: set[int] = set()
    written = one.text.splitlines(keepends=True)
    first_of = [0]
    for line in written:
        first_of.append(first_of[-1] + len(line))
    where = _places(one)
    for start in starts:
        for place in range(start, min(start + RUN, len(where))):
            marked.add(bisect_right(first_of, where[place]) - 1)
    return [
        Line(number + 1, line.rstrip("\r\n"), number in marked and not line.isspace())
        for number, line in enumerate(written)
    ]


def _places(one: Prepared) -> list[int]:
    """Return the position in the text of each character of the structure; copydetect's offsets never decrease."""
    places, shift, entries = [], 0, one.fingerprint.offsets.tolist()
    at = 0
    for place in range(len(one.fingerprint.filtered_code)):
        while at < len(entries) and entries[at][0] < place:
            shift = max(shift, entries[at][1])
            at += 1
        places.append(min(place + shift, max(0, len(one.text) - 1)))
    return places


# --- files ------------------------------------------------------------------------------------------------------------


def search(gradebook: Gradebook, source: Source, *, threshold: float = THRESHOLD) -> list[Found]:
    """Compare the submissions for each exercise, using the file that counts for each student."""
    found = []
    for slug in gradebook.exercises:
        entries = [gradebook.entries[student.id, slug] for student in gradebook.students]
        contents = [(entry.student, source(entry)) for entry in entries]
        handed = [(student, content) for student, content in contents if content is not None]
        found.append(compare(handed, slug, threshold=threshold))
    return found


def write(gradebook: Gradebook, everything: Sequence[Found], folder: Path, *, threshold: float = THRESHOLD) -> None:
    """Write ``index.html``, ``pairs.csv`` and a page for each pair of files that differ or are near the reference.

    Raises:
        OSError: the folder cannot be written.
    """
    titles = {one.exercise: _title(gradebook, one.exercise) for one in everything}
    shown: dict[str, list[tuple[Pair, str | None]]] = {}
    near: dict[str, list[tuple[Pair, str | None]]] = {}
    number = 0
    for found in everything:
        for pair in (*found.near_reference, *found.differing):
            name = f"pair-{(number := number + 1):03}.html" if number < MOST else None
            where = near if pair.second.student.id == REFERENCE else shown
            where.setdefault(found.exercise, []).append((pair, name))
            if name:
                files.write_bytes(folder / name, _pair_page(pair, titles[found.exercise]), lasting=False)
    page = pages.page(
        "similarity.html", gradebook=gradebook, everything=everything, titles=titles, shown=shown, near=near,
        threshold=threshold, fewest=FEWEST, length=RUN, fifth=COMMON,
    )  # fmt: skip
    files.write_bytes(folder / "pairs.csv", to_csv(everything))
    files.write_bytes(folder / "index.html", page.encode("utf-8", "backslashreplace"))


def _pair_page(pair: Pair, title: str) -> bytes:
    sides: Mapping[Student, list[Line]] = {
        pair.first.student: lines(pair.first, pair.second),
        pair.second.student: lines(pair.second, pair.first),
    }
    return pages.page(
        "pair.html", pair=pair, reference=pair.second.student.id == REFERENCE, title=title, sides=sides
    ).encode("utf-8", "backslashreplace")


def _title(gradebook: Gradebook, slug: str) -> str:
    entries = (gradebook.entries[student.id, slug] for student in gradebook.students)
    return next((entry.result.title for entry in entries if entry.result), slug)


def to_csv(everything: Sequence[Found]) -> bytes:
    """Return one row per pair."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["exercise", "first", "second", "score", "shared_fingerprints", "identical"])
    for found in everything:
        for pair in (*found.near_reference, *found.pairs):
            ids = [table.safe(one.student.id) for one in (pair.first, pair.second)]
            compared = not pair.identical or pair.second.student.id == REFERENCE
            shared = pair.shared if compared else ""
            writer.writerow([found.exercise, *ids, f"{pair.score:.3f}", shared, table.yes(pair.identical)])
    return target.getvalue().encode("utf-8", "backslashreplace")
