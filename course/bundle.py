"""Two short texts that a verdict depends on: checks and judge (``of``), and what they run on (``environment``).

A result that carries both can be compared with another one, and a class is graded again only where one of them has
changed. Not covered: the processor, the system's libraries, and versions of libraries that only the student's file
imports.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterator
from pathlib import Path

from course import paths, syllabus

CONTENT = ("checks", "fixtures", "misconceptions")
"""Grader folders that contain one file per exercise."""
SHARED = tuple("compat edition errors line_breaks parser_words paths result submission syllabus text".split())
"""Course modules that the grader imports."""
LIBRARIES = ("torch", "transformers", "peft", "numpy", "safetensors", "msgpack", "pytest")
"""Libraries whose versions are recorded."""


def of(slug: str, root: Path = paths.ROOT) -> str:
    """Return the hash of everything that grades this exercise: checks, fixtures, reference, misconceptions and judge.

    Nothing is imported. Files that belong only to other exercises are not included.

    Args:
        slug: slug of the exercise.
        root: the folder that contains ``course`` and ``grader``.

    Returns:
        64 hexadecimal digits.
    """
    entry = next((one for one in syllabus.load(_inside(root, paths.SYLLABUS)) if one.slug == slug), None)
    stamps = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files(slug, root))
    return _of(f"{slug} {entry}", root, stamps)


@functools.lru_cache(maxsize=64)
def _of(entry: str, root: Path, files: tuple[tuple[Path, int, int], ...]) -> str:
    whole = hashlib.sha256(entry.encode())
    for path, _, _ in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"\n{path.relative_to(root).as_posix()} {content}".encode())
    return whole.hexdigest()


def files(slug: str, root: Path = paths.ROOT) -> list[Path]:
    """Return every file that is hashed, in a fixed order; files that an edition lacks are left out."""
    return sorted(set(_files(slug, root)))


def _files(slug: str, root: Path) -> Iterator[Path]:
    other = {exercise.slug for exercise in syllabus.load(_inside(root, paths.SYLLABUS))} - {slug}
    for path in (root / "grader").rglob("*"):
        if path.suffix == ".pyc" or "__pycache__" in path.parts or not path.is_file():
            continue
        if path.parent.name in CONTENT and path.stem.removeprefix("check_") in other:
            continue
        yield path
    yield from (path for name in SHARED if (path := root / "course" / f"{name}.py").is_file())
    if (reference := _inside(root, paths.solution(slug))).is_file():
        yield reference


def _inside(root: Path, path: Path) -> Path:
    return root / path.relative_to(paths.ROOT)


def sandbox(environment: str) -> str:
    """Return the sandbox level stored in an ``environment``."""
    return str(json.loads(environment).get("sandbox", ""))


@functools.cache
def environment(level: str) -> str:
    """Describe the grader's platform as JSON: Python, system and libraries, and the required sandbox level."""
    known = {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "system": platform.system(),
        "machine": platform.machine(),
        "sandbox": level,
    }
    for name in LIBRARIES:
        try:
            known[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            known[name] = ""
    return json.dumps(known, sort_keys=True)
