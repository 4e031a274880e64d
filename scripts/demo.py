"""Grade exercise-3 three times: the skeleton, a misconception, the reference. ``make demo``.

The misconception is the entry with the id below, inserted into the reference. The demonstration fails if an
exit code is not the documented one or if the misconception is not named.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from course import paths, shell, syllabus
from grader.judge.diagnose import load_misconceptions

SLUG = "lora"
MISCONCEPTION = "scaling-inverted"
WIDTH = 76
"""Width of the output in columns."""


def main() -> int:
    """Run the three gradings.

    Returns:
        0 if all three went as documented, otherwise 1.
    """
    exercise = syllabus.resolve(SLUG)
    went_well = [
        grading("1. The skeleton, not started", exercise.id, paths.skeleton(SLUG), exit_code=1),
        grade_misconception(),
        grading("3. The reference solution", exercise.id, paths.solution(SLUG), exit_code=0),
    ]
    if not all(went_well):
        print("\nThe demonstration did not go as documented.", file=sys.stderr)
        return 1
    print("\nThat was the demonstration. Your own turn:", shell.runnable("course start"), sep="\n")
    return 0


def grade_misconception() -> bool:
    """Run the second grading, which README.md quotes; return whether it went as documented."""
    misconception = next(one for one in load_misconceptions(paths.misconceptions(SLUG)) if one.name == MISCONCEPTION)
    edits = "; ".join(f"{old.strip()!r} became {new.strip()!r}" for old, new in misconception.edits)
    title = f"2. A misconception: in the reference, {edits}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{SLUG}.py"
        file.write_text(misconception.apply(paths.solution(SLUG).read_text(encoding="utf-8")), encoding="utf-8")
        return grading(title, syllabus.resolve(SLUG).id, file, exit_code=1, misconception=MISCONCEPTION)


def grading(title: str, exercise: str, file: Path, *, exit_code: int, misconception: str | None = None) -> bool:
    """Grade one file, with its output visible; return whether exit code and named misconceptions are as expected."""
    lines = textwrap.wrap(f"── {title} ", WIDTH - 3, subsequent_indent="   ")
    print("", *lines[:-1], lines[-1] + " " + "─" * (WIDTH - len(lines[-1]) - 1), sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "result.json"
        name = str(file.relative_to(paths.ROOT) if file.is_relative_to(paths.ROOT) else file)
        print(f"$ course grade {exercise} --file {name}", flush=True)
        command = [sys.executable, "-m", "course", "grade", exercise, "--file", name, "--json", str(report)]
        code = subprocess.run(command, cwd=paths.ROOT, env=environ(), check=False).returncode
        checks = json.loads(report.read_text(encoding="utf-8"))["checks"] if report.exists() else []
    named = {check["mistake"] for check in checks if check["mistake"]}
    print(f"\n(exit code {code}; misconceptions named: {', '.join(sorted(named)) or 'none'})", flush=True)
    if code != exit_code:
        print(f"expected exit code {exit_code}", file=sys.stderr)
    if named != ({misconception} if misconception else set()):
        print(f"expected the name {misconception}", file=sys.stderr)
    return code == exit_code and named == ({misconception} if misconception else set())


def environ() -> dict[str, str]:
    """Return the current environment, with the output limited to the width of the demonstration."""
    return os.environ | {"COLUMNS": str(min(WIDTH, shutil.get_terminal_size().columns))}


if __name__ == "__main__":
    sys.exit(main())
