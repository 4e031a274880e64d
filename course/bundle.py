"""What decides a verdict, as two short texts: checks and judge (``of``), and what they run on (``environment``).

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
"""Folders of the grader that hold one file per exercise."""
SHARED = tuple("compat edition errors line_breaks parser_words paths result submission syllabus text".split())
"""Modules of the course that the grader imports."""
LIBRARIES = ("torch", "transformers", "peft", "numpy", "safetensors", "msgpack", "pytest")
"""Whose versions count."""


def of(slug: str, root: Path = paths.ROOT) -> str:
    """The hash of what grades this exercise: its checks, fixtures, reference and misconceptions, and the judge.

    Nothing of it is imported. What belongs to another exercise alone does not count.

    Args:
        slug: of the exercise.
        root: where the rooms are.

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
    """Every file that counts, in a fixed order; what an edition lacks is left out."""
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
    """The sandbox level of an ``environment``."""
    return str(json.loads(environment).get("sandbox", ""))


@functools.cache
def environment(level: str) -> str:
    """On what the grader runs here, as JSON: Python, system and libraries, and the sandbox level that is demanded."""
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
