"""Show an assignment from the first file to the gradebook, with a generated class of twelve: ``make demo-class``.

Every step is a command as an instructor would type it. Two of the files are hostile: one tries to mark itself, one
never ends. The output stays in a folder that is named at the end, so that you can look at it.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from course import paths
from scripts import class_check
from scripts.class_folder import Expected

SLUG = "inference"
"""The exercise: it has few checks, so that the demonstration takes one minute and not ten."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the class, run the commands, report the points of the hostile files and the location of the output."""
    parser = argparse.ArgumentParser(prog="python -m scripts.demo_class", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where to put everything; a new folder if left out")
    parser.add_argument("--students", type=int, default=12)
    parser.add_argument("--exercise", default=SLUG, help="slug of the exercise")
    options = parser.parse_args(arguments)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="demo-class-"))
    if folder.exists() and any(folder.iterdir()):
        parser.error(f"{folder} is not empty")
    expected = class_check.write(folder, options.students, options.exercise)
    print(f"A class of {options.students} has handed in: {folder / 'submissions'}", flush=True)

    for command in before(options.exercise):
        if code := run(folder, command):
            return code
    if not judged(folder, expected):
        return 1
    for command in after(options.exercise, expected):
        if code := run(folder, command):
            return code
    print(f"\nEverything lies in {folder}; look at report.html, and at a page in feedback/.")
    return 0


def before(exercise: str) -> Iterator[str]:
    """Yield the commands for handing out and grading."""
    yield f"course class release --out edition.zip --exercise {exercise}"
    yield "course class grade submissions --store class.db --roster roster.csv --policy policy.toml"


def after(exercise: str, expected: Sequence[Expected]) -> Iterator[str]:
    """Yield the commands for overrides, pages, sheets and verification."""
    missing = next((one for one in expected if one.kind == "missing"), expected[-1])
    wrong = next((one for one in expected if one.kind == "wrong"), expected[0])
    yield f"course class override --store class.db {missing.student.id} {exercise} 5 --reason 'was ill, oral exam'"
    yield "course class status --store class.db"
    yield "course class report --store class.db --out report.html"
    yield "course class feedback --store class.db --out feedback"
    yield "course class export --store class.db --to canvas --roster canvas.csv --out marks.csv"
    if importlib.util.find_spec("copydetect"):  # part of the extra "class"
        yield "course class similarity --store class.db --out similarity"
    yield "course class regrade --store class.db --dry-run"
    yield f"course class verify --store class.db {wrong.student.id} {exercise}"


def run(folder: Path, command: str) -> int:
    """Print a command and run it; return its exit code."""
    print(f"\n$ {command}", flush=True)
    _, *words = shlex.split(command)
    environ = {**os.environ, "PYTHONPATH": str(paths.ROOT)}
    return subprocess.run([sys.executable, "-m", "course", *words], cwd=folder, env=environ).returncode


def judged(folder: Path, expected: Sequence[Expected]) -> bool:
    """Print the points of the hostile files, and compare everyone's marks with what their files deserve."""
    class_check.course(folder, "export", "--store", "class.db", "--to", "json", "--out", "gradebook.json")
    book = json.loads((folder / "gradebook.json").read_text(encoding="utf-8"))
    entries = {student["id"]: student["entries"][0] for student in book["students"]}
    hostile = [one for one in expected if one.attack]
    print(f"\nHostile files: {len(hostile)}")
    for one in hostile:
        print(f"  {one.student.name}: {tries(one)}")
        print(f"    {earned(entries[one.student.id])}")
    problems = list(class_check.differences(expected, book))
    print(f"Marks that are not what the files deserve: {len(problems)} of {len(expected)}", flush=True)
    for problem in problems:
        print(f"  {problem}")
    return not problems


def tries(one: Expected) -> str:
    """Return what a hostile file tries, from its docstring."""
    file = paths.variants(one.exercise).parents[1] / "attacks" / f"{one.attack}.py"
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").replace("\n", " ")


def earned(entry: dict[str, Any]) -> str:
    """Return the points of each function, and how its checks ended if it has none."""
    checks = [check for check in entry["result"]["checks"] if not check["bonus"]]
    parts = []
    for name in dict.fromkeys(check["function"] for check in checks):
        mine = [check for check in checks if check["function"] == name]
        points, most = sum(one["points"] for one in mine), sum(one["max_points"] for one in mine)
        parts.append(f"{name} {points}/{most} ({mine[0]['status']})" if not points else f"{name} {points}/{most}")
    return ", ".join(parts)


if __name__ == "__main__":
    sys.exit(main())
