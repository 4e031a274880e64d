"""A generated class from release to gradebook, killed in the middle, recounted: ``python -m scripts.class_check``.

The commands are those of an instructor. What comes out is compared with what was put in: nobody is lost or counted
twice, everybody has the outcome that their file deserves, and the totals of every export are those of a recount.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from course import paths
from scripts import class_folder
from scripts.class_folder import Expected

EXPORTS = ("csv", "json", "html", "xlsx", "junit", "gradescope", "prairielearn", "classroom50", "lti-ags")
MANY = ("gradescope", "prairielearn", "classroom50", "lti-ags")
"""Formats with one document per student, which come in a zip."""


def main() -> int:
    """Run everything, print what was found; 1 if anything is not as expected."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where to put everything; a new folder if left out")
    parser.add_argument("--students", type=int, default=120)
    parser.add_argument("--exercise", default="lora", help="slug; the hostile files are made for lora")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="class-check-"))
    expected = class_folder.write(folder / "submissions", options.students, exercises=[options.exercise])
    (folder / "roster.csv").write_text(class_folder.roster(expected), encoding="utf-8")
    (folder / "policy.toml").write_text(class_folder.policy([options.exercise]), encoding="utf-8")
    print(f"{options.students} students: {dict(Counter(one.kind for one in expected))}", flush=True)

    course(folder, "release", "--out", "edition.zip", "--exercise", options.exercise)
    grade = ["grade", "submissions", "--store", "class.db", "--jobs", str(options.jobs)]
    grade += ["--roster", "roster.csv", "--policy", "policy.toml"]
    started = time.monotonic()
    lines = killed_midway(folder, grade, options.students // 3)
    print(f"killed after {lines} gradings were shown", flush=True)
    course(folder, *grade)
    print(f"graded in {time.monotonic() - started:.0f} s", flush=True)

    problems = []
    for kind in EXPORTS:
        course(folder, "export", "--store", "class.db", "--to", kind, "--out", f"out/{kind}{suffix(kind)}")
    course(folder, "report", "--store", "class.db", "--out", "out/report.html")
    course(folder, "feedback", "--store", "class.db", "--out", "out/feedback")
    book = json.loads((folder / "out/json.json").read_text(encoding="utf-8"))
    problems += list(differences(expected, book))
    problems += list(recount(book, folder / "out/csv.csv"))
    for problem in problems:
        print(f"NOT AS EXPECTED: {problem}")
    print(f"{len(expected)} students compared, {len(problems)} problems; everything lies in {folder}")
    return 1 if problems else 0


def suffix(kind: str) -> str:
    """Of the file that an export is written to."""
    return ".zip" if kind in MANY else ".xml" if kind == "junit" else f".{kind}"


def command(*words: str) -> list[str]:
    """A command of the course that an instructor types."""
    return [sys.executable, "-m", "course", "class", *words]


def environ() -> dict[str, str]:
    """English, and the course of this repository."""
    return {**os.environ, "PYTHONPATH": str(paths.ROOT), "LANGUAGE": "en"}


def course(folder: Path, *words: str) -> None:
    """Run one command; it must succeed."""
    (folder / "out").mkdir(exist_ok=True)
    done = subprocess.run(command(*words), cwd=folder, env=environ(), stdout=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stdout)
        raise SystemExit(f"course class {' '.join(words)} ended with {done.returncode}")


def killed_midway(folder: Path, words: Sequence[str], lines: int) -> int:
    """Start grading, and end it with SIGKILL once it has shown so many lines; how many were read."""
    with subprocess.Popen(command(*words), cwd=folder, env=environ(), stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        seen = 0
        for _ in child.stdout:
            seen += 1
            if seen > lines:
                break
        os.kill(child.pid, signal.SIGKILL)
    return seen - 1


def differences(expected: Sequence[Expected], book: dict[str, Any]) -> list[str]:
    """Where the gradebook is not what was put in."""
    rows = {student["id"]: student for student in book["students"]}
    found = []
    if len(rows) != len(book["students"]) or set(rows) != {one.student.id for one in expected}:
        found.append("the students of the gradebook are not those of the class, each once")
    for one in expected:
        entry = next(e for e in rows[one.student.id]["entries"] if e["exercise"] == one.exercise)
        told = f"{one.student.id} ({one.kind})"
        if one.kind != "hostile" and entry["status"] != one.status:
            found.append(f"{told}: {entry['status']} instead of {one.status}")
        attempts = 1 if one.kind == "unreadable" else one.attempts  # what was refused was handed in all the same
        if entry["attempts"] != attempts:
            found.append(f"{told}: {entry['attempts']} attempts instead of {attempts}")
        if entry["late_seconds"] != round(one.late.total_seconds()):
            found.append(f"{told}: late by {entry['late_seconds']} s instead of {one.late}")
        earned, most = entry["earned"], entry["max_points"]
        right = {"all": earned == most, "none": earned == 0, "some": 0 < earned < most, "less": earned < most}
        if not right[one.points]:
            found.append(f"{told}: {earned} of {most} points, expected {one.points}")
    return found


def recount(book: dict[str, Any], sheet: Path) -> list[str]:
    """Where totals are not the sums of checks, penalties and overrides, or the CSV file says something else."""
    found = []
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        totals = {row["id"].lstrip("'"): Decimal(row["points"]) for row in csv.DictReader(file)}
    for student in book["students"]:
        total = Decimal(0)
        for entry in student["entries"]:
            checks = entry["result"]["checks"] if entry["result"] else []
            earned = sum(check["points"] for check in checks if not check["bonus"])
            after = max(Decimal(0), Decimal(earned) - Decimal(str(entry["penalty"])))
            total += Decimal(str(entry["override"]["points"])) if entry["override"] else after
        if total != Decimal(str(student["points"])) or total != totals.get(student["id"]):
            found.append(
                f"{student['id']}: {total} by recount, {student['points']} in JSON, {totals.get(student['id'])}"
            )
    return found


if __name__ == "__main__":
    sys.exit(main())
