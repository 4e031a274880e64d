"""PrairieLearn's ``/grade/results/results.json`` for one entry: at most 1 MB, points and maximum for every test."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from course import files
from course.classroom.model import Entry
from course.formats import facts
from course.text import clean

MAX_BYTES = 1_000_000
"""Maximum file size that PrairieLearn accepts, in bytes."""


def to_json(entry: Entry) -> bytes:
    """Return the whole document; long messages are cut until it fits."""
    texts = 2 * len(entry.result.checks) if entry.result else 0
    longest = min(facts.LONGEST, MAX_BYTES // (2 * texts + 1))
    while True:
        content = files.to_json(document(entry, longest))
        if len(content) <= MAX_BYTES or not longest:
            return content
        longest = longest // 2 if longest > 100 else 0


def document(entry: Entry, longest: int = facts.LONGEST) -> dict[str, Any]:
    """Return the document as data; a file that cannot be graded costs no attempt, so it is not ``gradable``.

    Args:
        entry: the entry to write.
        longest: maximum characters of each message.
    """
    result = entry.result
    gradable = entry.override is not None or (
        result is not None and result.status not in ("not_gradable", "grader_error")
    )
    share = float(min(entry.points / entry.max_points, Decimal(1))) if entry.max_points else 0.0
    lines = "\n".join([facts.summary(entry), *facts.entry_lines(entry)])
    return {
        "gradable": gradable,
        "score": share if gradable else 0.0,
        "message": clean(lines)[: longest or 200],
        "output": "",
        "format_errors": [] if gradable else [clean(line)[: longest or 200] for line in facts.entry_lines(entry)],
        "images": [],
        "tests": [
            {
                "name": clean(check.id),
                "description": clean(check.title)[: longest or 80],
                "points": check.points,
                "max_points": check.max_points,
                "message": clean(facts.words(check)[:longest])[:longest],
                "output": clean(check.stdout[:longest])[:longest] if check.visible else "",
            }
            for check in facts.told_checks(result)
        ],
    }
