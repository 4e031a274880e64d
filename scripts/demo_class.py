"""An assignment from the first file to the gradebook, with a generated class of twelve: ``make demo-class``.

Every step is the command that an instructor types. What is written stays in a folder that is named at the end, so that
you can look at it.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts import class_folder

SLUG = "inference"
"""The exercise: one with few checks, so that the demonstration takes a minute and not ten."""


def main() -> int:
    """Write the class, run the commands, say where everything lies."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where to put everything; a new folder if left out")
    parser.add_argument("--students", type=int, default=12)
    parser.add_argument("--exercise", default=SLUG, help="slug of the exercise")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="demo-class-"))
    submissions = folder / "submissions"
    expected = class_folder.write(submissions, options.students, exercises=[options.exercise])
    (folder / "roster.csv").write_text(class_folder.roster(expected), encoding="utf-8")
    (folder / "policy.toml").write_text(class_folder.policy([options.exercise]), encoding="utf-8")
    print(f"A class of {options.students} has handed in: {submissions}\n", flush=True)

    store = "--store class.db"
    for command in (
        f"class grade submissions {store} --roster roster.csv --policy policy.toml",
        f"class override {store} {expected[-1].student.id} {options.exercise} 5 --reason 'was ill, oral examination'",
        f"class export {store} --to csv --out gradebook.csv --force",
        f"class report {store} --out report.html --force",
        f"class feedback {store} --out feedback --force",
    ):
        print(f"\n$ course {command}", flush=True)
        done = subprocess.run([sys.executable, "-m", "course", *shlex.split(command)], cwd=folder)
        if done.returncode:
            return done.returncode
    print("\n$ cat gradebook.csv", flush=True)
    print((folder / "gradebook.csv").read_text(encoding="utf-8"))
    print(f"Everything lies in {folder}; look at report.html, and at a page in feedback/.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
