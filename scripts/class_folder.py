"""Generate the submissions of a fictitious class, with the expected results. ``python -m scripts.class_folder DIR``.

Right ones are the reference, most with an unusual implementation of one function appended; wrong ones are the reference
with one misconception inserted. Hostile ones are the reference with every other function replaced by one of the
attacks that ``tests/test_attacks.py`` withstands, whatever the exercise: only the functions left intact can earn
points. The same seed gives the same class, including the times.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from course import paths, syllabus
from course.classroom.model import Student
from course.compat import tomllib

DEADLINE = datetime(2026, 3, 1, 22, 59, tzinfo=timezone.utc)
"""23:59 in Zurich."""
TITLE = "Week 3"
STYLES = ("folders", "flat", "moodle", "canvas", "gradescope")
"""Naming schemes of submissions; ``mixed`` uses them in turn."""
FIRST = (
    "Ada",
    "Grace",
    "Alan",
    "Zoë",
    "José",
    "Mei",
    "Olu",
    "Ingrid",
    "Kofi",
    "Łucja",
    "Ravi",
    "Yuki",
    "Noor",
    "Jürgen",
)
LAST = ("Lovelace", "Hopper", "Nguyen", "O'Neil", "García", "Li", "Okafor", "Berg", "Mensah", "Nowak", "Iyer", "Sato")
ATTACKS = (
    "patch_pytest",
    "exit_at_call",
    "patch_comparisons",
    "start_processes",
    "exit_at_import",
    "lying_numbers",
    "read_files",
    "escape_codes",
    "frame_garbage",
    "import_ours",
    "shadow_files",
    "forge_code",
)
"""Hostile files that end quickly."""
HANGING = "loop_ignoring_signals"
"""A hostile file that never ends by itself."""
AT_IMPORT = ("exit_at_import", "forge_code")
"""Hostile files that end on import."""
ATTACKED = re.compile(r"^def lora_report\([^)]*\)", re.MULTILINE)
"""The function that all attacks define."""
COMMON = 5
"""Number of misconceptions that several students share."""
EVERY = (
    "right",
    "wrong",
    "late",
    "hostile",
    "notebook",
    "broken",
    "resubmitted",
    "empty",
    "hanging",
    "duplicate",
    "skeleton",
    "missing",
)
"""The kinds of the first twelve students: every kind except ``unreadable``."""
OTHERS = ("right",) * 4 + ("wrong",) * 11 + ("late", "late", "notebook", "resubmitted", "unreadable")
"""The kinds of the other students, drawn at random; every twentieth is hostile."""


@dataclass(frozen=True)
class Expected:
    """One student's submission for one exercise, and the expected result."""

    student: Student
    exercise: str
    kind: str
    points: str
    """``all``, ``some`` (more than none, less than all), ``less`` than all, or ``none``."""
    status: str
    """Status of the result that counts; ``missing`` if there is none."""
    attempts: int = 1
    late: timedelta = timedelta()
    misconception: str | None = None
    """Misconception inserted into a wrong file."""
    attack: str | None = None
    """Attack in a hostile file: a file of ``tests/attacks``."""
    honest: tuple[str, ...] = ()
    """Functions that a hostile file leaves intact; no other function is allowed to earn points."""
    files: tuple[str, ...] = field(default=())
    """Paths inside the folder; the last file counts."""


@dataclass(frozen=True)
class _File:
    """One file before its path is chosen."""

    content: bytes
    submitted: datetime
    suffix: str = ".py"


def write(
    folder: Path, students: int, seed: int = 1, style: str = "mixed", exercises: Sequence[str] = ("lora",)
) -> list[Expected]:
    """Write the submissions of a class.

    Args:
        folder: folder for the submissions; created if missing, and should be empty.
        students: number of students. The first twelve show every kind but one.
        seed: seed of all random choices.
        style: one of ``STYLES``, or ``mixed``.
        exercises: slugs; each student has something for each of them.

    Returns:
        The expected results, student by student.
    """
    chance = random.Random(seed)
    people = list(_people(students, chance))
    expected: list[Expected] = []
    metadata: list[str] = ["---"]
    folder.mkdir(parents=True, exist_ok=True)
    for slug in exercises:
        maker = _Maker(slug, chance)
        for number, student in enumerate(people):
            kind = _kind(number, chance)
            named = STYLES[number % len(STYLES)] if style == "mixed" else style
            told, files = maker.make(student, kind)
            places = [_PLACES[named](student, slug, file, attempt) for attempt, file in enumerate(files)]
            for place, file in zip(places, files, strict=True):
                _put(folder / place, file)
            if named == "gradescope" and files:
                metadata += _metadata(student, Path(places[-1]).parts[0], files[-1].submitted)
            expected.append(replace(told, files=tuple(places)))
    if len(metadata) > 1:
        (folder / "submission_metadata.yml").write_text("\n".join(metadata) + "\n", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"\0")
    return expected


def roster(expected: Sequence[Expected]) -> str:
    """Return the roster of this class as CSV."""
    lines = ["id,name,email,extension"]
    for one in dict.fromkeys(one.student for one in expected):
        hours = f"{one.extension // timedelta(hours=1)}h" if one.extension else ""
        lines.append(f"{one.id},{one.name},{one.email},{hours}")
    return "\n".join(lines) + "\n"


def policy(exercises: Sequence[str] = ("lora",)) -> str:
    """Return a policy for this class as TOML."""
    return (
        f'title = "{TITLE}"\n'
        f"exercises = {json.dumps(list(exercises))}\n"
        'time_zone = "Europe/Zurich"\n'
        "deadline = 2026-03-01T23:59:00\n"
        'grace = "10m"\n'
        "penalty_per_day = 10\n"
        "penalty_cap = 50\n"
        'attempts = "last"\n'
    )


CANVAS_COLUMN = "Week 3 (4711)"


def canvas(expected: Sequence[Expected]) -> str:
    """Return the gradebook that Canvas would export for this class, without marks."""
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", CANVAS_COLUMN],
        ["    Points Possible", "", "", "", "", str(syllabus.resolve(expected[0].exercise).points)],
    ]
    for number, one in enumerate(dict.fromkeys(one.student for one in expected), start=501):
        first, _, last = one.name.partition(" ")
        rows.append([f"{last}, {first}", str(number), one.id, one.email, "Week 3 A", ""])
    return _csv(rows)


def moodle(expected: Sequence[Expected]) -> str:
    """Return the grading worksheet that Moodle would export for this class, without marks."""
    most = f"{syllabus.resolve(expected[0].exercise).points:.2f}"
    titles = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed"
    titles += ",Last modified (submission),Last modified (grade),Feedback comments"
    rows = [titles.split(",")]
    for number, one in enumerate(dict.fromkeys(one.student for one in expected), start=700_001):
        rows.append([f"Participant {number}", one.name, one.email, "Submitted", "", most, "Yes", "-", "-", ""])
    return _csv(rows)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerows(rows)
    return target.getvalue()


# --- Students and submissions -----------------------------------------------------------------------------------------


def _people(count: int, chance: random.Random) -> Iterator[Student]:
    """Yield students with distinct names; the second one has an extension."""
    pairs = [(first, last) for first in FIRST for last in LAST]
    if count > len(pairs):
        raise ValueError(f"no more than {len(pairs)} students have names of their own, not {count}")
    for number, (first, last) in enumerate(chance.sample(pairs, count), start=10001):
        extension = timedelta(days=2) if number == 10002 else timedelta()
        yield Student(str(number), f"{first} {last}", f"s{number}@uni.example", extension)


def _kind(number: int, chance: random.Random) -> str:
    if number < len(EVERY):
        return EVERY[number]
    return "hostile" if number % 20 == 19 else chance.choice(OTHERS)


class _Maker:
    """Creates the submissions for one exercise."""

    def __init__(self, slug: str, chance: random.Random) -> None:
        self.slug = slug
        self.chance = chance
        self.reference = paths.solution(slug).read_text(encoding="utf-8")
        table = tomllib.loads(paths.misconceptions(slug).read_text(encoding="utf-8"))
        bonus = syllabus.resolve(slug).bonus  # a misconception in a bonus function costs no points of the exercise
        self.misconceptions = [one for one in table["misconception"] if one["caught_by"].split(".")[0] not in bonus]
        chance.shuffle(self.misconceptions)
        self.variants = [
            text
            for path in sorted(paths.variants(slug).glob("*.py"))
            if "from __future__" not in (text := path.read_text(encoding="utf-8"))
        ]
        self.names = syllabus.resolve(slug).names
        self.made = {"wrong": 0, "hostile": 0, "right": 0}
        self.first_right = b""

    def make(self, student: Student, kind: str) -> tuple[Expected, list[_File]]:
        """Return one student's files, with the one that counts last, and the expected result."""
        on_time = DEADLINE - timedelta(minutes=self.chance.randrange(10, 3000))
        told = Expected(student, self.slug, kind, "all", "passed")
        right = _File(self.right(), on_time)
        if kind == "right":
            return told, [right]
        if kind == "wrong":
            name, text = self.wrong()
            return replace(told, points="some", status="failed", misconception=name), [_File(text, on_time)]
        if kind == "late":
            late = timedelta(hours=self.chance.choice([1, 30, 60])) + student.extension
            counted = late - student.extension - timedelta(minutes=10)
            return replace(told, late=counted), [replace(right, submitted=DEADLINE + late)]
        if kind in ("hostile", "hanging"):
            name, content = self.hanging() if kind == "hanging" else self.hostile()
            status = "not_gradable" if name in AT_IMPORT else "failed"
            honest = self.names[1:] if kind == "hanging" else self.names[1::2]
            told = replace(told, points="less", status=status, attack=name, honest=honest)
            return told, [_File(content, on_time)]
        if kind == "notebook":
            return told, [_File(notebook(self.right().decode()), on_time, ".ipynb")]
        if kind == "broken":
            text = re.sub(r"^(def .*):$", r"\1", self.reference, count=1, flags=re.MULTILINE)
            return replace(told, points="none", status="not_gradable"), [_File(text.encode(), on_time)]
        if kind == "empty":
            return replace(told, points="none", status="refused", attempts=0), [_File(b"", on_time)]
        if kind == "skeleton":
            text = paths.skeleton(self.slug).read_text(encoding="utf-8")
            return replace(told, points="none", status="not_started"), [_File(text.encode(), on_time)]
        if kind == "duplicate":
            return told, [_File(self.first_right or right.content, on_time)]
        if kind == "resubmitted":
            _, before = self.wrong()
            return replace(told, attempts=2), [_File(before, on_time - timedelta(hours=2)), right]
        if kind == "unreadable":
            told = replace(told, points="none", status="refused", attempts=0)
            return told, [_File(b"PK\3\4" + bytes(100), on_time, ".docx")]
        return replace(told, points="none", status="missing", attempts=0), []

    def right(self) -> bytes:
        """Return the reference with a variant of one function appended; every file is different."""
        number = self.made["right"]
        self.made["right"] += 1
        variant = f"\n\n{self.variants[number % len(self.variants)]}" if self.variants and number else ""
        content = f"{self.reference}{variant}\n# {number}\n".encode()
        self.first_right = self.first_right or content
        return content

    def wrong(self) -> tuple[str, bytes]:
        """Return the next misconception, or every third time one of a few common ones, and the reference with it."""
        number = self.made["wrong"]
        self.made["wrong"] += 1
        among = COMMON if number % 3 == 2 else len(self.misconceptions)
        one = self.misconceptions[number % min(among, len(self.misconceptions))]
        text = self.reference
        for edit in one.get("edits", [one]):
            text = text.replace(edit["old"], edit["new"], 1)
        return one["name"], f"{text}\n# {self.made['wrong']}\n".encode()

    def hostile(self) -> tuple[str, bytes]:
        """Return the next attack: its name and the file."""
        name = ATTACKS[self.made["hostile"] % len(ATTACKS)]
        self.made["hostile"] += 1
        return name, self.attacked(name, self.names[::2])

    def hanging(self) -> tuple[str, bytes]:
        """Return a file whose first function never ends."""
        return HANGING, self.attacked(HANGING, self.names[:1])

    def attacked(self, attack: str, names: Sequence[str]) -> bytes:
        """Return the reference with these names bound to an attack."""
        text = (paths.variants(self.slug).parents[1] / "attacks" / f"{attack}.py").read_text(encoding="utf-8")
        text, count = ATTACKED.subn("def attack(*args, **kwargs)", text)
        assert count, f"{attack}.py does not define lora_report"
        return f"{self.reference}\n\n{text}\n\n{' = '.join(names)} = attack\n".encode()


def notebook(source: str) -> bytes:
    """Return a notebook with this code: one cell per top-level block, with a magic and some Markdown in between."""
    blocks = [block for block in re.split(r"\n\n\n(?=\S)", source) if block.strip()]
    cells: list[dict[str, object]] = [
        {"cell_type": "markdown", "metadata": {}, "source": "# My answers"},
        *(
            {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": block}
            for block in blocks
        ),
    ]
    cells.insert(1, {**cells[-1], "source": "%pip install torch\n!nvidia-smi"})
    document = {
        "cells": cells,
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


# --- Paths ------------------------------------------------------------------------------------------------------------


def _put(path: Path, file: _File) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            info = zipfile.ZipInfo(f"hw/{path.stem}{file.suffix}", file.submitted.timetuple()[:6])
            archive.writestr(info, file.content, zipfile.ZIP_DEFLATED)
    else:
        path.write_bytes(file.content)
    seconds = file.submitted.timestamp()
    os.utime(path, (seconds, seconds))


def _folders(student: Student, slug: str, file: _File, attempt: int) -> str:
    """Return a path in a folder per student; every third student has an archive in it."""
    suffix = ".zip" if int(student.id) % 3 == 0 and file.suffix == ".py" else file.suffix
    again = f" ({attempt})" if attempt else ""
    return f"{student.id}/{slug}{again}{suffix}"


def _flat(student: Student, slug: str, file: _File, attempt: int) -> str:
    again = f"-{attempt}" if attempt else ""
    return f"{student.id}_{slug}{again}{file.suffix}"


def _moodle(student: Student, slug: str, file: _File, attempt: int) -> str:
    again = f" ({attempt})" if attempt else ""
    number = 700_000 + int(student.id)  # number of the submission, not of the student
    return f"{student.name}_{number}_assignsubmission_file_/{slug}{again}{file.suffix}"


def _canvas(student: Student, slug: str, file: _File, attempt: int) -> str:
    first, _, last = student.name.partition(" ")
    squashed = re.sub(r"[\W_]", "", f"{last}{first}".lower())
    late = "_LATE" if file.submitted > DEADLINE else ""
    again = f"-{attempt}" if attempt else ""
    return f"{squashed}{late}_{student.id}_{int(student.id) * 7 + attempt}_{slug}{again}{file.suffix}"


def _gradescope(student: Student, slug: str, file: _File, attempt: int) -> str:
    again = f"_{attempt}" if attempt else ""
    return f"submission_{int(student.id) * 11}{len(slug)}/{slug}{again}{file.suffix}"


_PLACES: dict[str, Callable[[Student, str, _File, int], str]] = {
    "folders": _folders,
    "flat": _flat,
    "moodle": _moodle,
    "canvas": _canvas,
    "gradescope": _gradescope,
}


def _metadata(student: Student, folder: str, submitted: datetime) -> list[str]:
    return [
        f"{folder}:",
        "  :submitters:",
        f'  - :name: "{student.name}"',
        f"    :sid: '{student.id}'",
        f"    :email: {student.email}",
        f"  :created_at: {submitted:%Y-%m-%d %H:%M:%S}.000000000 Z",
        "  :score: 0.0",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write submissions, roster.csv, policy.toml and expected.json into a folder."""
    parser = argparse.ArgumentParser(prog="python -m scripts.class_folder", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--style", default="mixed", choices=[*STYLES, "mixed"])
    parser.add_argument("--exercise", nargs="+", default=["lora"])
    asked = parser.parse_args(arguments)
    expected = write(asked.folder / "submissions", asked.students, asked.seed, asked.style, asked.exercise)
    (asked.folder / "roster.csv").write_text(roster(expected), encoding="utf-8")
    (asked.folder / "policy.toml").write_text(policy(asked.exercise), encoding="utf-8")
    rows = json.dumps([asdict(one) for one in expected], default=str, ensure_ascii=False, indent=1)
    (asked.folder / "expected.json").write_text(rows + "\n", encoding="utf-8")
    print(f"{len(expected)} submissions of {asked.students} students: {asked.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
