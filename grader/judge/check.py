"""Declares hidden checks, and reads the manifest of an exercise.

A check file holds one class per function of the exercise; each method is one property:

    class CheckLoRALinear:
        function = "LoRALinear"

        @check(points=3, visible=False, after=("shapes_and_freeze",))
        def check_forward(self, student):
            \"\"\"the output is W x + b plus (alpha/r) times B A x\"\"\"

The method's docstring is the title that the student reads; the manifest lists the checks that must report.
"""

from __future__ import annotations

import functools
import importlib.util
import sys
import types
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.judge import expect
from grader.judge.proxy import Student

CheckFunction = Callable[..., None]


@dataclass(frozen=True)
class CheckSpec:
    """The declaration of one check."""

    id: str
    """``Function.check``; unique in the exercise."""
    title: str
    function: str
    """Group that the check belongs to; usually one function or class of the student's file."""
    names: tuple[str, ...]
    """Names that the student's file must define for this group."""
    points: int
    visible: bool
    after: tuple[str, ...]
    """Ids of checks that must have passed, else this one is skipped."""
    preloads: tuple[str, ...]
    """Preloads beyond torch."""
    substitutes: tuple[str, ...]
    """Names whose definitions are taken from the reference if their own group did not pass."""
    seconds: float | None
    """Time limit of this check; None means the exercise's."""
    run: CheckFunction
    """The check itself; called with the student proxy."""
    bonus: bool = False
    """True if its group is one of the exercise's bonus functions."""


def check(
    *,
    points: int,
    visible: bool = False,
    after: tuple[str, ...] = (),
    preloads: tuple[str, ...] = (),
    substitutes: tuple[str, ...] = (),
    seconds: float | None = None,
) -> Callable[[CheckFunction], CheckFunction]:
    """Declare a method ``check_<name>(self, student)`` as a check worth ``points``."""
    if points < 1:
        raise ValueError(f"points={points}: a check is worth at least one point")

    def declare(function: CheckFunction) -> CheckFunction:
        function.__check__ = dict(  # type: ignore[attr-defined]
            points=points,
            visible=visible,
            after=after,
            preloads=preloads,
            substitutes=substitutes,
            seconds=seconds,
        )
        return function

    return declare


def load_file(path: Path, name: str) -> types.ModuleType:
    """Import one file as the module ``name``."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def manifest(module: types.ModuleType, bonus: Collection[str] = ()) -> list[CheckSpec]:
    """Return all checks of a check file, in the order of the file.

    Args:
        module: the check file, imported.
        bonus: groups that are bonus functions.

    Raises:
        ValueError: a check without a title, an id that occurs twice, or an ``after`` that names no earlier check.
    """
    specs: list[CheckSpec] = []
    for group in list(vars(module).values()):
        if not (isinstance(group, type) and group.__name__.startswith("Check") and group.__module__ == module.__name__):
            continue
        for attribute, function in vars(group).items():
            if attribute.startswith("check_"):
                specs.append(_spec(group, attribute, function, bonus))
    known: set[str] = set()
    for spec in specs:
        if spec.id in known:
            raise ValueError(f"two checks are called {spec.id}")
        if missing := [name for name in spec.after if name not in known]:
            raise ValueError(f"{spec.id} waits for {missing[0]}, which is not an earlier check")
        known.add(spec.id)
    if not specs:
        raise ValueError(f"{module.__name__} declares no checks")
    return specs


def _run(function: CheckFunction) -> CheckFunction:
    @functools.wraps(function)
    def run(student: Student, *rest: Any) -> None:
        with expect.noting(student.note):
            function(student, *rest)

    return run


def _spec(group: type, attribute: str, function: CheckFunction, bonus: Collection[str]) -> CheckSpec:
    declared: dict[str, Any] | None = getattr(function, "__check__", None)
    title = " ".join((function.__doc__ or "").split())
    if declared is None or not title:
        raise ValueError(f"{group.__name__}.{attribute} needs @check(...) and a docstring")
    function_name: str = group.function  # type: ignore[attr-defined]
    after = tuple(name if "." in name else f"{function_name}.{name}" for name in declared["after"])
    return CheckSpec(
        **{**declared, "after": after},
        id=f"{function_name}.{attribute.removeprefix('check_')}",
        title=title,
        function=function_name,
        names=getattr(group, "names", (function_name,)),
        run=_run(getattr(group(), attribute)),
        bonus=function_name in bonus,
    )
