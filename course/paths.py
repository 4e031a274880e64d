"""Paths of an exercise's files. Every path is derived from the slug, and only here.

The rooms are siblings both in a checkout and in an installed package, so one root works for both.
"""

from __future__ import annotations

from pathlib import Path

COURSE = Path(__file__).resolve().parent
ROOT = COURSE.parent
"""Directory that contains the rooms ``course``, ``exercises``, ``solutions`` and ``grader``."""
RESULT_SCHEMA = COURSE / "result.schema.json"
"""Schema of ``course/result/v1``, written by ``python -m scripts.schema``."""
GRADEBOOK_SCHEMA = COURSE / "formats" / "gradebook.schema.json"
"""Schema of ``course/gradebook/v1``, written by the same script."""
DIRECTORY = ".course"
"""Directory that makes its parent a workspace; it contains the course's records."""
SYLLABUS = COURSE / "syllabus.toml"
EDITION = COURSE / "edition.toml"
"""Description of a student edition; the whole course has none."""
LOCALE = COURSE / "locale"
"""Translations, laid out as ``gettext`` requires: <lang>/LC_MESSAGES/<room>.mo."""


def lesson(slug: str, lang: str = "en") -> Path:
    """Return the lesson: idea, picture, sources, then graduated hints."""
    return COURSE / "lessons" / lang / f"{slug}.md"


def skeleton(slug: str) -> Path:
    """Return the file with TODOs that a learner starts from."""
    return ROOT / "exercises" / f"{slug}.py"


def solution(slug: str) -> Path:
    """Return the reference: the same module, complete."""
    return ROOT / "solutions" / f"{slug}.py"


def todos(slug: str) -> Path:
    """Return the TODO sentences that the skeleton shows in place of the reference's code."""
    return ROOT / "solutions" / f"{slug}.todo.toml"


def checks(slug: str) -> Path:
    """Return the check file."""
    return ROOT / "grader" / "checks" / f"check_{slug}.py"


def misconceptions(slug: str) -> Path:
    """Return the misconceptions that the grader can name."""
    return ROOT / "grader" / "misconceptions" / f"{slug}.toml"


def variants(slug: str) -> Path:
    """Return a directory of correct, unusual implementations that must get full points."""
    return ROOT / "tests" / "variants" / slug
