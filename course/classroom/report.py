"""The instructor's report on a class: results, misconceptions, and checks that deserve a second look.

One HTML file without scripts or external resources. The figures come from ``statistics``; this module selects what is
shown. The page names students in tables only; the examples of misconceptions are anonymous (``sources.anonymous``).
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
"""Maximum lines of an example."""
CANDIDATES = 5
"""Maximum number of submissions considered for an example."""
TROUBLES = 30
"""Number of submissions listed as crashed or slow, worst first."""

Source = Callable[[Entry], bytes | None]
"""Returns the graded file of an entry; None if it is not stored."""


@dataclass(frozen=True)
class Example:
    """A misconception with an anonymous student's function."""

    found: MisconceptionFigures
    code: str
    """Empty if no submission can be shown."""
    cut: bool


def to_html(gradebook: Gradebook, source: Source | None = None) -> str:
    """Return the whole page.

    Args:
        gradebook: the gradebook of the class.
        source: returns the graded file of an entry; without it there are no examples.
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
    """Return every refused file, whether or not its student is known or has another file that counts."""
    of_students = [no for entry in gradebook for no in entry.refused]
    return list(dict.fromkeys((*gradebook.refused, *of_students)))


def _functions(checks: list[CheckFigures], slug: str) -> dict[str, list[CheckFigures]]:
    """Group the checks of an exercise by function."""
    found: dict[str, list[CheckFigures]] = {}
    for check in checks:
        if check.exercise == slug:
            found.setdefault(check.function, []).append(check)
    return found


def examples(gradebook: Gradebook, source: Source) -> list[Example]:
    """Return the misconceptions of the class, each with the shortest function that can be shown."""
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
    """Return the lines of the shortest function with this misconception."""
    written = [cut(entry.student.id, entry.exercise).get(found.function) for entry in found.entries[:CANDIDATES]]
    for code in sorted(filter(None, written), key=len):
        try:
            return sources.anonymous(code, vocabulary).splitlines()
        except sources.Unreadable:
            continue  # use another student's instead
    return []


def _definitions(content: bytes | None) -> Mapping[str, str]:
    """Return the definitions in a file; empty if it is not stored or cannot be read."""
    try:
        return {} if content is None else sources.definitions(sources.decode(content))
    except sources.Unreadable:
        return {}
