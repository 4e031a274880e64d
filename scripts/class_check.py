"""Run a generated class from release to gradebook, with a kill in the middle, and recount: ``make check-class``.

The commands are those of an instructor. The output is compared with the input: no student is lost or counted
twice, every student has the result that their file deserves, a hostile file has points only for the functions that it
leaves intact, and the totals of every export equal those of a recount.
"""

from __future__ import annotations

import argparse
import csv
import html
import importlib.util
import json
import math
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from course import paths
from scripts import class_folder
from scripts.class_folder import Expected

EXPORTS = {
    "csv": "csv.csv",
    "json": "json.json",
    "html": "html.html",
    "xlsx": "xlsx.xlsx",
    "junit": "junit.xml",
    "gradescope": "gradescope.zip",
    "prairielearn": "prairielearn.zip",
    "classroom50": "classroom50.zip",
    "lti-ags": "lti-ags.zip",
    "canvas": "canvas.csv",
    "moodle": "moodle.csv",
}
"""Format -> output file."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SCREEN = (1200, 2400)
COLUMNS = {
    "csv": ("id", "points"),
    "canvas": ("SIS User ID", class_folder.CANVAS_COLUMN),
    "moodle": ("Email address", "Grade"),
}
"""Format -> columns with the student and the points."""
LEAST_PICTURE = 20_000
"""Minimum size of a screenshot in bytes; an empty page of this format is smaller."""
OURS = re.compile(r"(^|/)(solutions/\w+\.py|grader/misconceptions/|tests/)")
"""Files that no student edition is allowed to contain."""
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Points = dict[str, Decimal]
"""Student id -> points."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything and print the findings; return 1 if anything is not as expected."""
    parser = argparse.ArgumentParser(prog="python -m scripts.class_check", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where to put everything; a new folder if left out")
    parser.add_argument("--students", type=int, default=120)
    parser.add_argument("--exercise", default="lora", help="its slug")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="class-check-"))
    expected = write(folder, options.students, options.exercise)
    (folder / "out").mkdir(exist_ok=True)
    print(f"{options.students} students: {dict(Counter(one.kind for one in expected))}", flush=True)

    course(folder, "release", "--out", "edition.zip", "--exercise", options.exercise)
    grade = ["grade", "submissions", "--store", "class.db", "--jobs", str(options.jobs)]
    grade += ["--roster", "roster.csv", "--policy", "policy.toml"]
    started = time.monotonic()
    lines = killed_midway(folder, grade, options.students // 3)
    print(f"killed after {lines} gradings were shown", flush=True)
    course(folder, *grade)
    print(f"graded in {time.monotonic() - started:.0f} s", flush=True)
    for kind, name in EXPORTS.items():
        sheet = ("--roster", name) if kind in ("canvas", "moodle") else ()
        course(folder, "export", "--store", "class.db", "--to", kind, "--out", f"out/{name}", *sheet)
    course(folder, "report", "--store", "class.db", "--out", "out/report.html")
    course(folder, "feedback", "--store", "class.db", "--out", "out/feedback")

    problems = [*edition(folder / "edition.zip"), *graded_twice(folder / "class.db")]
    book = json.loads((folder / "out" / EXPORTS["json"]).read_text(encoding="utf-8"))
    problems += [*differences(expected, book), *recount(book, folder / "out"), *pages(expected, folder / "out")]
    problems += similar(folder, expected)
    problems += screenshot(folder / "out" / "report.html")
    for problem in problems:
        print(f"NOT AS EXPECTED: {problem}")
    print(f"{len(expected)} students compared, {len(problems)} problems; everything lies in {folder}")
    return 1 if problems else 0


def write(folder: Path, students: int, exercise: str) -> list[Expected]:
    """Write a class with its roster and policy, and the sheets that Canvas and Moodle would export."""
    expected = class_folder.write(folder / "submissions", students, exercises=[exercise])
    texts = {
        "roster.csv": class_folder.roster(expected),
        "policy.toml": class_folder.policy([exercise]),
        "canvas.csv": class_folder.canvas(expected),
        "moodle.csv": class_folder.moodle(expected),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return expected


# --- Commands ---------------------------------------------------------------------------------------------------------


def command(*words: str) -> list[str]:
    """Return a course command as an instructor would type it."""
    return [sys.executable, "-m", "course", "class", *words]


def environ() -> dict[str, str]:
    """Return an environment with English and the course of this repository."""
    return {**os.environ, "PYTHONPATH": str(paths.ROOT), "LANGUAGE": "en"}


def course(folder: Path, *words: str) -> None:
    """Run one command, which must succeed."""
    done = subprocess.run(command(*words), cwd=folder, env=environ(), capture_output=True, encoding="utf-8")
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n")
        raise SystemExit(f"course class {' '.join(words)} ended with {done.returncode}")


def killed_midway(folder: Path, words: Sequence[str], lines: int) -> int:
    """Start grading, and kill it with SIGKILL once it has printed this many lines; return how many were read."""
    with subprocess.Popen(
        command(*words), cwd=folder, env=environ(), stdout=subprocess.PIPE, encoding="utf-8"
    ) as child:
        assert child.stdout is not None
        seen = 0
        for _ in child.stdout:
            seen += 1
            if seen > lines:
                break
        os.kill(child.pid, signal.SIGKILL)
    return seen - 1


# --- Marks ------------------------------------------------------------------------------------------------------------


def differences(expected: Sequence[Expected], book: dict[str, Any]) -> Iterator[str]:
    """Yield the differences between the gradebook and the input."""
    rows = {student["id"]: student for student in book["students"]}
    if len(rows) != len(book["students"]) or set(rows) != {one.student.id for one in expected}:
        yield "the students of the gradebook are not those of the class, each once"
        return
    for one in expected:
        entry = next(e for e in rows[one.student.id]["entries"] if e["exercise"] == one.exercise)
        told = f"{one.student.id} ({one.attack or one.kind})"
        if entry["status"] != one.status:
            yield f"{told}: {entry['status']} instead of {one.status}"
        if entry["attempts"] != one.attempts:
            yield f"{told}: {entry['attempts']} attempts instead of {one.attempts}"
        if entry["late_seconds"] != round(one.late.total_seconds()):
            yield f"{told}: late by {entry['late_seconds']} s instead of {one.late}"
        earned, most = entry["earned"], entry["max_points"]
        right = {"all": earned == most, "none": earned == 0, "some": 0 < earned < most, "less": earned < most}
        if not right[one.points]:
            yield f"{told}: {earned} of {most} points, expected {one.points}"
        if (cost := penalty(earned, most, one.late)) != Decimal(str(entry["penalty"])):
            yield f"{told}: lateness cost {entry['penalty']} points instead of {cost}"
        yield from (f"{told}: {what}" for what in unearned(one, entry))


def penalty(earned: int, most: int, late: timedelta) -> Decimal:
    """Return the cost of lateness by the policy of ``class_folder``: 10 % for each started day, at most half."""
    percent = min(10 * math.ceil(late / timedelta(days=1)), 50)
    return min(Decimal(earned), (Decimal(most) * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP))


def unearned(one: Expected, entry: dict[str, Any]) -> Iterator[str]:
    """Yield the checks of a hostile file that gave points for a function that it does not leave intact."""
    for check in entry["result"]["checks"] if one.attack and entry["result"] else ():
        if check["points"] and check["function"] not in one.honest:
            yield f"{check['points']} points for {check['id']}, which is an attack"


def recount(book: dict[str, Any], folder: Path) -> Iterator[str]:
    """Yield totals that are not the sum of checks, penalties and overrides, and exports that disagree."""
    ours, handed, most = {}, set(), 0
    for student in book["students"]:
        total = Decimal(0)
        for entry in student["entries"]:
            checks = entry["result"]["checks"] if entry["result"] else []
            earned = sum(check["points"] for check in checks if not check["bonus"])
            after = max(Decimal(0), Decimal(earned) - Decimal(str(entry["penalty"])))
            total += Decimal(str(entry["override"]["points"])) if entry["override"] else after
            if entry["result"] or entry["override"]:
                handed.add(student["id"])
        ours[student["id"]], most = total, student["max_points"]
    for kind in EXPORTS:
        if (theirs := totals(kind, folder / EXPORTS[kind], most)) is None:
            continue
        whole = kind in ("csv", "json", "xlsx", "junit")  # the others omit students who handed in nothing
        for who in sorted(ours.keys() if whole else handed | theirs.keys()):
            want = ours.get(who)
            if kind == "classroom50" and want is not None:
                want = want.quantize(Decimal(1), ROUND_HALF_UP)
            if theirs.get(who) != want:
                yield f"{who}: {want} points by recount, {theirs.get(who)} in {EXPORTS[kind]}"


def totals(kind: str, file: Path, most: int) -> Points | None:
    """Return the points in an export; None for the HTML page, which is for people.

    Args:
        kind: format of the export.
        file: the exported file.
        most: maximum points, for formats that contain a share.
    """
    if kind == "html":
        return None
    if kind == "json":
        students = json.loads(file.read_text(encoding="utf-8"))["students"]
        return {one["id"]: Decimal(str(one["points"])) for one in students}
    if kind == "junit":
        suites = ElementTree.parse(file).getroot()
        told = [{one.get("name"): one.get("value") for one in suite.iter("property")} for suite in suites]
        return {str(one["student"]): Decimal(str(one["points"])) for one in told}
    if kind == "xlsx":
        header, *rows = _cells(file)
        return {row[header.index("id")]: Decimal(row[len(header) - 2]) for row in rows}
    if file.suffix == ".zip":
        return _documents(kind, file, most)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    who, points = COLUMNS[kind]
    return {_number(row[who]): Decimal(row[points]) for row in rows if _number(row[who]) and row[points]}


def _number(text: str) -> str:
    """Return the student id in a cell: the only number in it."""
    return "".join(re.findall(r"\d+", text))


def _documents(kind: str, file: Path, most: int) -> Points:
    """Return the points in an archive with a document for each student."""
    found = {}
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            told = json.loads(archive.read(name))
            key = "scoreGiven" if kind == "lti-ags" else "score"
            if key not in told:  # nothing was handed in
                continue
            points = Decimal(str(told[key]))
            share = (points * most).quantize(Decimal("0.01"), ROUND_HALF_UP)
            found[Path(name).stem] = share if kind == "prairielearn" else points
    return found


def _cells(file: Path) -> list[list[str]]:
    """Return the cells of a workbook's first sheet, with empty cells in the gaps."""
    with zipfile.ZipFile(file) as archive:
        shared = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(part.text or "" for part in one.iter(f"{MAIN}t")) for one in shared]
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in sheet.iter(f"{MAIN}row"):
        cells: dict[int, str] = {}
        for cell in row:
            value, letters = cell.findtext(f"{MAIN}v"), re.sub(r"\d", "", cell.get("r", ""))
            if value is not None:
                place = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters))) - 1
                cells[place] = texts[int(value)] if cell.get("t") == "s" else value
        rows.append([cells.get(place, "") for place in range(max(cells) + 1)])
    return rows


# --- Other checks -----------------------------------------------------------------------------------------------------


def edition(file: Path) -> Iterator[str]:
    """Yield files of a student edition that no student should have."""
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    yield from (f"{name} is in the student edition" for name in names if OURS.search(name))
    if not any(name.endswith("exercises/__init__.py") or "/exercises/" in name for name in names):
        yield "the student edition has no exercises"


def graded_twice(store: Path) -> Iterator[str]:
    """Yield files with more than one grading, although no regrading was requested."""
    with closing(sqlite3.connect(store)) as opened:
        rows = opened.execute("SELECT sha256, count(*) FROM grading GROUP BY sha256, exercise HAVING count(*) > 1")
        yield from (f"the file {sha256[:12]} was graded {count} times" for sha256, count in rows)


def pages(expected: Sequence[Expected], folder: Path) -> Iterator[str]:
    """Yield students whom a page for the instructor does not name, or whom a page for another student does."""
    names = {one.student.id: html.escape(one.student.name) for one in expected}
    for page in ("report.html", EXPORTS["html"]):
        text = _text(folder / page)
        yield from (f"{page} does not name {name}" for name in names.values() if name not in text)
    with (folder / "feedback" / "index.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = {row["id"]: row["file"] for row in csv.DictReader(opened)}
    if rows.keys() != names.keys():
        yield "the feedback is not for the students of the class, each once"
    for student, page in rows.items():
        text = _text(folder / "feedback" / page)
        for other, name in names.items():
            if (name in text) != (other == student):
                yield f"the feedback for {student} {'names' if other != student else 'does not name'} {name}"


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8").replace("&#x27;", "&#39;").replace("&#39;", html.escape("'"))


def similar(folder: Path, expected: Sequence[Expected]) -> Iterator[str]:
    """Yield a complaint if the copied file in the class is not found; nothing if the library is not installed."""
    if not importlib.util.find_spec("copydetect"):
        print('similarity: not tried, since the extra "class" is not installed', flush=True)
        return
    course(folder, "similarity", "--store", "class.db", "--out", "out/similarity")
    text = _text(folder / "out" / "similarity" / "index.html")
    pair = [next((one for one in expected if one.kind == kind), None) for kind in ("right", "duplicate")]
    for one in pair if all(pair) else ():
        if one and html.escape(one.student.name) not in text:
            yield f"similarity does not list {one.student.name}, whose file another student handed in, too"


def screenshot(page: Path) -> Iterator[str]:
    """Render the report in a headless browser, if there is one."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"screenshot: not taken, since none of these is installed: {', '.join(BROWSERS)}", flush=True)
        return
    picture = page.with_suffix(".png")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # required to run as root
    with tempfile.TemporaryDirectory() as profile:
        words = [browser, "--headless", "--disable-gpu", "--hide-scrollbars", *root, f"--user-data-dir={profile}"]
        words += [f"--window-size={SCREEN[0]},{SCREEN[1]}", f"--screenshot={picture}", page.resolve().as_uri()]
        done = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=120)
    size = picture.stat().st_size if picture.exists() else 0
    print(f"screenshot: {picture}", flush=True)
    if size < LEAST_PICTURE:
        yield f"the screenshot of the report has {size} bytes: {done.stderr[-300:]}"


if __name__ == "__main__":
    sys.exit(main())
