"""Requests to the grader: the host parses and checks a line of its input, and passes the result to the judge."""

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
    """A request to grade one file.

    ``level`` is a sandbox level that this machine can reach; ``only`` holds ids of checks or of groups. If ``file``
    holds the code of a notebook, ``shown`` is the notebook and ``cells`` maps its lines to cells (``course.notebook``).
    """

    exercise: Exercise
    file: Path
    seed: int
    level: str
    only: tuple[str, ...] = ()
    lang: str = "en"
    threads: int = 1
    shown: str = ""
    """Name of the file in the result; its path if empty."""
    cells: tuple[tuple[int, int, int], ...] = ()
    """(first line, number of the cell, count of its lines) for each cell; empty unless the file is a notebook."""

    @property
    def name(self) -> str:
        """Name of the file in sentences."""
        return Path(self.shown).name or self.file.name

    @classmethod
    def fresh_seed(cls) -> int:
        """Return a random seed."""
        return secrets.randbelow(2**53)  # too many to try them all; every JSON reader represents such numbers exactly

    @classmethod
    def parse(cls, asked: Mapping[str, Any]) -> Request:
        """Parse a line of input; missing optional fields get their defaults.

        Raises:
            ValueError: a field is missing, the exercise does not exist, or the sandbox level cannot be reached.
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
        """Serialize the request for another of our processes; ``unpack`` reads it."""
        fields = {**vars(self), "exercise": self.exercise.slug, "file": str(self.file)}
        return json.dumps(fields).encode()

    @classmethod
    def unpack(cls, data: bytes) -> Request:
        """Read a request that ``packed`` wrote."""
        fields = json.loads(data)
        exercise = next(one for one in syllabus.load() if one.slug == fields["exercise"])
        told = {"exercise": exercise, "file": Path(fields["file"]), "only": tuple(fields["only"])}
        return cls(**{**fields, **told, "cells": _cells(fields["cells"])})


def _cells(told: Iterable[Iterable[int]]) -> tuple[tuple[int, int, int], ...]:
    """Convert the cells of a notebook from their JSON form."""
    return tuple((int(start), int(number), int(lines)) for start, number, lines in told)


def fault(message: str) -> dict[str, Any]:
    """Return the event that reports a fault of the grader itself."""
    return {"event": "fault", "message": message, "exit_code": errors.GRADER_FAULT}
