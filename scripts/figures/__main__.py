"""Print the figures of a lesson: ``python -m scripts.figures LESSON [OPTIONS]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from course import lesson, spelling, syllabus
from scripts.figures import HERE, Figure, compute, heading, module_of, run


def main(arguments: Sequence[str]) -> None:
    """Print the tables of one lesson, and of the extras that are asked for."""
    spelling.spell(sys.stdout, sys.stderr)
    slugs = [lesson.INTRO, *(exercise.slug for exercise in syllabus.load())]
    lessons = [slug for slug in slugs if (HERE / f"{slug}.py").is_file()]
    parser = argparse.ArgumentParser(prog="python -m scripts.figures", description="Print the figures of a lesson.")
    parser.add_argument("lesson", metavar="LESSON", choices=lessons, help=f"one of {', '.join(lessons)}")
    slug = parser.parse_args(arguments[:1]).lesson
    module = module_of(slug)
    extras = getattr(module, "EXTRAS", {})
    summary = (module.__doc__ or "").partition("\n")[0].replace("``", "")
    parser = argparse.ArgumentParser(prog=f"course figures {slug}", description=summary)
    for name, section in extras.items():
        parser.add_argument(f"--{name}", action="store_true", help=f"also: {heading(section)}")
    chosen = parser.parse_args(arguments[1:])
    for title, rows in compute(slug).items():
        show(title, rows)
    for name, section in extras.items():
        if getattr(chosen, name):
            show(heading(section), run(section))


def show(title: str, rows: list[Figure]) -> None:
    """Print one table."""
    print(f"\n{title}\n{'-' * len(title)}")
    for row in rows:
        print(f"{row.what:<56}{row.text:>20}   {row.source}".rstrip(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
