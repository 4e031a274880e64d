"""The leak scanner: every kind of planted leak is found, and a clean edition has none."""

from __future__ import annotations

import ast
import base64
import binascii
import bz2
import gzip
import io
import json
import lzma
import marshal
import os
import pickle
import quopri
import random
import re
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample import sampled

from course import cli, errors, paths, syllabus
from course.classroom import catalogues, disguises, leaks, release, snippets, visible
from course.compat import tomllib

CHECKS = paths.checks("lora").read_text(encoding="utf-8")
SOLUTION = paths.solution("lora").read_text(encoding="utf-8")
MISCONCEPTION = tomllib.loads(paths.misconceptions("lora").read_text(encoding="utf-8"))["misconception"][0]
BASE = ("README.md", "course/edition.toml", "course/hints.py")
"""Files of the edition to plant a leak beside; the whole edition is scanned once."""


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
    """Return the source of a function or method without decorators, dedented."""
    found = next(node for node in ast.walk(ast.parse(source)) if getattr(node, "name", None) == name)
    lines = source.split("\n")[found.lineno - 1 : found.end_lineno]
    return "\n".join(line[found.col_offset :] for line in lines) + "\n"


REFERENCE = function(SOLUTION, "lora_report")
HIDDEN = function(CHECKS, "check_non_square")


def disguised(source: str) -> str:
    """Return the code under other names, with other constants, without docstrings and comments, on other lines."""

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
    """Return a function that plants a file, or appends to an existing one."""

    def plant(root: Path) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    return plant


def behind(prefix: str, text: str) -> str:
    return "".join(f"{prefix}{line}\n" for line in text.splitlines())


def as_comment(source: str) -> str:
    return behind("# ", source)


def in_pieces(text: str, width: int = 76) -> str:
    return "\n".join(text[place : place + width] for place in range(0, len(text), width))


def nested(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = base64.b64encode(zlib.compress(content))
    return content


def japanese_hint() -> str:
    found = catalogues.messages((paths.LOCALE / "ja" / "LC_MESSAGES" / "misconceptions.mo").read_bytes())
    texts = (text.decode() for key, text in found.items() if key)
    return next(text for text in texts if len(re.findall("[\u3040-\u9fff]", text)) > 60)


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
JAPANESE_HINT = japanese_hint()
B64 = base64.b64encode(REFERENCE.encode()).decode()
OTHER = disguised(REFERENCE)
DOCUMENTED = OTHER.replace("\n", '\n    """Do it.\n\n    >>> helper(1)\n    2\n    """\n', 1)
COMPILED = marshal.dumps(compile(OTHER, "x", "exec"))
RANDOM = random.Random(0).randbytes(400)


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", OTHER)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("a.py")
        info.size = len(OTHER)
        archive.addfile(info, io.BytesIO(OTHER.encode()))
    return out.getvalue()


def raw_deflated() -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(OTHER.encode()) + stream.flush()


def git_bundle() -> bytes:
    """Return a file packed as by git: a head, then objects compressed with zlib, each after a few bytes."""
    entries = b"".join(b"\xb4\x5c" + zlib.compress(text) for text in (b"tree x", OTHER.encode()))
    return b"# v2 git bundle\n" + b"0" * 40 + b" HEAD\n\nPACK\0\0\0\2\0\0\0\2" + entries + bytes(20)


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def patch(source: str) -> str:
    """Return a patch that includes lines that were there before; all of them are part of the function."""
    lines = [f"{' ' if number % 3 == 2 else '+'}{line}" for number, line in enumerate(source.splitlines())]
    return "\n".join(["--- a", "+++ b", "@@ -1 +1 @@", *lines]) + "\n"


def catalogue_with_more(root: Path) -> None:
    target = root / "course/locale/ja/LC_MESSAGES/checks.mo"
    target.parent.mkdir(parents=True)
    target.write_bytes((paths.LOCALE / "ja" / "LC_MESSAGES" / "syllabus.mo").read_bytes() + b64(COMPILED).encode())


def catalogue_of_data(root: Path) -> None:
    target = root / "course/locale/ja/LC_MESSAGES/checks.mo"
    target.parent.mkdir(parents=True)
    target.write_bytes(catalogues.compiled({b"": b"", b"x": b64(zlib.compress(OTHER.encode())).encode()}))


DATA = {
    "marshal": COMPILED,
    "marshal in zlib": zlib.compress(COMPILED),
    "xz": lzma.compress(OTHER.encode()),
    "lzma": lzma.compress(OTHER.encode(), format=lzma.FORMAT_ALONE),
    "bzip2": bz2.compress(OTHER.encode()),
    "gzip": gzip.compress(OTHER.encode()),
    "zlib": zlib.compress(OTHER.encode()),
    "deflate": raw_deflated(),
    "zip": zipped(),
    "tar": tarred(),
    "an object of git": zlib.compress(b"blob %d\0" % len(OTHER) + OTHER.encode()),
    "a bundle of git": git_bundle(),
    "pickle": pickle.dumps(OTHER),
    "UTF-16": OTHER.encode("utf-16-le"),
    "UTF-32": OTHER.encode("utf-32-le"),
    "a text": OTHER.encode(),
}
"""A reference in disguise, or its compiled code, as data."""
SPELLED: dict[str, Callable[[bytes], str]] = {
    "base64": b64,
    "base64 for addresses": lambda data: base64.urlsafe_b64encode(data).decode(),
    "base32": lambda data: base64.b32encode(data).decode(),
    "base85": lambda data: base64.b85encode(data).decode(),
    "Ascii85": lambda data: base64.a85encode(data).decode(),
    "hexadecimal": bytes.hex,
    "hexadecimal with prefixes": lambda data: ", ".join(f"0x{byte:02x}" for byte in data),
    "numbers": lambda data: str(list(data)),
    "a literal": repr,
    "a number": lambda data: hex(int.from_bytes(data, "big")),
}
WRITTEN: dict[str, Callable[[str], str]] = {
    "in a fence": lambda source: f"```python\n{source}```\n",
    "in a fence that stays open": lambda source: f"```python\n{source}",
    "as a paragraph": str,
    "in an indented block": lambda source: behind("    ", source),
    "in a quotation": lambda source: behind("> ", source),
    "in a list": lambda source: behind("- ", source),
    "with numbers": lambda source: "".join(f"{n:3d}  {line}\n" for n, line in enumerate(source.splitlines())),
    "in a session": lambda source: "```pycon\n>>> " + source.replace("\n", "\n... ") + "\n2\n```\n",
    "as a patch": lambda source: behind("+", source),
    "as a patch with context": patch,
    "as entities": lambda source: "".join(f"&#{ord(sign)};" for sign in source),
    "as in an address": urllib.parse.quote,
    "as in a mail": lambda source: quopri.encodestring(source.encode(), quotetabs=True).decode(),
    "as escapes": lambda source: "".join(f"\\x{ord(sign):02x}" for sign in source),
    "as octal escapes": lambda source: "".join(f"\\{ord(sign):03o}" for sign in source),
    "as characters by number": lambda source: str([ord(sign) for sign in source]),
    "as bits": lambda source: " ".join(f"{ord(sign):08b}" for sign in source),
    "in uuencode": lambda source: "".join(
        binascii.b2a_uu(source.encode()[place : place + 45]).decode() for place in range(0, len(source), 45)
    ),
    "in wide letters": wide,
    "with blanks of no width": lambda source: "\u200b".join(source),
    "in short lines of base64": lambda source: behind("* ", in_pieces(b64(source.encode()), 12)),
}
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
    "a reference with a session in its docstring, in Markdown": (
        add("README.md", f"\n\n```python\n{DOCUMENTED}```\n"), "code", "the reference lora_report"
    ),
    "a reference with a session in its docstring, indented": (
        add("README.md", "\n\n" + behind("    ", DOCUMENTED)), "code", "the reference lora_report"
    ),
    "a reference in a list of strings": (
        add("course/hints.py", f"\nLINES = {OTHER.splitlines()}\n"), "code", "the reference lora_report"
    ),
    "a reference in a sum of strings": (
        add("course/hints.py", "\nTEXT = " + " + ".join(repr(f"{line}\n") for line in OTHER.splitlines()) + "\n"),
        "code", "the reference lora_report",
    ),
    "base64 in a list of strings": (
        add("course/hints.py", f"\nX = {in_pieces(B64, 10).splitlines()}\n"), "text", "the reference lora_report"
    ),
    "data in a string with escapes": (
        add("course/hints.py", f"\nX = {zlib.compress(OTHER.encode()).decode('latin-1')!r}\n"), "code", "lora_report"
    ),
    "compiled code in a skeleton": (add("exercises/lora.py", f"\nX = {b64(COMPILED)!r}\n"), "file", "compiled code"),
    "compiled code in a picture": (
        add("course/lessons/pictures/x.svg", f"<svg><!-- {b64(COMPILED)} --></svg>"), "file", "compiled code"
    ),
    "compiled code in base85 in a picture": (
        add("course/lessons/pictures/x.svg", f"<svg><!--{base64.b85encode(COMPILED).decode()}--></svg>"), "file",
        "encoded data that cannot be read",
    ),
    "a hidden check in base64 in a comment": (
        add("constraints.txt", as_comment(in_pieces(b64(disguised(HIDDEN).encode())))), "code", "lora_report.non_square"
    ),
    "a hidden check in base64 in a list": (
        add("README.md", "\n" + behind("- ", in_pieces(b64(disguised(HIDDEN).encode())))), "code", "lora_report"
    ),
    "a hint in wide letters": (add("README.md", f"\n{wide(HINT)}\n"), "text", MISCONCEPTION["name"]),
    "a hint with characters of no width": (
        add("README.md", "\n" + HINT.replace("e", "e\u200b")), "text", MISCONCEPTION["name"]
    ),
    "characters of no width": (add("README.md", "\nA\u200bB\n"), "file", "invisible characters: U+200B"),
    "a control character": (add("course/hints.py", "\n# \x07\n"), "file", "invisible characters: U+0007"),
    "a hint as a file's name": (
        add("course/" + "_".join(re.findall(r"\w+", HINT)).replace("_", "-")[:200] + ".py", "x = 1\n"), "text",
        MISCONCEPTION["name"],
    ),
    "a skeleton that is none": (add("exercises/lora.py", "\nX = 1\n"), "file", "not the skeleton that is generated"),
    "a skeleton too many": (add("exercises/more.py", "X = 1\n"), "file", "a file that is not listed"),
    "a zip file behind a text": (add("README.md", zipped()), "file", "not a text in UTF-8"),
    "a bundle of git in a text": (add("LICENSE", git_bundle()), "file", "not a text in UTF-8"),
    "more behind a catalogue": (catalogue_with_more, "file", "more than a catalogue"),
    "data in a catalogue": (catalogue_of_data, "code", "the reference lora_report"),
    "a catalogue that is none": (
        add("course/locale/ja/LC_MESSAGES/checks.mo", COMPILED), "file", "not a catalogue of translations"
    ),
    "data inside data without end": (
        add("README.md", "\n" + nested(OTHER.encode(), 9).decode() + "\n"), "file", "more encoded data"
    ),
    "more data than anybody needs": (
        add("README.md", f"\n{b64(zlib.compress(bytes(20_000_000)))}\n"), "file", "more encoded data"
    ),
    **{
        f"noise in {name}": (add("README.md", f"\n{spell(RANDOM)}\n"), "file", "encoded data that cannot be read")
        for name, spell in SPELLED.items() if name != "a number"
    },
    **{
        f"Japanese in {encoding}": (
            add("README.md", JAPANESE_HINT.encode(encoding)), "file", "not a text in UTF-8"
        )
        for encoding in ("cp932", "euc_jp")
    },
    **{
        f"Japanese in base64 of {encoding}": (
            add("README.md", f"\n{b64(JAPANESE_HINT.encode(encoding))}\n"), "text", "the misconception"
        )
        for encoding in ("cp932", "euc_jp", "utf-16-be", "utf-32-le")
    },
    **{
        f"a reference {name}": (add("README.md", f"\n\n{write(OTHER)}\n"), "code", "the reference lora_report")
        for name, write in WRITTEN.items()
    },
    **{
        f"a reference {name}, in a comment": (
            add("course/hints.py", f"\n\n{as_comment(write(OTHER))}\n"), "code", "the reference lora_report"
        )
        for name, write in WRITTEN.items() if "blanks of no width" not in name
    },
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


def test_a_clean_part_of_it_has_none_either(place: Path, known: leaks.Secrets):
    report = leaks.scan(place, known)
    assert (report.leaks, report.files) == ([], len(BASE))


@pytest.mark.parametrize(
    ("kind", "spelling"), sampled([(kind, spelling) for kind in DATA for spelling in SPELLED], one_in=7)
)
def test_data_is_opened_in_every_spelling(kind: str, spelling: str, place: Path, known: leaks.Secrets):
    """In Python and in Markdown; compiled code is reported as such."""
    text = SPELLED[spelling](DATA[kind])
    code = text if spelling in ("numbers", "a literal", "a number") else repr(text)
    wanted = "compiled code" if "marshal" in kind else "the reference lora_report of lora"
    for name, content in (("README.md", f"\n{text}\n"), ("course/hints.py", f"\nX = {code}\n")):
        before = (place / name).read_bytes()
        add(name, content)(place)
        found = leaks.scan(place, known).leaks
        (place / name).write_bytes(before)
        assert [leak for leak in found if leak.path == name and leak.what == wanted], (name, found)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_found(name: str, place: Path, known: leaks.Secrets):
    plant, kind, what = PLANTED[name]
    plant(place)
    found = leaks.scan(place, known).leaks
    assert [leak for leak in found if leak.kind == kind and what in leak.what], found
    assert all(what in str(leak) for leak in found if leak.kind == kind and what in leak.what)


def test_disguise_leaves_no_run_of_words(known: leaks.Secrets):
    """Otherwise the disguised plants would prove nothing about shapes."""
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
    by_shape = [coded for coded in known.code if coded.exact is None]
    assert len(by_shape) + len(known.given) + len(known.small) == hidden + len(written)
    assert len(known.given) + len(known.small) < 0.06 * (hidden + len(written))
    assert known.misconceptions > 100 and len(known.runs) > 10_000


def test_what_is_not_secret_is_what_the_skeletons_give(known: leaks.Secrets):
    """Counted independently: functions of references that a skeleton holds with their bodies."""
    given = []
    for exercise in syllabus.load():
        skeleton = ast.parse(paths.skeleton(exercise.slug).read_text(encoding="utf-8"))
        for node in ast.walk(skeleton):
            if isinstance(node, ast.FunctionDef) and "NotImplementedError" not in ast.dump(node):
                given.append((node.name, exercise.slug))
    listed = [(label.split()[2].rpartition(".")[2], label.split()[-1]) for label in known.given]
    assert sorted(listed) == sorted(given) and len(given) > 5


def test_what_is_too_small_is_found_under_its_own_names(known: leaks.Secrets, place: Path):
    """All code that is called too small, except for pieces that contain next to nothing."""
    found = {coded.label: coded for coded in known.code if coded.exact is not None}
    assert set(found) <= set(known.small) and len(known.small) < 10
    for label in known.small:
        if label not in found:
            continue
        *_, name, _, slug = label.split() if "reference" in label else (*label.split(), "of", "")
        name = name.rpartition(".")[2]
        sources = [paths.solution(slug)] if slug else [paths.checks(one.slug) for one in syllabus.load()]
        for source in sources:
            if re.search(rf"def (check_)?{name}\(", text := source.read_text(encoding="utf-8")):
                add("course/more.py", function(text, name if slug else f"check_{name}"))(place)
        assert label in [leak.what for leak in leaks.scan(place, known).leaks], label


def test_little_is_shared_and_all_of_it_is_needed(known: leaks.Secrets, edition: release.Edition):
    """Each sentence is in a secret and in the edition; each hidden check resembles something in its file."""
    allowed = tomllib.loads(leaks.SHARED.read_text(encoding="utf-8"))
    strict = leaks.Reading({"sentences": [], "code": {}})
    for exercise in syllabus.load():
        strict.exercise(exercise)
    bare = strict.finished()
    texts = {name: [" ".join(found) for _, found in leaks.signs(leaks.text_of(name, content))][0]
             for name, content in edition.files.items()}  # fmt: skip
    for sentence in allowed["sentences"]:
        report = leaks.Report()
        leaks.Search(bare, report).words("README.md", sentence)
        words = " ".join(dict(leaks.signs(sentence))[leaks.WORDS])
        assert report.leaks, f"no secret: {sentence}"
        assert any(words in text for text in texts.values()), f"not in the edition: {sentence}"
        assert len(words.split()) < leaks.WORDS.long, sentence
    for path, names in allowed["code"].items():
        report = leaks.Report()
        search = leaks.Search(bare, report)
        search.compare(path, ast.walk(ast.parse(edition.files[path])))
        assert {f"the hidden check {name}" for name in names} == {leak.what for leak in report.leaks}
    assert len(allowed["sentences"]) <= 40 and sum(map(len, allowed["code"].values())) <= 2
    assert known.shared[: len(allowed["sentences"])] == allowed["sentences"]


def test_what_the_edition_holds_is_far_from_the_limits(edition: release.Edition):
    """Otherwise a harmless file could be refused for holding more encoded data than can be searched."""
    sizes = {}
    for name, content in edition.files.items():
        search = disguises.Search()
        search.text(leaks.text_of(name, content))
        assert not search.wrong, name
        sizes[name] = len(search.read), search.size
    assert len(sizes) > 100
    assert max(count for count, _ in sizes.values()) < disguises.MAX_PIECES / 10
    assert max(size for _, size in sizes.values()) < disguises.MAX_ALL / 10


@pytest.mark.parametrize(
    "text",
    [
        *("print('x')\n", "x" * 5000, "a/b/c.d-" * 100, "| --- | ---: |\n" * 50, "0 1 " * 500, "=" * 400),
        *("https://example.org/" + "path/to/somewhere-else/" * 20, "The quick brown fox. " * 200),
        *(" ".join(f"{number:04d}" for number in range(400)), str(list(range(256)))),
    ],
)
def test_ordinary_text_is_not_taken_for_data(text: str):
    search = disguises.Search()
    search.text(text)
    assert not search.wrong


def test_long_runs_take_no_longer_than_their_length():
    began = time.process_time()
    for text in ("A" * 200_000, "ab" * 100_000, "0 " * 100_000, "#" * 100_000, "-" * 100_000, "    \n" * 50_000):
        disguises.Search().text(text)
        assert not list(snippets.trees(text))
    assert time.process_time() - began < 30


def test_snippets_are_found_in_the_middle_of_anything():
    source = "def f(x):\n    y = x + 1\n    return y\n"
    for text in (
        source, f"See:\n{source}\nand so on.", behind("  > ", source), f"~~~\n{source}", f"* {source}",
        behind("# ", behind("+", source)), source.replace("\n", "\n\n"), f"    {source}".replace("\n", "\n    "),
        f"def broken(:\n{source}", "class A:\n" + behind("    ", source) + "\n???",
    ):  # fmt: skip
        names = [node.name for tree in snippets.trees(text) for node in ast.walk(tree)
                 if isinstance(node, ast.FunctionDef)]  # fmt: skip
        assert "f" in names, text
    assert not list(snippets.trees("No code here, only words: neither this nor that."))


@pytest.mark.slow
def test_each_function_is_found_alone_and_in_disguise(known: leaks.Secrets):
    """This covers all references and hidden checks that are recognised by their shape, not only those planted above."""
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


# --- from the sources to the edition ---

INFERENCE = paths.skeleton("inference").read_text(encoding="utf-8")
PREDICT = function(paths.solution("inference").read_text(encoding="utf-8"), "predict")
SCALE = function(paths.solution("inference").read_text(encoding="utf-8"), "temperature_scale")
MISTAKES = tomllib.loads(paths.misconceptions("inference").read_text(encoding="utf-8"))["misconception"]
HIDDEN_PREDICT = function(paths.checks("inference").read_text(encoding="utf-8"), "check_own_confidence")


def solved(skeleton: str) -> str:
    """Return the skeleton with one function solved, and TODOs for the others."""
    hole = function(skeleton, "predict")
    assert hole in skeleton
    return skeleton.replace(hole, PREDICT)


def renamed(source: str) -> str:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    for number, argument in enumerate([*node.args.args, *node.args.kwonlyargs]):
        old, new = argument.arg, f"a{number}"
        source = re.sub(rf"\b{old}\b", new, source)
    return source.replace(f"def {node.name}(", "def helper(")


def in_a_visible_check(source: str) -> str:
    """Return a helper that a visible check calls, so that it belongs to the visible part."""
    first = re.search(r"visible=True.*\n    def check_\w+\(self, student\):\n +\"\"\".*\"\"\"\n", source)
    assert first
    helper = disguised(SCALE).replace("def helper(", "def calibrated(")
    head = source.index("\n\nclass Check")
    return f"{source[:head]}\n\n{helper}{source[head : first.end()]}        calibrated\n{source[first.end() :]}"


LESSON = "course/lessons/en/inference.md"
SKELETON = "exercises/inference.py"
VISIBLE = "grader/checks/check_inference.py"
SOURCES: dict[str, tuple[str, Callable[[str], str], str]] = {
    "the skeleton is the solution": (
        SKELETON, lambda text: paths.solution("inference").read_text(encoding="utf-8"),
        "exercises/inference.py: code of the reference predict of inference",
    ),
    "one function is solved": (SKELETON, solved, "exercises/inference.py: code of the reference predict of inference"),
    "a function under another name": (
        SKELETON, lambda text: f"{text}\n\n{renamed(PREDICT)}",
        "exercises/inference.py: code of the reference predict of inference",
    ),
    "a hole with a comment": (
        SKELETON, lambda text: text.replace("    raise NotImpl", "    # Divide, then softmax.\n    raise NotImpl", 1),
        "exercises/inference.py: not the skeleton that is generated from the reference",
    ),
    "a misconception in a skeleton": (
        SKELETON, lambda text: text + "\n\n" + as_comment(f"{MISTAKES[0]['title']}\n{MISTAKES[0]['hint']}"),
        f"exercises/inference.py: text of the misconception {MISTAKES[0]['name']} of inference",
    ),
    "a misconception in a lesson": (
        LESSON, lambda text: f"{text}\n{MISTAKES[1]['title']}: {MISTAKES[1]['hint']}\n",
        f"{LESSON}: text of the misconception {MISTAKES[1]['name']} of inference",
    ),
    "a reference in a lesson": (
        LESSON, lambda text: f"{text}\n```python\n{SCALE}```\n", f"{LESSON}: code of the reference temperature_scale"
    ),
    "a reference in a visible check": (
        VISIBLE, in_a_visible_check, f"{VISIBLE}: code of the reference temperature_scale of inference"
    ),
    "a hidden check in a lesson": (
        LESSON, lambda text: f"{text}\n{b64(HIDDEN_PREDICT.encode())}\n",
        f"{LESSON}: text of the hidden check predict.own_confidence",
    ),
}  # fmt: skip
"""Leaks to plant in a source of the edition: the file, the change, and the message."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy everything that an edition is made from."""
    root = tmp_path_factory.mktemp("house")
    for name in ("course", "exercises", "grader", "solutions"):
        shutil.copytree(paths.ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE", "constraints.txt"):
        shutil.copy(paths.ROOT / name, root)
    return root


def released(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(house), "LANGUAGE": "en", "COLUMNS": "400"}
    return subprocess.run(
        [sys.executable, "-P", "-m", "course", "class", "release", "--out", str(house.parent / "edition.zip"),
         *arguments],
        cwd=house.parent, env=environ, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def planted(house: Path, plants: list[str]) -> subprocess.CompletedProcess[str]:
    before = {name: (house / name).read_text(encoding="utf-8") for name, *_ in map(SOURCES.__getitem__, plants)}
    try:
        for name, change, _ in map(SOURCES.__getitem__, plants):
            old = (house / name).read_text(encoding="utf-8")
            new = change(old)
            assert new != old
            (house / name).write_text(new, encoding="utf-8")
        return released(house, "--exercise", "8")
    finally:
        for name, text in before.items():
            (house / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "plants",
    [
        ["the skeleton is the solution"],
        ["a misconception in a lesson", "a function under another name", "a reference in a visible check"],
        *(pytest.param([name], marks=pytest.mark.slow) for name in list(SOURCES)[1:]),
    ],
    ids=", ".join,
)
def test_what_leaks_through_a_source_is_found(plants: list[str], house: Path):
    """A file that is handed out does not become public by that."""
    done = planted(house, plants)
    assert done.returncode == errors.NOT_PASSED, done.stdout + done.stderr
    for name in plants:
        assert SOURCES[name][2] in done.stderr + done.stdout
    assert not (house.parent / "edition.zip").exists()


def test_clean_sources_give_an_edition_soon_enough(edition: release.Edition, tmp_path: Path, monkeypatch):
    """It lists what was compared and what was not; the time is processor time, since the machine can be busy."""
    reports: list[leaks.Report] = []
    scan = leaks.scan
    monkeypatch.setattr(leaks, "scan", lambda place, known: reports.append(scan(place, known)) or reports[-1])
    began = time.process_time()
    done = CliRunner().invoke(
        cli.cli, ["class", "release", "--out", str(tmp_path / "edition.zip")], env={"LANGUAGE": "en", "COLUMNS": "80"}
    )
    assert time.process_time() - began < 60
    assert done.exit_code == 0 and (tmp_path / "edition.zip").is_file(), done.output
    said = " ".join(done.output.split())
    assert "No leaks found: the edition was compared with" in said
    assert "the skeletons contain them in full: the reference Coin.__init__ of training, " in said
    assert "if their names are changed: the reference mask_tokens.throw of objectives, " in said
    assert "sentences may be public although they also occur in a secret part: see course/classroom/shared.toml" in said
    (report,) = reports
    assert report.leaks == []
    assert report.files == len(edition.files) > 100
    assert report.functions > 1000 and report.words > 100_000
    assert "Not looked for in grader/checks/check_lora.py" in said and "MultiLoRALinear.isolated_same_rank" in said
