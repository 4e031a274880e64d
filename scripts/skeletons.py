"""Write the skeletons in ``exercises/`` from the references in ``solutions/``: ``make skeletons``.

    python -m scripts.skeletons            write the ones that are out of date
    python -m scripts.skeletons --check    write nothing, show what would change; exit code 1 if anything would

``course/classroom/skeletons.py`` decides what a skeleton contains.
"""

from __future__ import annotations

import argparse
import difflib
import sys

from course import paths, syllabus
from course.classroom.skeletons import SkeletonError, generate


def main() -> None:
    """Write or check the skeletons of all exercises that are ready."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, show what would change")
    options = parser.parse_args()

    exercises = [exercise for exercise in syllabus.load() if not exercise.planned]
    try:
        wanted = {paths.skeleton(exercise.slug): generate(exercise) for exercise in exercises}
    except SkeletonError as error:
        sys.exit(str(error))
    stale = {path: new for path, new in wanted.items() if not path.exists() or path.read_bytes() != new}
    for path, new in stale.items():
        name = path.relative_to(paths.ROOT).as_posix()
        if options.check:
            old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            print(*difflib.unified_diff(old, new.decode().splitlines(), name, "generated", lineterm=""), sep="\n")
        else:
            path.write_bytes(new)
            print(f"wrote {name}")
    if options.check and stale:
        sys.exit(f"{len(stale)} of {len(wanted)} skeletons are out of date: make skeletons")
    if not stale:
        print(f"{len(wanted)} skeletons are up to date")


if __name__ == "__main__":
    main()
