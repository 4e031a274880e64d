"""Diagnosis by simulation: which misconception explains what the student's code did?

A mistake is a small edit of the reference. The very check that failed is run again, same seed, against each edited
reference, in this process; two runs are the same if everything that came back through the proxy is the same, and the
verdict too. So the comparison is of behaviour, whatever the student's code looks like.

A wrong diagnosis is worse than none. A mistake is named only if

1. its own check (``caught_by``) is among those that failed, and
2. its trace equals the student's in every check of that function, or, when several things are wrong at once, in its
   own check and in this one, with numbers that no accident explains; and
3. no other mistake fits as well.

DESIGN's fallback, deciding by the pattern of failed checks alone, was left out: a pattern of two or three verdicts
fits too much.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import math
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from course import paths
from course.compat import tomllib
from grader import expect
from grader.check import CheckSpec
from grader.expect import Failed
from grader.proxy import Handle, Outcome, StudentRaised, check_seed, local_student

TOLERANCE = 1e-4
"""Largest difference, relative to 1 + |value|, at which two results count as the same behaviour."""


@dataclass(frozen=True)
class Mistake:
    """One misconception, as an edit of the reference."""

    name: str
    edits: tuple[tuple[str, str], ...]
    """(old, new); each ``old`` occurs exactly once in the reference."""
    caught_by: str
    hint: Mapping[str, str]

    @property
    def function(self) -> str:
        """The group of checks that it belongs to."""
        return self.caught_by.split(".")[0]

    def apply(self, source: str) -> str:
        """The edited reference.

        Raises:
            ValueError: an ``old`` text does not occur exactly once.
        """
        for old, new in self.edits:
            if (count := source.count(old)) != 1:
                raise ValueError(f"mistake {self.name}: {old!r} occurs {count} times in the reference, not once")
            source = source.replace(old, new)
        return source


@dataclass(frozen=True)
class Observed:
    """What one check saw of the student."""

    spec: CheckSpec
    status: str
    failing: str
    """What the verdict hung on."""
    trace: list[Outcome]


@dataclass(frozen=True)
class Diagnosis:
    """A misconception that explains a failed check."""

    name: str
    hint: Mapping[str, str]


@functools.cache
def load_mistakes(path: Path) -> tuple[Mistake, ...]:
    """All mistakes of an exercise.

    Raises:
        ValueError: an entry is incomplete.
    """
    if not path.exists():
        return ()
    found = []
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("mistake", []):
        edits = entry.get("edits") or [{"old": entry["old"], "new": entry["new"]}]
        found.append(
            Mistake(
                name=entry["name"],
                edits=tuple((edit["old"], edit["new"]) for edit in edits),
                caught_by=entry["caught_by"],
                hint=entry["hint"],
            )
        )
    return tuple(found)


def edited_module(slug: str, mistake: Mistake) -> types.ModuleType:
    """The reference with one mistake, as a module of its own."""
    module = types.ModuleType(f"mistaken_{mistake.name.replace('-', '_')}")
    module.__file__ = "<mistaken>"
    for part in parts(paths.solution(slug).read_text(encoding="utf-8"), mistake):
        exec(_compiled(part), module.__dict__)
    return module


def parts(reference: str, mistake: Mistake) -> list[str]:
    """The edited source in parts that can be compiled one by one, most of them as they stand in the reference.

    One exercise has two hundred mistakes and a grading tries dozens: only what the edit touched is compiled anew.
    """
    source, statements = mistake.apply(reference), _statements(reference)
    start, end, before, after = 0, len(source), 0, len(statements)
    while before < after and source.startswith(statements[before], start):
        start += len(statements[before])
        before += 1
    while before < after and source.endswith(statements[after - 1], start, end):
        end -= len(statements[after - 1])
        after -= 1
    return [*statements[:before], source[start:end], *statements[after:]]


@functools.cache
def _statements(source: str) -> list[str]:
    """The source, cut before every statement of the module.

    Raises:
        ValueError: the module asks for a feature of the future, which its statements one by one would not have.
    """
    if "__future__" in source:
        raise ValueError("a reference solution does without __future__")
    lines = source.splitlines(keepends=True)
    starts = [
        min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))]) - 1
        for node in ast.parse(source).body
    ]
    return ["".join(lines[a:b]) for a, b in zip([0, *starts[1:]], [*starts[1:], None], strict=True)]


@functools.cache
def _compiled(statement: str) -> types.CodeType:
    code: types.CodeType = compile(statement, "<mistaken>", "exec", dont_inherit=True)
    return code


def observe(spec: CheckSpec, module: types.ModuleType, run_seed: int) -> Observed:
    """Run one check against a trusted module in this process."""
    return _observe(spec, module, run_seed, [])


def _observe(spec: CheckSpec, module: types.ModuleType, run_seed: int, trace: list[Outcome]) -> Observed:
    student = local_student(module, check_seed(run_seed, spec.id))
    student.trace = trace
    seen, remarks = list(expect.seen), list(expect.remarks)
    status, failing = "passed", ""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            spec.run(student)
    except Failed as error:
        status, failing = "failed", error.message.split(":")[0]
    except StudentRaised as error:
        status, failing = "crashed", str(error)
    except Exception as error:  # the check tripped over the mistaken answer, as it would over a student's
        status, failing = "failed", f"{type(error).__name__}: {error}"
    finally:
        expect.seen[:], expect.remarks[:] = seen, remarks
    return Observed(spec, status, failing, student.trace)


def diagnose(
    slug: str, observed: Mapping[str, Observed], references: Mapping[str, Observed], run_seed: int
) -> dict[str, Diagnosis]:
    """Name what was misunderstood.

    Args:
        slug: the exercise.
        observed: check id -> what the judge saw of the student.
        references: check id -> the same check, same seed, against the reference; at least for the failed checks.
        run_seed: seed of the run.

    Returns:
        Check id -> the misconception that explains its failure.
    """
    found: dict[str, Diagnosis] = {}
    wrong = {name for name, item in observed.items() if item.status in ("failed", "crashed")}
    for function in {observed[name].spec.function for name in wrong}:
        suspects = [
            mistake
            for mistake in load_mistakes(paths.mistakes(slug))
            if mistake.function == function and mistake.caught_by in wrong
        ]
        group = {name: item for name, item in observed.items() if item.spec.function == function}
        found |= _explain(slug, suspects, group, references, run_seed)
    return found


def _explain(
    slug: str,
    suspects: list[Mistake],
    group: Mapping[str, Observed],
    references: Mapping[str, Observed],
    run_seed: int,
) -> dict[str, Diagnosis]:
    comparable = {name: item for name, item in group.items() if item.status in ("passed", "failed", "crashed")}
    wrong = [name for name, item in comparable.items() if item.status != "passed"]
    order = wrong + [name for name in comparable if name not in wrong]
    complete = len(comparable) == sum(item.status != "skipped" for item in group.values())

    full: dict[str, Diagnosis] = {}
    partial: dict[str, dict[str, Diagnosis]] = {name: {} for name in wrong}
    for mistake in suspects:
        module = edited_module(slug, mistake)
        if not _repeats(group[mistake.caught_by], module, run_seed):
            continue  # what the mistake is known by looks different here
        fits = complete
        for name in order:
            item = comparable[name]
            if not fits and name not in wrong:
                break
            if name != mistake.caught_by and not _repeats(item, module, run_seed):
                fits = False
            elif name in wrong and _telling(item, references[name]):
                partial[name][mistake.name] = Diagnosis(mistake.name, mistake.hint)
        if fits:
            full[mistake.name] = Diagnosis(mistake.name, mistake.hint)
    if len(full) == 1:
        return dict.fromkeys(wrong, next(iter(full.values())))
    if full:
        return {}
    return {name: next(iter(fitting.values())) for name, fitting in partial.items() if len(fitting) == 1}


def _repeats(item: Observed, module: types.ModuleType, run_seed: int) -> bool:
    """Whether the check goes with this module as it went with the student; tried no further than to a difference."""
    try:
        seen = _observe(item.spec, module, run_seed, _Trace(item.trace))
    except _Departed:
        return False
    return (seen.status, seen.failing, len(seen.trace)) == (item.status, item.failing, len(item.trace))


class _Departed(BaseException):
    """A trace has taken another way than the one that it follows; no check may catch this."""


class _Trace(list[Outcome]):
    """A trace that has to follow another one."""

    def __init__(self, path: list[Outcome]) -> None:
        super().__init__()
        self._path = path

    def append(self, outcome: Outcome) -> None:
        """Take one outcome more.

        Raises:
            _Departed: the other trace has another one here, or none.
        """
        if len(self) == len(self._path) or not _same_outcome(outcome, self._path[len(self)]):
            raise _Departed
        super().append(outcome)


def same(one: Observed, other: Observed) -> bool:
    """Same verdict for the same reason, and the same results on the way there."""
    return (
        one.status == other.status
        and one.failing == other.failing
        and len(one.trace) == len(other.trace)
        and all(_same_outcome(a, b) for a, b in zip(one.trace, other.trace, strict=True))
    )


def _same_outcome(one: Outcome, other: Outcome) -> bool:
    return one.kind == other.kind and one.what == other.what and same_value(one.value, other.value)


def same_value(one: Any, other: Any) -> bool:
    """Equal up to TOLERANCE; a kept object equals any other kept object."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        if one.shape != other.shape:
            return False
        a, b = one.to(torch.complex128), other.to(torch.complex128)
        exact = (a == b) | (a.isnan() & b.isnan())
        near = (a - b).abs() <= TOLERANCE * (1 + b.abs())  # true for any number beside an infinite one
        return bool((exact | (near & a.isfinite() & b.isfinite())).all())
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        if one == other or (one != one and other != other):
            return True
        return math.isfinite(one) and math.isfinite(other) and abs(one - other) <= TOLERANCE * (1 + abs(other))
    if isinstance(one, Handle) and isinstance(other, Handle):
        return True
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same_value(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


def _telling(item: Observed, reference: Observed) -> bool:
    """Whether numbers came back that the reference would not give and that no accident gives twice."""
    for place, outcome in enumerate(item.trace):
        known = reference.trace[place].value if place < len(reference.trace) else None
        if outcome.kind == "value" and _is_rich(outcome.value) and not same_value(outcome.value, known):
            return True
    return False


def _is_rich(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return value.is_floating_point() and value.numel() > 3
    if isinstance(value, dict):
        return any(_is_rich(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_is_rich(item) for item in value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) > 100 or value != int(value)
