"""Write the pictures of the lessons: ``python -m scripts.pictures [LESSON ...]``."""

from __future__ import annotations

import argparse
import sys

from course import lesson, shell, syllabus
from scripts.pictures import FOLDER, HERE, drawn
from solutions.recipes import preflight
from solutions.recipes.errors import RecipeError


def main() -> None:
    """Write the pictures of the named lessons, or of all."""
    slugs = [lesson.INTRO, *(exercise.slug for exercise in syllabus.load())]
    lessons = [slug for slug in slugs if (HERE / f"{slug}.py").is_file()]
    parser = argparse.ArgumentParser(
        prog="python -m scripts.pictures", description="Write the pictures of the lessons."
    )
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help=f"one of {', '.join(lessons)} (default: all)")
    named = parser.parse_args().lessons
    if unknown := [slug for slug in named if slug not in lessons]:
        parser.error(f"no pictures are drawn for {', '.join(unknown)}; there are {', '.join(lessons)}")
    try:
        preflight.find_packages()  # some are drawn from the lesson's figures
    except RecipeError as error:
        error.show()
        sys.exit(error.exit_code)
    for slug in named or lessons:
        for name, picture in drawn(slug).items():
            (FOLDER / name).write_text(picture, encoding="utf-8", newline="\n")
            print(f"wrote {name}")


if __name__ == "__main__":
    shell.begin()
    main()
