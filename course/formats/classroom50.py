"""Classroom 50: write ``classroom50/result/v1`` for one entry. All scores are whole numbers.

In the runner of Classroom 50, after ``course grade 3 --json graded.json --exit-zero``:

    python -m course.formats.classroom50 graded.json

writes ``result.json`` and ``release-body.md`` into the current folder, appends status and summary to
``$GITHUB_OUTPUT``, and exits with 0 whatever the score, as the runner expects.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from course import files
from course.classroom.model import Entry, Student
from course.errors import CourseError
from course.formats import facts
from course.result import Malformed, Result
from course.text import clean, say

SCHEMA = "classroom50/result/v1"
VARIABLES = ("CLASSROOM", "ASSIGNMENT", "OWNER", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
"""Variables set by the runner; none of them has a possible default."""


@dataclass(frozen=True)
class Submission:
    """Classroom 50's own data about a submission."""

    classroom: str
    assignment: str
    owner: str
    tag: str
    """``submit/...``."""
    commit: str
    release: str
    review: str
    datetime: str
    """``2026-01-02T03:04:05Z``, the time of the commit."""
    kind: str = "individual"
    """``individual``, ``group`` or ``team``; Classroom 50 requires the word given by its runner."""
    pushed_by: str | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str], entry: Entry) -> Submission:
        """Read the runner's variables; the time comes from ``SUBMITTED_AT`` or the entry.

        Raises:
            CourseError: a variable is missing.
        """
        if missing := [name for name in VARIABLES if not environ.get(name)]:
            raise CourseError(
                say(
                    "Classroom 50 sets these variables in its runner, but they are missing here: {names}.",
                    names=", ".join(missing),
                )
            )
        moment = environ.get("SUBMITTED_AT") or entry.submitted or (facts.started(entry))
        return cls(
            classroom=environ["CLASSROOM"],
            assignment=environ["ASSIGNMENT"],
            owner=environ["OWNER"],
            tag=environ["SUBMISSION_TAG"],
            commit=environ["COMMIT_URL"],
            release=environ["RELEASE_URL"],
            review=environ.get("REVIEW_URL") or environ["COMMIT_URL"],
            datetime=facts.seconds_stamp(moment) or "1970-01-01T00:00:00Z",
            kind=environ.get("ASSIGNMENT_TYPE") or "individual",
            pushed_by=environ.get("USERNAME") or None,
        )

    @classmethod
    def local(cls, entry: Entry, classroom: str) -> Submission:
        """Describe a submission graded outside of Classroom 50: the file's hash replaces the links that it requires."""
        moment = facts.instant(entry.submitted) or facts.instant(facts.started(entry))
        when = f"{moment:%Y%m%dT%H%M%SZ}" if moment else "undated"
        content = f"sha256:{entry.sha256 or (entry.result and entry.result.sha256) or 'unknown'}"
        return cls(
            classroom=classroom,
            assignment=entry.exercise,
            owner=entry.student.id,
            tag=f"submit/{when}-{content[7:14]}",
            commit=content,
            release=content,
            review=content,
            datetime=facts.seconds_stamp(moment) or "1970-01-01T00:00:00Z",
        )


def to_json(entry: Entry, submission: Submission) -> bytes:
    """Return the document for one entry."""
    return files.to_json(document(entry, submission))


def document(entry: Entry, submission: Submission) -> dict[str, Any]:
    """Return the document as data.

    Points with decimals (a penalty, an override) are rounded half up, since the schema allows whole numbers only; a
    last test without points then states the exact value. Bonus checks are shown with a maximum of 0.
    """
    result = entry.result
    score = _score(entry)
    tests = [
        {
            "test-name": clean(f"{check.id}: {check.title}", one_line=True),
            "passed": check.passed,
            "score": 0 if check.bonus else check.points,
            "max-score": 0 if check.bonus else check.max_points,
            "status": check.status,
            "message": clean(facts.words(check)),
        }
        for check in facts.told_checks(result)
    ]
    if lines := facts.entry_lines(entry):
        shown = {"test-name": clean(facts.summary(entry), one_line=True), "passed": score == entry.max_points}
        tests.append({**shown, "score": 0, "max-score": 0, "message": clean("\n".join(lines))})
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "classroom": submission.classroom,
        "assignment": submission.assignment,
        "assignment_type": submission.kind,
        "owner": submission.owner,
        "submission": submission.tag,
        "commit": submission.commit,
        "release": submission.release,
        "review": submission.review,
        "datetime": submission.datetime,
        "score": score,
        "max-score": entry.max_points,
        "tests": tests,
    }
    if graded := facts.seconds_stamp(facts.started(entry)):
        told["graded_at"] = graded
    if submission.pushed_by:
        told["submitted_by"] = {"username": submission.pushed_by}
    return told


def body(entry: Entry) -> str:
    """Return the text of the release in Markdown; text that is not ours is in a code block."""
    lines = [facts.summary(entry), *facts.entry_lines(entry)]
    for check in facts.told_checks(entry.result):
        lines.append(f"{'✓' if check.passed else '✗'} {check.id}  {check.points}/{check.max_points}  {check.title}")
        lines += [f"    {line}" for line in facts.words(check).splitlines()]
    block = "\n".join(f"    {clean(line)}" for text in lines for line in text.splitlines())
    return f"{block}\n"


def outputs(entry: Entry) -> str:
    """Return the lines for ``$GITHUB_OUTPUT``; a random delimiter keeps the summary from adding lines of its own."""
    broken = entry.result is None or entry.result.status == "grader_error"
    passed = entry.result is not None and entry.result.status == "passed"
    status = "error" if broken else "success" if passed else "failure"
    mark = f"END_{secrets.token_hex(8)}"
    return f"status={status}\nsummary<<{mark}\n{clean(facts.summary(entry), one_line=True)}\n{mark}\n"


def _score(entry: Entry) -> int:
    return min(max(int(entry.points.quantize(Decimal(1), ROUND_HALF_UP)), 0), entry.max_points)


def changed(entry: Entry) -> str:
    """Return exact and written points if they differ; otherwise nothing."""
    return "" if _score(entry) == entry.points else f"{facts.number(entry.points)} -> {_score(entry)}"


def main(arguments: list[str], environ: Mapping[str, str]) -> None:
    """Write the files that the runner expects.

    Raises:
        CourseError: there is no result, or the runner's variables are incomplete.
    """
    if len(arguments) != 1:
        raise CourseError(say("usage: {command}", command="python -m course.formats.classroom50 RESULT.json"))
    path = Path(arguments[0])
    try:
        result = Result.from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, Malformed) as error:
        raise CourseError(say("{path} contains no result: {reason}", path=str(path), reason=str(error))) from None
    who = Student(environ.get("OWNER") or environ.get("USERNAME") or "")
    entry = Entry(who, result.slug, result.max_points, result, attempts=1)
    files.write_bytes(Path("result.json"), to_json(entry, Submission.of(environ, entry)))
    files.write(Path("release-body.md"), body(entry))
    if target := environ.get("GITHUB_OUTPUT"):
        with open(target, "a", encoding="utf-8", newline="\n") as file:
            file.write(outputs(entry))


if __name__ == "__main__":
    try:
        main(sys.argv[1:], os.environ)
    except CourseError as complaint:
        complaint.show()
        sys.exit(complaint.exit_code)
