"""Which submissions look alike beyond what the exercise itself makes alike. For an instructor to read; no verdict.

``copydetect`` (as MOSS does) turns Python into its bones, in which names, strings, comments and layout are gone, and
takes every run of ``RUN`` characters of them as a fingerprint. What is no evidence is taken away: runs of the skeleton,
runs of the reference (the natural solution), and runs that many in the class share. The score of a pair is the share
of what is left of the smaller file that the other file holds too; a pair with few runs in common has none, so a
function with one natural solution says nothing. Renaming, reordering, reformatting and other comments change nothing.

Apart from that, each file is compared with the reference, minus the skeleton. Independent solutions share at most a
third of their runs with it, so a file that shares half is worth a look, too.

Not covered: rewritten expressions, an order of statements that was changed inside a function, and a solution that more
than ``COMMON`` students and a fifth of the class share. Two who found the same idea score high, too.
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
"""Score from which on a pair is shown."""
FEWEST = 120
"""Fingerprints in common that a pair must have, whatever its score: eight lines or so."""
COMMON = 10
"""Submissions that may share a fingerprint before it counts as common; in a large class a fifth of it."""
REFERENCE = "(reference solution)"
"""Stands for a student's id where a file is compared with the reference."""
MOST = 200
"""Pairs that are shown side by side, the most similar ones."""

Source = Callable[[Entry], bytes | None]


class NotInstalled(CourseError):
    """copydetect is missing."""


@dataclass(frozen=True)
class Prepared:
    """A submission as it is compared."""

    student: Student
    text: str
    sha256: str
    fingerprint: Any
    """Of copydetect: where each run stands."""
    own: frozenset[int]
    """Runs that are evidence: neither the skeleton's nor, beside another student's file, the reference's."""
    written: frozenset[int]
    """Runs that are not the skeleton's."""


@dataclass(frozen=True)
class Pair:
    """Two submissions that have something in common."""

    first: Prepared
    second: Prepared
    score: float
    """Shared runs over those of the smaller one: 0 to 1."""
    shared: int
    """Runs."""
    identical: bool
    """Byte by byte."""


@dataclass(frozen=True)
class Found:
    """What is worth a look in one exercise."""

    exercise: str
    compared: int
    """Submissions."""
    left_out: tuple[Student, ...]
    """Their files cannot be read as Python."""
    pairs: tuple[Pair, ...]
    """The most similar first."""
    clusters: tuple[tuple[Student, ...], ...]
    """Students connected by pairs, the largest first."""
    near_reference: tuple[Pair, ...] = ()
    """Files that share much with the reference, which is the second of each pair."""

    @property
    def identical(self) -> list[list[Student]]:
        """Students whose files are the same byte by byte, the largest group first."""
        groups: dict[str, dict[str, Student]] = {}
        for pair in self.pairs:
            if pair.identical:
                same = groups.setdefault(pair.first.sha256, {})
                same.update({one.student.id: one.student for one in (pair.first, pair.second)})
        return sorted((list(same.values()) for same in groups.values()), key=len, reverse=True)

    @property
    def differing(self) -> list[Pair]:
        """The pairs that are worth a page: of identical files one stands for all, and needs none with the others."""
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
        handed: who, and the file.
        exercise: the slug; its skeleton, and its reference where it is installed, are no evidence.
        threshold: smallest score of a pair.
        natural: take away what the reference holds.

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
    """Those whose files share much with the reference, the most similar first; none where it is not installed."""
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
    """Runs of the skeleton, and of the reference; it is missing in an edition for students."""
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
    # Every run counts (a window of 1): winnowing would choose by Python's salted hashes, another choice in every run.
    # Its own list of boilerplate is not used: version 0.5.0 drops the wrong places where a run occurs twice.
    return copydetect.CodeFingerprint("submission.py", RUN, 1, language="python", fp=io.StringIO(text))


def _prepare(student: Student, content: bytes, given: frozenset[int], reference: frozenset[int]) -> Prepared:
    text = sources.decode(content)
    sources.tokens(text)
    fingerprint = _fingerprint(text)
    written = frozenset(fingerprint.hashes) - given
    return Prepared(student, text, sources.digest(content), fingerprint, written - reference, written)


def _clusters(pairs: Sequence[Pair], everybody: Sequence[Prepared]) -> tuple[tuple[Student, ...], ...]:
    """Who is connected with whom, over however many pairs."""
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
    """A line of a file, and whether the other file holds the like of it."""

    number: int
    text: str
    alike: bool


def lines(one: Prepared, other: Prepared) -> list[Line]:
    """A file with the lines marked that are evidence."""
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
    """Where each character of the bones stands in the text; copydetect's offsets, which never go back."""
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
    """Compare what was handed in for each exercise, of each student the file that counts."""
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
    """One row per pair."""
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
