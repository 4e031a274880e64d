"""Allowed directions of imports: between the rooms of the grader, into the student process, and never in a circle."""

from __future__ import annotations

import ast
import graphlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from house import Look, files, imported, leads_to, modules, nodes, outside_functions, package_of, parse

MAY_KNOW = {
    "grader": {
        "course.errors",
        "course.result",
        "course.syllabus",
        "course.text",
        "grader.host.main",  # __main__ starts it
        "grader.student.sandbox",  # a request selects the level
        "grader.wire",
    },
    "grader/host": {
        "course.errors",
        "course.syllabus",
        "grader.host",
        "grader.imports",
        "grader.judge.grading",  # run by a judge after it is forked
        "grader.judge.limits",
        "grader.preloads",
        "grader.requests",
        "grader.student",
        "grader.wire",
    },
    "grader/judge": {
        *(f"course.{name}" for name in "compat edition errors line_breaks notebook parser_words paths result".split()),
        *("course.submission", "course.syllabus", "course.text"),
        *(f"grader.{name}" for name in "errors imports judge link preloads requests student wire".split()),
    },
    "grader/student": {"grader.fixtures", "grader.link", "grader.student", "grader.wire"},
    "grader/fixtures": {"grader.fixtures", "grader.student.bert", "grader.student.pool"},
    "grader/checks": {
        *("course.paths", "course.text", "grader.errors", "grader.fixtures"),
        *("grader.judge.check", "grader.judge.expect", "grader.judge.proxy"),
        "grader.judge.authors",  # conftest.py
    },
}
"""Room of the grader -> our modules and packages that its files may name; the longest room counts.

Each list is short and covers the whole room: anything new is refused until it is listed.
"""
STUDENT = ("grader", "grader.fixtures", "grader.link", "grader.student", "grader.wire")
"""Our modules that may reach a student process, by any path."""
SECRETS = ("solutions", "grader.checks")
"""Modules that must not be in the host's memory either, since student processes descend from it by forking."""
HIDDEN = re.compile(r"(?:^|/)(?:solutions|misconceptions|checks)(?:/|$)")
"""Names of folders that the rooms of host, student and fixtures never use."""
ASKING = {"solution", "checks", "misconceptions", "todos"}
"""Functions of ``course.paths`` that return paths to them."""
CLOSED = ("grader/student/sandbox.py", "'solutions'")
"""The exception: the sandbox names a folder that it closes."""


def guard_rooms_of_the_grader(root: Path) -> Look:
    """Host, judge and student know only what they must of each other, and host and student no path to a secret."""
    look = Look()
    places = modules(root, "course", "grader", "solutions")
    for name, path in places.items():
        room = next((one.as_posix() for one in path.parents if one.as_posix() in MAY_KNOW), None)
        if room is None:
            continue
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        tree = parse(root / path)
        for other in sorted(leads_to(tree, name, package, places)):
            look.seen.append(f"{path.as_posix()} -> {other}")
            if not any(other == one or other.startswith(f"{one}.") for one in MAY_KNOW[room]):
                look.offences.append(f"{path.as_posix()}: {room} must not import {other}")
        if room in ("grader/host", "grader/student", "grader/fixtures"):
            asked = [(what, line) for what, line in _asked(tree) if (path.as_posix(), what) != CLOSED]
            look.offences += [f"{path.as_posix()}:{line} asks for {what}" for what, line in asked]
    return look


def _asked(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the paths to hidden folders that a module uses."""
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr in ASKING and ast.unparse(node.value).endswith("paths"):
            yield ast.unparse(node), node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and HIDDEN.search(node.value):
            yield repr(node.value), node.lineno


def guard_command_line(root: Path) -> Look:
    """``course/cli`` only parses and prints: code that waits, starts processes or stores something is elsewhere."""
    look = Look()
    for path in files(root, ".py", under="course/cli"):
        look.seen.append(path.as_posix())
        for name, line in imported(parse(root / path), package_of(path)):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names and top not in PRINTING:
                look.offences.append(f"{path.as_posix()}:{line} the command line must not import {top}")
    return look


PRINTING = set(
    "__future__ collections contextlib dataclasses datetime decimal difflib os pathlib re sys typing".split()
)
"""Modules of the standard library that parsing and printing need."""


def closure(root: Path, start: str) -> dict[str, ast.Module]:
    """Return our modules that are loaded when ``start`` is imported."""
    places = modules(root, "course", "grader", "solutions", "exercises", "tests", "scripts")
    found: dict[str, ast.Module] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found or name not in places:
            continue
        found[name] = outside_functions(root / places[name])
        package = name if places[name].name == "__init__.py" else name.rpartition(".")[0]
        waiting += [package, *(item for item, _ in imported(found[name], package))]
    return found


def guard_student_process(root: Path) -> Look:
    """Code of the student process is in its room or beside it; the host loads neither checks nor solutions."""
    look = Look()
    places = modules(root, "course", "grader", "solutions")
    waiting, known = ["grader.student.process", "grader.fixtures"], set()
    while waiting:
        name = waiting.pop()
        if name in known or name not in places:
            continue
        known.add(name)
        look.seen.append(f"grader.student.process -> {name}")
        if not any(name == one or (one != "grader" and name.startswith(f"{one}.")) for one in STUDENT):
            look.offences.append(f"grader.student.process reaches {name}")
            continue
        path = places[name]
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        waiting += leads_to(parse(root / path), name, package, places)
    for name in closure(root, "grader.host.forkhost"):
        look.seen.append(f"grader.host.forkhost -> {name}")
        if any(name == secret or name.startswith(f"{secret}.") for secret in SECRETS):
            look.offences.append(f"grader.host.forkhost reaches {name}")
    return look


def guard_circles(root: Path) -> Look:
    """No module imports itself through others: not in functions, not for types, not by a name built from parts."""
    look = Look()
    places = modules(root, "course", "grader", "solutions", "scripts")
    graph: dict[str, set[str]] = {}
    for name, path in places.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        graph[name] = leads_to(parse(root / path), name, package, places)
        look.seen += [f"{name} -> {other}" for other in sorted(graph[name])]
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        look.offences.append("in a circle: " + " -> ".join(error.args[1]))
    return look


EARLY = """
import builtins, importlib, importlib.util, json, sys

early, seen, plain, by_name = [], [], builtins.__import__, importlib.import_module

def look(asking, wanted):
    module = sys.modules.get(wanted)
    if wanted != asking and module is not None and getattr(module.__spec__, "_initializing", False):
        early.append(f"{asking} imports {wanted}, which is still being imported")

def hook(name, globals=None, locals=None, fromlist=(), level=0):
    told = globals or {}
    wanted = importlib.util.resolve_name("." * level + name, told.get("__package__")) if level else name
    if wanted.split(".")[0] in ("course", "grader"):
        for one in (wanted, *(f"{wanted}.{part}" for part in fromlist or ())):
            look(told.get("__name__"), one)
    return plain(name, globals, locals, fromlist, level)

def hook_by_name(name, package=None):
    look(sys._getframe(1).f_globals.get("__name__"), name)
    return by_name(name, package)

builtins.__import__, importlib.import_module = hook, hook_by_name
for name in sys.argv[1:]:
    hook(name)
    seen.append(name)
print(json.dumps([seen, early]))
"""


def guard_early_imports(root: Path) -> Look:
    """No module is imported while its own import is still running: tested by importing."""
    names = [name for name in modules(root, "course", "grader") if not name.endswith(("__main__", ".setup"))]
    outcome = subprocess.run(
        [sys.executable, "-c", EARLY, *names],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    return Look(*json.loads(outcome.stdout.splitlines()[-1]))
