"""The instructor's page on a class: how it went, its misconceptions, and which checks deserve a second look.

One HTML file without scripts or anything to load. The figures come from ``statistics``; this module chooses what is
shown. The page names students in tables only; the example of a misconception is anonymous (``sources.anonymous``).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from course.classroom import pages, sources, standing, statistics
from course.classroom.model import Entry, Gradebook, Refused
from course.classroom.sources import Vocabulary
from course.classroom.statistics import CheckFigures, MisconceptionFigures
from course.text import say

LINES = 40
"""Of an example, at most."""
CANDIDATES = 5
"""Submissions that are looked at for an example."""
TROUBLES = 30
"""Submissions that crashed or were slow: so many are listed, the worst ones."""

Source = Callable[[Entry], bytes | None]
"""What was graded of an entry; None if it is not kept."""


@dataclass(frozen=True)
class Example:
    """A misconception with one student's function, whose it may be is not told."""

    found: MisconceptionFigures
    code: str
    """Empty if no submission can be shown."""
    cut: bool


def to_html(gradebook: Gradebook, source: Source | None = None) -> str:
    """The whole page.

    Args:
        gradebook: the class.
        source: gives the graded file of an entry; without it there are no examples.
    """
    checks = statistics.checks(gradebook)
    exercises = statistics.exercises(gradebook)
    return pages.page(
        "report.html",
        gradebook=gradebook,
        summary=statistics.summary(gradebook),
        totals=statistics.totals(gradebook),
        exercises=exercises,
        titles={one.exercise: one.title for one in exercises},
        examples=examples(gradebook, source or (lambda entry: None)),
        hardest=statistics.hardest(checks),
        undiscriminating=statistics.least_discriminating(checks),
        enough=any(check.counted >= statistics.FEWEST for check in checks),
        fewest=statistics.FEWEST,
        checks={slug: _functions(checks, slug) for slug in gradebook.exercises},
        not_started=statistics.not_started_functions(gradebook),
        troubles=statistics.troubles(gradebook),
        most=TROUBLES,
        slowest=statistics.slowest(gradebook),
        failed=[entry for entry in gradebook if entry.status == "grader_error"],
        by_hand=[entry for entry in gradebook if entry.override],
        refused=_refused(gradebook),
        unreadable=[entry for entry in gradebook if entry.status == "not_gradable"],
        standing=standing.lines(gradebook),
        cell=standing.cell,
        legend=say(standing.LEGEND),
        bars=pages.bars,
    )


def _refused(gradebook: Gradebook) -> list[Refused]:
    """Every file that was refused: of nobody, or of a student with or without another file that counts."""
    of_students = [no for entry in gradebook for no in entry.refused]
    return list(dict.fromkeys((*gradebook.refused, *of_students)))


def _functions(checks: list[CheckFigures], slug: str) -> dict[str, list[CheckFigures]]:
    """The checks of an exercise, function by function."""
    found: dict[str, list[CheckFigures]] = {}
    for check in checks:
        if check.exercise == slug:
            found.setdefault(check.function, []).append(check)
    return found


def examples(gradebook: Gradebook, source: Source) -> list[Example]:
    """The misconceptions of the class, each with the shortest function that can be shown."""
    vocabularies: dict[str, Vocabulary] = {}
    cut = functools.cache(lambda student, slug: _definitions(source(gradebook.entries[student, slug])))
    shown = []
    for found in statistics.misconceptions(gradebook):
        if found.exercise not in vocabularies:
            vocabularies[found.exercise] = Vocabulary(found.exercise, gradebook.students)
        lines = _example(found, cut, vocabularies[found.exercise])
        shown.append(Example(found, "\n".join(lines[:LINES]), len(lines) > LINES))
    return shown


def _example(
    found: MisconceptionFigures, cut: Callable[[str, str], Mapping[str, str]], vocabulary: Vocabulary
) -> list[str]:
    """The lines of the shortest of them."""
    written = [cut(entry.student.id, entry.exercise).get(found.function) for entry in found.entries[:CANDIDATES]]
    for code in sorted(filter(None, written), key=len):
        try:
            return sources.anonymous(code, vocabulary).splitlines()
        except sources.Unreadable:
            continue  # another student's will do
    return []


def _definitions(content: bytes | None) -> Mapping[str, str]:
    """What a file defines; nothing if it is not kept or cannot be read."""
    try:
        return {} if content is None else sources.definitions(sources.decode(content))
    except sources.Unreadable:
        return {}
