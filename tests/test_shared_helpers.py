"""Helpers that several test files need exist once: fixtures in conftest.py, oracles in oracles.py, and so on."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
Definition = ast.FunctionDef | ast.ClassDef


def sources() -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(TESTS.glob("*.py"))}


def helpers(source: str) -> Iterator[Definition]:
    """Yield the definitions at the top level of a file, except its tests."""
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("test_"):
            yield node


def body_of(helper: Definition) -> str:
    """Return the body of a helper, regardless of its name; an empty string for a single statement."""
    body = helper.body[1:] if ast.get_docstring(helper) is not None else helper.body
    if len(body) < 2:
        return ""
    arguments = [one.arg for one in ast.walk(helper) if isinstance(one, ast.arg)]
    return "\n".join([", ".join(arguments), *map(ast.unparse, body)])


def is_fixture(helper: Definition) -> bool:
    return any(ast.unparse(one).startswith("pytest.fixture") for one in helper.decorator_list)


def repeated(files: Mapping[str, str]) -> list[str]:
    """Return helpers that occur in several files, one line for each body."""
    found = defaultdict(list)
    for name, source in files.items():
        for helper in helpers(source):
            found[body_of(helper)].append(f"{name}: {helper.name}")
    return [", ".join(places) for body, places in found.items() if body and len(places) > 1]


def hidden(files: Mapping[str, str]) -> list[str]:
    """Return fixtures of a file with the name of a shared one."""
    shared = {helper.name for helper in helpers(files["conftest.py"]) if is_fixture(helper)}
    assert len(shared) > 3
    return [
        f"{name}: {helper.name}"
        for name, source in files.items()
        for helper in helpers(source)
        if name != "conftest.py" and is_fixture(helper) and helper.name in shared
    ]


def test_no_helper_stands_twice():
    files = sources()
    assert len(files) > 80 and sum(bool(body_of(one)) for source in files.values() for one in helpers(source)) > 300
    assert repeated(files) == []
    assert hidden(files) == []


PLANTED = """
@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def cases(n):
    '''In other words.'''
    for seed in range(n):
        torch.manual_seed(seed)
        yield random.Random(seed)
    return


def short(n):
    return n + 1
"""


def test_what_is_planted_is_found():
    files = sources() | {"test_one.py": PLANTED, "test_two.py": PLANTED.replace("cases", "draws")}
    assert "test_one.py: cases, test_two.py: draws" in repeated(files)
    assert not any("short" in line for line in repeated(files))
    assert hidden(files) == ["test_one.py: one_thread", "test_two.py: one_thread"]
    copied = sources() | {"test_three.py": sources()["oracles.py"]}
    assert any(line.startswith("oracles.py: close") for line in repeated(copied))


@pytest.mark.parametrize("source", ["def f(a):\n    b = a\n    return b", "class A:\n    x = 1\n    y = 2"])
def test_names_and_docstrings_make_no_difference(source):
    assert len(repeated({"a.py": source, "b.py": source.replace("f(", "g(").replace("A:", "B:")})) == 1
