"""Write Gradescope's ``results.json`` for one entry.

After ``course grade 3 --json result.json``:

    python -m course.formats.gradescope result.json results.json

Gradescope hides the total from students as soon as one test is hidden, and has no status "skipped" or "crashed": such
a test fails, and its output says why. All tests are visible by default, hidden checks with the same text as on the
feedback page; ``hidden`` delays those. The whole result is included as ``extra_data``, which students do not see.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from course import files
from course.classroom.model import Entry, Student
from course.errors import CourseError
from course.formats import facts
from course.result import CheckResult, Malformed, Result
from course.text import clean, mark, say, translated

Visibility = Literal["visible", "after_due_date", "after_published"]

WHY: dict[str, str] = {
    "not_started": mark("not started"),
    "crashed": mark("raised an exception"),
    "timeout": mark("timed out"),
    "out_of_memory": mark("ran out of memory"),
    "skipped": mark("not run"),
    "grader_error": mark("the grader failed; this is not your fault"),
}
"""Statuses that Gradescope does not have."""


def to_json(entry: Entry, *, hidden: Visibility = "visible") -> bytes:
    """Return the document for one entry."""
    return files.to_json(document(entry, hidden=hidden))


def document(entry: Entry, *, hidden: Visibility = "visible") -> dict[str, Any]:
    """Return the document as data.

    Args:
        entry: the entry to write; ``score`` is what counts, after penalty and override.
        hidden: when students can see the hidden checks.
    """
    result = entry.result
    lines = [facts.summary(entry), *facts.entry_lines(entry)]
    told: dict[str, Any] = {
        "score": facts.plain_number(entry.points),
        "output": clean("\n".join(lines)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": _tests(facts.told_checks(result), hidden),
        "extra_data": {"course": _record(entry)},
    }
    if result and result.seconds is not None:
        told["execution_time"] = round(result.seconds)
    return told


def _tests(checks: Sequence[CheckResult], hidden: Visibility) -> list[dict[str, Any]]:
    groups = list(dict.fromkeys(check.function for check in checks))
    counts = dict.fromkeys(groups, 0)
    tests = []
    for check in checks:
        counts[check.function] += 1
        number = f"{groups.index(check.function) + 1}.{counts[check.function]}"
        tests.append(
            {
                "name": clean(f"{check.function}: {check.title}", one_line=True),
                "number": number,
                "score": check.points,
                "max_score": check.max_points,
                "status": "passed" if check.passed else "failed",
                "output": _output(check),
                "tags": ["bonus"] if check.bonus else [],
                "visibility": "visible" if check.visible else hidden,
                "extra_data": {"id": check.id, "status": check.status},
            }
        )
    return tests


def _output(check: CheckResult) -> str:
    lines = [say("Bonus: counted separately from the points above.")] if check.bonus else []
    if check.status in WHY:
        lines.append(f"[{translated(WHY[check.status])}]")
    return clean("\n".join([*lines, facts.words(check)]).strip())


def _record(entry: Entry) -> dict[str, Any]:
    record: dict[str, Any] = {
        "points": facts.plain_number(entry.points),
        "max_points": entry.max_points,
        "earned": facts.plain_number(entry.earned),
        "late_seconds": int(entry.late.total_seconds()),
        "penalty": facts.plain_number(entry.penalty),
        "attempts": entry.attempts,
    }
    if by_hand := entry.override:
        record["override"] = {"points": facts.plain_number(by_hand.points), "reason": by_hand.reason}
    record["result"] = facts.travelling(entry.result).to_json() if entry.result else None
    return record


def broken(message: str) -> bytes:
    """Return a valid document if there is no result: 0 points, and a message that says whose fault it was."""
    words = say("The autograder failed; this is not your fault. Your instructor can see why: {reason}", reason=message)
    return files.to_json({"score": 0, "output": clean(words), "output_format": "text", "stdout_visibility": "hidden"})


def main(arguments: list[str]) -> None:
    """Convert a result file to ``results.json``.

    Raises:
        CourseError: there is no result.
    """
    if len(arguments) != 2:
        raise CourseError(say("usage: {command}", command="python -m course.formats.gradescope RESULT.json OUT.json"))
    path = Path(arguments[0])
    try:
        result = Result.from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, Malformed) as error:
        raise CourseError(say("{path} contains no result: {reason}", path=str(path), reason=str(error))) from None
    entry = Entry(Student(""), result.slug, result.max_points, result, attempts=1)
    files.write_bytes(Path(arguments[1]), to_json(entry))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CourseError as complaint:
        complaint.show()
        sys.exit(complaint.exit_code)
