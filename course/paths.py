"""Where the files of an exercise stand. Every path derives from the slug, and only here.

The rooms are neighbours both in a checkout and in an installed package, so one root serves both.
"""

from __future__ import annotations

from pathlib import Path

COURSE = Path(__file__).resolve().parent
ROOT = COURSE.parent
"""The directory that holds the rooms ``course``, ``exercises``, ``solutions`` and ``grader``."""
RESULT_SCHEMA = COURSE / "result.schema.json"
"""Of ``course/result/v1``; ``python -m scripts.schema`` writes it."""
GRADEBOOK_SCHEMA = COURSE / "formats" / "gradebook.schema.json"
"""Of ``course/gradebook/v1``; the same script writes it."""
DIRECTORY = ".course"
"""What makes a directory a workspace: it holds what the course remembers."""
SYLLABUS = COURSE / "syllabus.toml"
EDITION = COURSE / "edition.toml"
"""What a student edition says about itself; the whole course has none."""
LOCALE = COURSE / "locale"
"""The catalogues of other languages, as ``gettext`` wants them: <lang>/LC_MESSAGES/<room>.mo."""


def lesson(slug: str, lang: str = "en") -> Path:
    """The lesson: idea, picture, sources, then graduated hints."""
    return COURSE / "lessons" / lang / f"{slug}.md"


def skeleton(slug: str) -> Path:
    """The file with TODOs that a learner starts from."""
    return ROOT / "exercises" / f"{slug}.py"


def solution(slug: str) -> Path:
    """The reference, the same module complete."""
    return ROOT / "solutions" / f"{slug}.py"


def todos(slug: str) -> Path:
    """The TODO sentences that the skeleton shows in place of the reference's code."""
    return ROOT / "solutions" / f"{slug}.todo.toml"


def checks(slug: str) -> Path:
    """The hidden checks."""
    return ROOT / "grader" / "checks" / f"check_{slug}.py"


def misconceptions(slug: str) -> Path:
    """The misconceptions that the grader can name."""
    return ROOT / "grader" / "misconceptions" / f"{slug}.toml"


def variants(slug: str) -> Path:
    """A directory of correct, unusual implementations that must get full points."""
    return ROOT / "tests" / "variants" / slug
