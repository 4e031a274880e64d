"""Grade one submission for ``run_autograder``: ``python -m course.classroom.autograder /autograder SOURCE``.

This process runs as root. It reads the submitted file, gives a copy of it to a grader that runs as an unprivileged
user, and rewrites ``results.json`` after every check, so that the results so far are kept if the process is stopped.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from course import files, notebook, session, submission, syllabus, text
from course.classroom.autograder import Config
from course.classroom.model import Entry, Student
from course.compat import isolated_command
from course.formats import facts, gradescope
from course.grader import Grader
from course.result import Result
from course.syllabus import Exercise
from course.text import clean, say

USER = "course-grader"
"""The unprivileged user; ``setup.sh`` creates it."""
AS_USER = ("runuser", "-u", USER, "--")
METADATA = 16 * 2**20
"""Bytes of the metadata that are read; the metadata contains earlier results."""


@dataclass(frozen=True)
class Metadata:
    """Metadata that Gradescope provides about a submission, as far as we use it."""

    student: Student = field(default_factory=lambda: Student("", in_roster=False))
    submitted: datetime | None = None
    due: datetime | None = None
    previous: Sequence[Mapping[str, Any]] = ()
    """Earlier submissions, oldest first, each with ``score`` and ``results``."""

    @classmethod
    def read(cls, path: Path) -> Metadata:
        """Read the metadata from a file; fields that are missing or have another type are left out."""
        try:
            with path.open("rb") as file:
                told = json.loads(file.read(METADATA))
        except (OSError, ValueError, RecursionError) as error:
            print(f"submission_metadata.json: {error}")
            return cls()
        if not isinstance(told, dict):
            return cls()
        assignment = told.get("assignment")
        users = told.get("users")
        user = users[0] if isinstance(users, list) and users and isinstance(users[0], dict) else {}
        previous = told.get("previous_submissions")
        email = str(user.get("email") or "")
        return cls(
            student=Student(email or str(user.get("id") or ""), str(user.get("name") or ""), email),
            submitted=_moment(told.get("created_at")),
            due=_moment(assignment.get("due_date")) if isinstance(assignment, dict) else None,
            previous=[one for one in previous if isinstance(one, dict)] if isinstance(previous, list) else [],
        )

    @property
    def best(self) -> Decimal | None:
        """The highest earlier score."""
        scores = [one.get("score") for one in self.previous]
        known = [Decimal(str(score)) for score in scores if isinstance(score, (int, float, str)) and _is_number(score)]
        return max(known, default=None)


def main(root: Path, source: Path, command: Sequence[str] | None = None) -> None:
    """Grade the file in ``root/submission`` and write ``root/results/results.json``, whatever happens.

    Args:
        root: ``/autograder``.
        source: the folder that the zip was unpacked to.
        command: starts the grader; None starts our own, as an unprivileged user.
    """
    target = root / "results" / "results.json"
    try:
        config = Config.read(source / "config.json")
        text.use(config.lang)
        metadata = Metadata.read(root / "submission_metadata.json")
        if config.attempts is not None and len(metadata.previous) >= config.attempts:
            files.write_bytes(target, too_many(config.attempts, metadata))
            return
        grade(config, metadata, root / "submission", source / "policy.toml", target, command)
    except Exception as error:  # the student gets a sentence, the instructor the traceback
        traceback.print_exc(file=sys.stdout)
        files.write_bytes(target, gradescope.broken(f"{type(error).__name__}: {error}"))


def grade(
    config: Config,
    metadata: Metadata,
    folder: Path,
    policy: Path,
    target: Path,
    command: Sequence[str] | None = None,
) -> None:
    """Grade one submission and write the results after every check."""
    exercise = syllabus.resolve(config.exercise)

    def write(result: Result) -> None:
        entry = priced(Entry(metadata.student, exercise.slug, exercise.points, result), metadata, policy)
        told = gradescope.document(entry, hidden=config.hidden_checks)
        best = metadata.best
        if best is not None and best > entry.points and keeps_best(policy):
            told["score"] = facts.plain_number(best)
            told["output"] += "\n" + clean(say("Your best submission counts: {points} points.", points=best))
        files.write_bytes(target, files.to_json(told))

    found = find(folder, exercise)
    with tempfile.TemporaryDirectory(prefix="course-submission-") as scratch:
        Path(scratch).chmod(0o755)
        copy = Path(scratch) / f"{exercise.slug}.py"
        started = session.Grading(exercise.number, exercise.slug, exercise.title(config.lang), copy.name)
        try:
            if found is None:
                raise submission.NotGradable(
                    say("No file called {file} was found. Hand in exactly one file, with that name.", file=copy.name)
                )
            code = _python(found, folder, exercise)
            copy.write_bytes(code.source.encode("utf-8") if isinstance(code, notebook.Notebook) else code)
        except submission.NotGradable as reason:
            started.refuse(str(reason), exercise.points)
            assert started.result
            write(started.result)
            return
        copy.chmod(0o644)

        def heard(grading: session.Grading, event: Mapping[str, Any]) -> None:
            if event.get("event") == "check":
                so_far = replace(grading)
                so_far.fail(say("The autograder was stopped before it had finished. Its results so far are below."))
                assert so_far.result
                write(so_far.result)

        whole = command or [*AS_USER, *isolated_command("grader")]
        quiet = dict(COURSE_PARENT="", HOME="/tmp", USER=USER, LOGNAME=USER)  # its parent is runuser, not this process
        with Grader(whole, level=config.sandbox, environ=quiet, folder=Path("/")) as grader:
            book = code if isinstance(code, notebook.Notebook) else None
            result = session.run(
                grader,
                exercise,
                copy,
                lang=config.lang,
                heard=heard,
                shown=Path(found.name),
                cells=book.cells if book else (),
            )
            write(replace(result, notes=[*(book.notes if book else ()), *result.notes]))
            if words := grader.last_words():
                print(clean(words))


def _python(path: Path, folder: Path, exercise: Exercise) -> bytes | notebook.Notebook:
    """Read the submitted file, within limits; a notebook is split into cells here, where it can be read."""
    if not notebook.is_notebook(path):
        return submission.read(path, within=folder)
    data = submission.contents(path, notebook.MAX_BYTES, folder)
    return notebook.read(data, path.name, notebook.graded(exercise))


def find(folder: Path, exercise: Exercise) -> Path | None:
    """Return the file named after the exercise, or the only one; Python before notebooks; None if it is ambiguous."""
    python, books = (
        sorted(path for path in folder.rglob(pattern) if "__MACOSX" not in path.parts)
        for pattern in ("*.py", "*.ipynb")
    )
    named = [[path for path in paths if path.stem.lower() == exercise.slug] for paths in (python, books)]
    for choice in (*named, python, books):
        if choice:
            top = min(len(path.parts) for path in choice)
            highest = [path for path in choice if len(path.parts) == top]
            return highest[0] if len(highest) == 1 else None
    return None


def priced(entry: Entry, metadata: Metadata, policy: Path) -> Entry:
    """Apply the policy's lateness penalty to an entry; without a policy, nothing is deducted."""
    entry = replace(entry, submitted=metadata.submitted, attempts=len(metadata.previous) + 1)
    if policy.is_file():
        from course.classroom import policy as policies

        rules = policies.load(policy, needs_deadline=False)
        if rules.deadline is None and entry.exercise not in rules.deadlines:
            rules = replace(rules, deadline=metadata.due)
        late, penalty = rules.deduction(
            metadata.submitted, entry.student, entry.exercise, entry.earned, entry.max_points
        )
        return replace(entry, late=late, penalty=penalty)
    if metadata.due and metadata.submitted:
        return replace(entry, late=max(timedelta(), metadata.submitted - metadata.due))
    return entry


def keeps_best(policy: Path) -> bool:
    """Return whether the policy counts the best attempt."""
    if not policy.is_file():
        return False
    from course.classroom import policy as policies

    return policies.load(policy, needs_deadline=False).attempts == "best"


def too_many(attempts: int, metadata: Metadata) -> bytes:
    """Return the results of the previous submission again, with a sentence that explains why."""
    last = metadata.previous[-1] if metadata.previous else {}
    results = last.get("results")
    told = dict(results) if isinstance(results, dict) else {"score": last.get("score") or 0}
    if "score" not in told:
        told["score"] = last.get("score") or 0
    words = say(
        "At most {count} of your submissions are graded. The results shown here are from the last one that was graded.",
        count=attempts,
    )
    told["output"] = f"{words}\n{told.get('output') or ''}".strip()
    return files.to_json(told)


def _moment(stamp: object) -> datetime | None:
    return facts.instant(stamp) if isinstance(stamp, str) else None


def _is_number(score: object) -> bool:
    try:
        return Decimal(str(score)).is_finite()
    except ArithmeticError:
        return False


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
