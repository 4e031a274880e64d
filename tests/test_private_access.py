"""No test uses private names: it would fail when the inside changes, and pass when the outside is broken.

If a public behaviour shows the same, that is tested; anything that a test must replace or look at has a public name. A
name counts as private if it begins with one underscore and is defined in one of our rooms.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("course", "grader", "scripts", "solutions")
PRIVATE = re.compile(r"_[A-Za-z]\w*")
BY_NAME = {"setattr", "getattr", "delattr", "hasattr", "object", "patch"}
"""Functions and methods that take the name of an attribute; ``patch`` and ``setattr`` also take a dotted path."""

ALLOWED = {"fake_gpu.py: func._schema": "it is torch's, of an operator; something of ours happens to have its name"}
"""File and private name, as ``offences`` prints them -> why no public behaviour shows the same."""


def defined(tree: ast.AST) -> Iterator[str]:
    """Yield the private names that a module gives to functions, classes, variables and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names = [node.name]
        elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            names = [node.id if isinstance(node, ast.Name) else node.attr]
        else:
            continue
        yield from filter(PRIVATE.fullmatch, names)


def private_names() -> set[str]:
    """Return the private names of all rooms except the tests."""
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    assert len(files) > 200
    return {name for file in files for name in defined(ast.parse(file.read_text(encoding="utf-8")))} - {"_"}


def programs(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the module itself, and the programs in its strings that import our modules."""
    yield tree
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import " in node.value:
            try:
                program = ast.parse(node.value)
            except SyntaxError:
                continue
            if any(imported.split(".")[0] in ROOMS for imported in imports(program)):
                yield program


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def touched(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield private names that are read, replaced or imported, each with its source text."""
    own = set(defined(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and PRIVATE.fullmatch(node.attr):
            if not (node.attr in own and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                yield node.attr, ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.name, ast.unparse(node)) for alias in node.names if PRIVATE.fullmatch(alias.name))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in BY_NAME:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    name = argument.value.rpartition(".")[2]
                    if PRIVATE.fullmatch(name):
                        yield name, ast.unparse(node)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            name = str(node.slice.value)
            if PRIVATE.fullmatch(name) and re.search(r"\bvars\(|\.__dict__$", ast.unparse(node.value)):
                yield name, ast.unparse(node)


def offences(file: str, source: str, private: set[str]) -> list[str]:
    """Return ``file: private name`` lines."""
    found = [one for program in programs(ast.parse(source)) for one in touched(program)]
    return [f"{file}: {text}" for name, text in found if name in private]


def test_no_test_touches_what_is_private():
    private, files = private_names(), sorted({*(ROOT / "tests").glob("*.py")} - {Path(__file__)})
    assert len(private) > 500 and len(files) > 80
    found = [line for file in files for line in offences(file.name, file.read_text(encoding="utf-8"), private)]
    assert [line for line in found if line not in ALLOWED] == []
    assert set(ALLOWED) <= set(found) and len(ALLOWED) < 5, "what is not needed any more is not allowed any more"


PLANTED = {
    "an attribute": "store._db.execute('SELECT 1')",
    "an attribute of what a call returns": "make(store)._db",
    "an attribute of a class": "training.Training._look",
    "a base class's attribute": "class Host(Grader):\n    def close(self):\n        self._reader.join()",
    "an import": "from grader.judge.trials import _agree",
    "a replacement": "monkeypatch.setattr(pool, '_built', None)",
    "a replacement by its path": "monkeypatch.setattr('grader.student.pool._built', None)",
    "a look by name": "getattr(pool, '_built')",
    "a look into a module's names": "vars(pool)['_built']",
    "a program": 'CODE = """\nfrom grader.student import pool\nprint(pool._built)\n"""',
}
HARMLESS = {
    "a name of its own": "class Mine:\n    def _look(self):\n        ...\n\n    def more(self):\n        self._look()",
    "a public name": "pool.taken",
    "a special name": "pool.__name__",
    "somebody else's": "AcceleratorState._reset_state()",
    "a name in a text": "TEXT = 'the attribute pool._built'",
    "a program that imports nothing of ours": "CODE = 'import os\\nos._built'",
    "a number under a name": "row['_look']",
}


@pytest.fixture(scope="module")
def private() -> set[str]:
    return private_names()


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_planted_is_found(what, private):
    assert len(offences("test_planted.py", PLANTED[what], private)) == 1


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_harmless_is_left_alone(what, private):
    assert offences("test_harmless.py", HARMLESS[what], private) == []
