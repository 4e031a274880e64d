"""What the grader is asked for, read once: the host checks a line of its input, the judge gets what came of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import errors, syllabus, text
from course.syllabus import Exercise
from grader.student import sandbox


@dataclass(frozen=True)
class Request:
    """One grading.

    ``level`` is a sandbox level that this machine can reach; ``only`` holds ids of checks or of groups. Where ``file``
    holds the code of a notebook, ``shown`` is the notebook and ``cells`` says where its lines stand
    (``course.notebook``).
    """

    exercise: Exercise
    file: Path
    seed: int
    level: str
    only: tuple[str, ...] = ()
    lang: str = "en"
    threads: int = 1
    shown: str = ""
    """What the result calls the file, if not by its path."""
    cells: tuple[tuple[int, int, int], ...] = ()
    """First line, number of the cell, count of its lines; empty for a file that is no notebook."""

    @property
    def name(self) -> str:
        """What sentences call the file."""
        return Path(self.shown).name or self.file.name

    @classmethod
    def fresh_seed(cls) -> int:
        """A seed that nobody chose."""
        return secrets.randbelow(2**53)  # too many to try them all; every JSON reader knows such numbers exactly

    @classmethod
    def parse(cls, asked: Mapping[str, Any]) -> Request:
        """The request in a line of input, with what it leaves open filled in.

        Raises:
            ValueError: it lacks something, names an exercise that does not exist or a sandbox that cannot be had.
        """
        exercises = {exercise.slug: exercise for exercise in syllabus.load()}
        try:
            seed, lang = asked.get("seed"), asked.get("lang", "en")
            return cls(
                exercise=exercises[asked["exercise"]],
                file=Path(asked["file"]),
                seed=cls.fresh_seed() if seed is None else int(seed),
                level=sandbox.choose(asked.get("sandbox", "auto")),
                only=tuple(asked.get("only") or ()),
                lang=lang if lang in text.LANGUAGES else "en",
                threads=int(asked.get("threads", 1)),
                shown=str(asked.get("shown") or ""),
                cells=_cells(asked.get("cells") or ()),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"malformed request: {error}") from None

    def packed(self) -> bytes:
        """The request for another process of ours; ``unpack`` reads it."""
        fields = {**vars(self), "exercise": self.exercise.slug, "file": str(self.file)}
        return json.dumps(fields).encode()

    @classmethod
    def unpack(cls, data: bytes) -> Request:
        """The request that ``packed`` wrote."""
        fields = json.loads(data)
        exercise = next(one for one in syllabus.load() if one.slug == fields["exercise"])
        told = {"exercise": exercise, "file": Path(fields["file"]), "only": tuple(fields["only"])}
        return cls(**{**fields, **told, "cells": _cells(fields["cells"])})


def _cells(told: Iterable[Iterable[int]]) -> tuple[tuple[int, int, int], ...]:
    """The cells of a notebook as JSON has them."""
    return tuple((int(start), int(number), int(lines)) for start, number, lines in told)


def fault(message: str) -> dict[str, Any]:
    """The event for what is the grader's own fault."""
    return {"event": "fault", "message": message, "exit_code": errors.GRADER_FAULT}
