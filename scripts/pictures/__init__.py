"""The pictures of the lessons: one module per lesson draws them with the shapes of ``svg.py``.

    python -m scripts.pictures            writes the pictures of all lessons
    python -m scripts.pictures lora       writes those of one lesson

A lesson's module contains ``PICTURES``: file name in ``course/lessons/pictures`` -> the function that draws it.
The pictures are committed and are part of the package; ``tests/test_pages.py`` compares them with the drawn ones.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from course import paths

FOLDER = paths.COURSE / "lessons" / "pictures"
HERE = Path(__file__).resolve().parent


def drawn(slug: str) -> dict[str, str]:
    """Return the pictures of a lesson: file name -> SVG."""
    module = importlib.import_module(f"scripts.pictures.{slug}")
    return {name: draw() for name, draw in module.PICTURES.items()}
