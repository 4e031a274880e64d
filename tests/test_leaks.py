"""The leak scanner: every kind of planted leak is found, and a clean edition has none."""

from __future__ import annotations

import ast
import base64
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from course import paths, syllabus
from course.classroom import catalogues, leaks, release, visible
from course.compat import tomllib

CHECKS = paths.checks("lora").read_text(encoding="utf-8")
SOLUTION = paths.solution("lora").read_text(encoding="utf-8")
MISCONCEPTION = tomllib.loads(paths.misconceptions("lora").read_text(encoding="utf-8"))["misconception"][0]
BASE = ("README.md", "course/edition.toml", "course/hints.py", "exercises/lora.py", "grader/checks/check_inference.py")
"""Files of the edition that a leak is planted beside; the whole edition is scanned once."""


@pytest.fixture(scope="module")
def known() -> leaks.Secrets:
    return leaks.secrets()


@pytest.fixture(scope="module")
def edition() -> release.Edition:
    return release.build([exercise for exercise in syllabus.load() if not exercise.planned])


@pytest.fixture
def place(edition: release.Edition, tmp_path: Path) -> Path:
    root = tmp_path / "edition"
    for name in BASE:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(edition.files[name])
    return root


def function(source: str, name: str) -> str:
    """The source of a function or method, its decorators left out, as if it stood alone."""
    found = next(node for node in ast.walk(ast.parse(source)) if getattr(node, "name", None) == name)
    lines = source.split("\n")[found.lineno - 1 : found.end_lineno]
    return "\n".join(line[found.col_offset :] for line in lines) + "\n"


REFERENCE = function(SOLUTION, "lora_report")
HIDDEN = function(CHECKS, "check_non_square")


def disguised(source: str) -> str:
    """The same code under other names, with other constants, without docstrings and comments, on other lines."""

    class Other(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            self.generic_visit(node)
            node.name = "helper"
            if ast.get_docstring(node):
                node.body = node.body[1:]
            return node

        def visit_Name(self, node: ast.Name) -> ast.AST:
            if node.id not in leaks.KEPT:
                node.id = f"q{sum(node.id.encode())}"
            return node

        def visit_arg(self, node: ast.arg) -> ast.AST:
            node.arg, node.annotation = f"q{sum(node.arg.encode())}", None
            return node

        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            if isinstance(node.value, str):
                node.value = "text"
            elif isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
                node.value = node.value + 7
            return node

        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
            return node

    return ast.unparse(Other().visit(ast.parse(source))) + "\n"


def add(name: str, content: str | bytes) -> Callable[[Path], None]:
    """Plant a file, or more of one that is there."""

    def plant(root: Path) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    return plant


def as_comment(source: str) -> str:
    return "".join(f"# {line}\n" for line in source.splitlines())


def in_pieces(text: str, width: int = 76) -> str:
    return "\n".join(text[place : place + width] for place in range(0, len(text), width))


def catalogue_with_a_hint(root: Path) -> None:
    mo = paths.LOCALE / "ja" / "LC_MESSAGES" / "misconceptions.mo"
    target = root / "course/locale/ja/LC_MESSAGES/checks.mo"
    target.parent.mkdir(parents=True)
    found = catalogues.messages(mo.read_bytes())
    key = next(key for key, text in found.items() if len(re.findall("[\u3040-\u9fff]", text.decode())) > 40)
    target.write_bytes(catalogues.compiled({b"": b"", b"x": found[key]}))  # the translation without the sentence


def link(root: Path) -> None:
    os.symlink(paths.solution("lora"), root / "course/answers.py")


def fifo(root: Path) -> None:
    os.mkfifo(root / "course/queue.py")


NOTEBOOK = {"cells": [{"cell_type": "code", "source": ["1 + 1"], "outputs": [{"text": ["2"]}]}]}
HINT = MISCONCEPTION["hint"]
B64 = base64.b64encode(REFERENCE.encode()).decode()
PLANTED: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "a reference": (add("course/hints.py", "\n\n" + REFERENCE), "code", "the reference lora_report"),
    "a reference as text": (add("README.md", f"\n{REFERENCE}"), "text", "the reference lora_report"),
    "a reference in disguise": (add("course/hints.py", disguised(REFERENCE)), "code", "the reference lora_report"),
    "a method of a reference": (
        add("course/hints.py", disguised(function(SOLUTION, "merge"))), "code", "the reference"
    ),
    "a reference inside another function": (
        add("course/hints.py", "def go():\n    print()\n" + "".join(
            f"{line}\n" for line in disguised(REFERENCE).splitlines()[1:]
        )), "code", "the reference lora_report",
    ),
    "a reference in a string": (
        add("course/hints.py", f"\nTEXT = {disguised(REFERENCE)!r}\n"), "code", "the reference lora_report"
    ),
    "a reference in a comment": (
        add("course/hints.py", "\n\n" + as_comment(disguised(REFERENCE))), "code", "the reference lora_report"
    ),
    "a reference in Markdown": (
        add("README.md", f"\n\n```python\n{disguised(REFERENCE)}```\n"), "code", "the reference lora_report"
    ),
    "a reference in a TOML string": (
        add("course/edition.toml", f"\n[more]\ncode = {json.dumps(disguised(REFERENCE))}\n"), "code", "lora_report"
    ),
    "the file of a reference": (add("exercises/lora.py", SOLUTION), "code", "the reference inject_lora"),
    "a reference in base64": (add("README.md", f"\n{in_pieces(B64)}\n"), "text", "the reference lora_report"),
    "a reference in base64 in disguise": (
        add("course/hints.py", f"\nX = '{base64.b64encode(disguised(REFERENCE).encode()).decode()}'\n"), "code",
        "the reference lora_report",
    ),
    "a reference in hexadecimal digits": (
        add("README.md", f"\n{in_pieces(REFERENCE.encode().hex())}\n"), "text", "the reference lora_report"
    ),
    "a reference compressed in base64": (
        add("README.md", f"\n{base64.b64encode(zlib.compress(REFERENCE.encode())).decode()}\n"), "text", "lora_report"
    ),
    "base64 in base64": (
        add("README.md", f"\n{base64.b64encode(B64.encode()).decode()}\n"), "text", "the reference lora_report"
    ),
    "a reference in UTF-16": (
        add("LICENSE", REFERENCE.encode("utf-16")), "text", "the reference lora_report"
    ),
    "a hidden check": (
        add("grader/checks/check_inference.py", "\n\n" + HIDDEN), "code", "the hidden check lora_report.non_square"
    ),
    "a hidden check in disguise": (
        add("course/hints.py", disguised(HIDDEN)), "code", "the hidden check lora_report.non_square"
    ),
    "the title of a hidden check": (
        add("README.md", "\nthe counts are right when d and k differ, as in a feed-forward block\n"),
        "text",
        "lora_report.non_square",
    ),
    "a hint of a hidden check on other lines": (
        add("README.md", "\nwrite down the shapes\nof A and of B: which of\n> them knows d, which one k?\n"), "text",
        "lora_report.non_square",
    ),
    "the title of a misconception": (add("README.md", f"\n{MISCONCEPTION['title']}\n"), "text", MISCONCEPTION["name"]),
    "the hint of a misconception": (add("README.md", f"\n{HINT}\n"), "text", MISCONCEPTION["name"]),
    "a hint in a JSON string": (add("course/result.schema.json", json.dumps([HINT])), "text", MISCONCEPTION["name"]),
    "a translated hint": (catalogue_with_a_hint, "text", "the misconception"),
    "a file of tests": (add("tests/test_x.py", "x = 1\n"), "file", "a file from tests/"),
    "a file of solutions": (add("solutions/recipes/config.py", "x = 1\n"), "file", "a file from solutions/"),
    "misconceptions": (add("grader/misconceptions/lora.toml", "x = 1\n"), "file", "a file from misconceptions/"),
    "an unknown file": (add("course/notes.txt", "x"), "file", "a file that is not listed"),
    "an unknown folder": (add("course/extra/x.py", "x = 1\n"), "file", "a file that is not listed"),
    "a compiled module": (add("course/__pycache__/x.cpython-311.pyc", b"\xa7\r\r\n" + b"\0" * 12), "file", "compiled"),
    "a compiled module by its content": (add("course/x.py", b"\xa7\r\r\n\0\0\0\0"), "file", "compiled"),
    "a library": (add("course/fast.so", b"\x7fELF\2\1\1"), "file", "compiled"),
    "an archive by its content": (add("course/x.py", b"PK\x03\x04"), "file", "zip"),
    "a folder of git": (add(".git/HEAD", "ref: refs/heads/main\n"), "file", "a trace of git"),
    "an empty folder of git": (lambda root: (root / ".git").mkdir(), "file", "a trace of git"),
    "a list for git": (add("course/.gitignore", "*.pyc\n"), "file", "a trace of git"),
    "a hidden file": (add("course/.env", "KEY=1\n"), "file", "a hidden file"),
    "a notebook with outputs": (add("exercises/lora.ipynb", json.dumps(NOTEBOOK)), "file", "a notebook with outputs"),
    "a link": (link, "file", "a link"),
    "a named pipe": (fifo, "file", "neither a file nor a folder"),
    "Python code that does not parse": (add("course/x.py", "def (:\n"), "file", "does not parse"),
    "the path of the course": (add("README.md", f"\nsee {paths.ROOT}/README.md\n"), "path", str(paths.ROOT)),
    "the home folder": (add("course/hints.py", f"\nHOME = '{Path.home()}/x'\n"), "path", str(Path.home())),
}  # fmt: skip


def test_a_clean_edition_has_no_leak(edition: release.Edition, known: leaks.Secrets, tmp_path: Path):
    place = tmp_path / "edition.zip"
    place.write_bytes(release.packed(edition.files))
    report = leaks.scan(place, known)
    assert report.leaks == []
    assert report.files == len(edition.files) > 100
    assert report.functions > 1000 and report.words > 100_000


def test_a_clean_part_of_it_has_none_either(place: Path, known: leaks.Secrets):
    report = leaks.scan(place, known)
    assert (report.leaks, report.files) == ([], len(BASE))


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_found(name: str, place: Path, known: leaks.Secrets):
    plant, kind, what = PLANTED[name]
    plant(place)
    found = leaks.scan(place, known).leaks
    assert [leak for leak in found if leak.kind == kind and what in leak.what], found
    assert all(what in str(leak) for leak in found if leak.kind == kind and what in leak.what)


def test_disguise_leaves_no_run_of_words(known: leaks.Secrets):
    """Else the plants in disguise would prove nothing about shapes."""
    for source in (REFERENCE, HIDDEN):
        assert not [run for run in leaks.runs(disguised(source)) if run in known.runs]
        assert [run for run in leaks.runs(source) if run in known.runs]


@pytest.mark.parametrize("what", ["comment", "comment of a file", "extra", "link", "leads out", "twice"])
def test_a_zip_file_is_looked_at_as_such(what: str, edition: release.Edition, known: leaks.Secrets, tmp_path: Path):
    path = tmp_path / "edition.zip"
    path.write_bytes(release.packed({name: edition.files[name] for name in BASE}))
    assert leaks.scan(path, known).leaks == []
    info = zipfile.ZipInfo(f"{release.TOP}/course/x.py")
    with zipfile.ZipFile(path, "a") as archive:
        if what == "comment":
            archive.comment = HINT.encode()
        elif what == "comment of a file":
            info.comment = HINT.encode()
        elif what == "extra":
            info.extra = b"\x99\x99\x04\x00abcd"
        elif what == "link":
            info.external_attr = 0o120777 << 16
        elif what == "leads out":
            info.filename = f"{release.TOP}/../x.py"
        if what == "twice":
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr(f"{release.TOP}/{BASE[0]}", b"# Again\n")
        elif what != "comment":
            archive.writestr(info, b"x = 1\n")
    found = leaks.scan(path, known).leaks
    assert [leak for leak in found if leak.kind == "file"], found
    if "comment" in what:
        assert [leak for leak in found if leak.kind == "text" and MISCONCEPTION["name"] in leak.what], found


def test_every_reference_and_every_hidden_check_is_known(known: leaks.Secrets):
    ready = [exercise for exercise in syllabus.load() if not exercise.planned]
    hidden = sum(
        len(visible.split(paths.checks(exercise.slug).read_text(encoding="utf-8"), "").secret) for exercise in ready
    )
    written = [
        node
        for exercise in ready
        for node in ast.walk(ast.parse(paths.solution(exercise.slug).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert known.checks == hidden > 100
    assert known.references == len(written) > 50
    assert len(known.code) + len(known.given) + len(known.small) == hidden + len(written)
    assert len(known.given) + len(known.small) < 0.06 * (hidden + len(written))
    assert known.misconceptions > 100 and len(known.runs) > 10_000


@pytest.mark.slow
def test_each_function_is_found_alone_and_in_disguise(known: leaks.Secrets):
    """For all references and hidden checks that are recognised by their shape, not only for those planted above."""
    looked = 0
    for exercise in syllabus.load():
        for source in (paths.checks(exercise.slug), paths.solution(exercise.slug)):
            for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    form = leaks.shape(node)
                    mine = [one for one in known.code if one.exact is None and one.shape == form]
                    if mine:
                        other = ast.parse(disguised(ast.unparse(node))).body[0]
                        assert leaks.covered(mine[0].shape, leaks.shape(other)) >= leaks.SHARE, mine[0].label
                        looked += 1
    assert looked >= len([one for one in known.code if one.exact is None])


def test_a_scanner_that_sees_nothing_says_so(known: leaks.Secrets, place: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "empty").mkdir()
    with pytest.raises(leaks.Blind):
        leaks.scan(tmp_path / "empty", known)
    for name in [name for name in BASE if name.endswith(".py")]:
        (place / name).unlink()
    with pytest.raises(leaks.Blind):
        leaks.scan(place, known)
    monkeypatch.setattr(syllabus, "load", lambda: ())
    with pytest.raises(leaks.Blind):
        leaks.secrets.__wrapped__()
