"""Search an edition for secrets: references, hidden checks and misconceptions, in any place and disguise.

The secrets are read from the whole course: what the skeleton generator removes from a reference, checks that are
not marked as visible, and the misconceptions. They stay secret even if they also occur in a skeleton, a lesson or
a visible check; the few sentences allowed there are listed in ``shared.toml``. The search covers a folder or a
zip file exactly as stored on disk.

* *text*: runs of words and whole sentences that occur in a secret, whatever the line ends, quotes, indents, letter
  widths and invisible characters between them; also inside escapes, encoded and compressed data and compiled
  catalogues (``disguises``);
* *code*: the statements of every reference function and of every hidden check by their shape, so that changing names,
  constants, comments, docstrings and line ends hides nothing; in Python files, in strings and comments, in Markdown,
  and in patches (``snippets``);
* *files*: everything that is not on the list of an edition's contents; skeletons that differ from the generated ones;
  files that are not text although their name says so; links, hidden and compiled files, traces of git, outputs of
  notebooks, comments and extra fields of a zip file;
* *paths* on the machine where the edition was made.

Not covered: anything rewritten with the same idea, translated into another language, encrypted and made to look like
text, written backwards, or written with other letters (rot13, or similar letters of another alphabet).
"""

from __future__ import annotations

import ast
import builtins
import difflib
import functools
import hashlib
import json
import os
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from course import paths, syllabus
from course.classroom import catalogues, disguises, skeletons, snippets, visible
from course.compat import tomllib
from course.syllabus import Exercise
from course.text import mark, say

MIN_WEIGHT = 10
"""Syntax-tree nodes of the smallest function that is recognised by its shape."""
SHARE = 0.8
"""Share of a function's nodes, in statements of the same shape, that makes it the same function."""
MIN_EXACT = 6
"""Syntax-tree nodes of the smallest function that is recognised by its shape, names and constants together."""
LABEL = 8
"""Words of the shortest string in a hidden check that is secret, unless it is a title or a hint."""
RESEMBLANCE = 0.5
"""Share of words in common, in the same order, above which two sentences may have the same translation."""
SHARED = Path(__file__).with_name("shared.toml")
CHECKS = ("grader/checks/", "grader/fixtures/")
"""Folders with code that resembles that of hidden checks."""
ALLOWED = {
    "": {"pyproject.toml", "README.md", "LICENSE", "constraints.txt"},
    "course": {".py", "edition.toml", "syllabus.toml", "result.schema.json"},
    "course/cli": {".py"},
    "course/classroom": {".py"},
    "course/formats": {".py"},
    "course/lessons/*": {".md"},
    "course/lessons/pictures": {".svg"},
    "course/locale/*/LC_MESSAGES": {".mo"},
    "exercises": {".py"},
    "grader": {".py"},
    "grader/checks": {"check_*.py"},
    "grader/fixtures": {".py"},
    "grader/host": {".py"},
    "grader/judge": {".py"},
    "grader/student": {".py"},
}
"""Folder -> allowed suffixes and file names."""
FORBIDDEN = {"tests", "solutions", "misconceptions", "scripts", "docs"}
"""Folders that are never included, at any depth."""

KINDS = {
    "text": mark("text of {what}"),
    "code": mark("code of {what}"),
    "file": mark("{what}"),
    "path": mark("a local path: {what}"),
}


class Blind(RuntimeError):
    """The scanner has no secrets to compare with, so it cannot find anything."""


@dataclass(frozen=True)
class Leak:
    """One secret in one place."""

    path: str
    """Path inside the edition; ``""`` is the edition itself."""
    kind: str
    """One of ``KINDS``."""
    what: str
    """Source of the text or code, or the problem with the file."""

    def __str__(self) -> str:
        """Return one line for the instructor."""
        return f"{self.path or '.'}: {say(KINDS[self.kind], what=self.what)}"


@dataclass
class Report:
    """Leaks found, and what was searched."""

    leaks: list[Leak] = field(default_factory=list)
    files: int = 0
    functions: int = 0
    """Number of Python functions compared, wherever they were found."""
    words: int = 0

    def add(self, path: str, kind: str, what: str) -> None:
        """Record a leak, once."""
        leak = Leak(path, kind, what)
        if leak not in self.leaks:
            self.leaks.append(leak)


# --- words ---

PLACE = re.compile(r"\{[^{}]*\}")
"""A placeholder in a sentence."""
WORD = re.compile("[a-z]{2}")
ESCAPE = re.compile(r"\\(?:[nrt]|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")


@dataclass(frozen=True)
class Writing:
    """Lengths from which a text is recognised."""

    sign: re.Pattern[str]
    run: int
    """Consecutive signs that make a text recognisable."""
    long: int
    """As ``run``, between similar texts: hidden and visible checks, or translations."""
    short: int
    """Signs in the shortest sentence that is recognised as a whole."""


WORDS = Writing(re.compile(r"[a-z0-9]+(?:_+[a-z0-9]+)*|\0"), run=12, long=40, short=5)
JAPANESE = Writing(re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\0"), run=30, long=45, short=16)
WRITINGS = (WORDS, JAPANESE)
"""Words, and Japanese characters; a zero byte ends a text, so that two neighbouring texts do not form a third."""


def signs(text: str) -> list[tuple[Writing, list[str]]]:
    """Split a text into words and into characters; escapes in it are decoded."""
    if "\\" in text:
        text = ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)) if match[1] or match[2] else " ", text)
    text = disguises.plain(text).lower()
    return [(writing, writing.sign.findall(text)) for writing in WRITINGS]


def runs(text: str) -> Iterator[str]:
    """Yield all runs of signs long enough to be recognised."""
    for writing, found in signs(text):
        yield from _windows(found, writing.run)


def _windows(found: Sequence[str], length: int) -> Iterator[str]:
    return (" ".join(found[place : place + length]) for place in range(len(found) - length + 1))


def phrase(text: str) -> tuple[str, list[str]] | None:
    """Return a sentence in the form that is compared: its beginning, and all its signs; None if it is too short."""
    found, telling = dict(signs(text)), dict(signs(PLACE.sub(" ", text)))
    writing = JAPANESE if len(found[JAPANESE]) >= JAPANESE.short else WORDS
    words = telling[JAPANESE] if writing is JAPANESE else [word for word in telling[WORDS] if WORD.search(word)]
    mine = [sign for sign in found[writing] if sign != "\0"]
    if len(words) < writing.short - 1 or 2 * len(words) < len(mine):
        return None
    return " ".join(mine[: writing.short]), mine


# --- shapes of code ---

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
Shape = tuple[tuple[str, int], ...]
"""Statements of a function: (hash of the form, number of nodes)."""
KEPT = frozenset(dir(builtins))
"""Names that cannot be freely chosen."""


def shape(function: ast.AST, exact: bool = False) -> Shape:
    """Return the form of a function's statements at all depths, without docstrings, imports and annotations.

    Args:
        function: a function, or a module or class without its functions.
        exact: include names and constants; for code whose form alone is common.
    """
    return tuple(_form(node, exact) for node in _statements(function, not isinstance(function, Function)))


def _statements(root: ast.AST, shallow: bool = False) -> Iterator[ast.stmt]:
    for name in ("body", "orelse", "finalbody"):
        inside = getattr(root, name, ())
        for node in inside if isinstance(inside, list) else ():  # the body of a lambda is an expression
            if shallow and isinstance(node, (*Function, ast.ClassDef)):
                continue
            if not (_is_docstring(node) or isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass))):
                yield node
                yield from _statements(node, shallow)
    for inner in (*getattr(root, "handlers", ()), *getattr(root, "cases", ())):
        yield from _statements(inner, shallow)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _form(statement: ast.stmt, exact: bool) -> tuple[str, int]:
    """Return the form of one statement, without the statements inside it."""
    parts: list[str] = []
    waiting: list[ast.AST] = [statement]
    called: set[ast.AST] = set()
    while waiting:
        node = waiting.pop()
        parts.append(type(node).__name__)
        if isinstance(node, ast.Name):
            parts[-1] += f" {node.id}" if exact or node.id in KEPT else ""
        elif isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node not in called  # such as self, whatever it is called
            parts[-1] += f" {node.attr}" if exact or not own else ""
        elif isinstance(node, ast.Call):
            called.add(node.func)
        elif isinstance(node, ast.Constant):
            parts[-1] += f" {node.value!r}" if exact else ""
        elif isinstance(node, ast.keyword) and exact:
            parts[-1] += f" {node.arg}"
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "ctx", "type_comment"):
                continue
            inner = value if isinstance(value, list) else [value]
            waiting += [one for one in inner if isinstance(one, ast.AST) and not isinstance(one, ast.stmt)]
    weight = sum(part not in ("arguments", "arg", "keyword") for part in parts)
    return hashlib.sha1(" ".join(parts).encode(), usedforsecurity=False).hexdigest()[:16], weight


def weight(found: Shape) -> int:
    """Return the number of nodes in all statements."""
    return sum(nodes for _, nodes in found)


def covered(secret: Shape, by: Shape) -> float:
    """Return the share of a secret's nodes in statements that the other function has, too."""
    there: dict[str, int] = {}
    for form, _ in by:
        there[form] = there.get(form, 0) + 1
    met = 0
    for form, nodes in secret:
        if there.get(form, 0) > 0:
            there[form] -= 1
            met += nodes
    return met / max(weight(secret), 1)


def marks(secret: Shape) -> set[str]:
    """Return the heaviest statements of a secret: any function that covers enough of it has at least one of them."""
    left = (1 - SHARE) * weight(secret)
    found: set[str] = set()
    for form, nodes in sorted(secret, key=lambda one: -one[1]):
        if left < 0:
            break
        found.add(form)
        left -= nodes
    return found


# --- what is secret ---


@dataclass(frozen=True)
class Coded:
    """One secret function."""

    label: str
    shape: Shape
    exact: Shape | None = None
    """Shape with names and constants, if the form alone also occurs in public code."""


@dataclass
class Secrets:
    """All secrets of the whole course, whichever exercises an edition contains."""

    runs: dict[str, str] = field(default_factory=dict)
    """Run of signs -> its source."""
    phrases: dict[str, list[tuple[list[str], str]]] = field(default_factory=dict)
    """Beginning of a sentence -> the sentences that begin this way, with their sources."""
    code: list[Coded] = field(default_factory=list)
    skeletons: dict[str, bytes] = field(default_factory=dict)
    """Path inside the edition -> the skeleton expected there."""
    alike: dict[str, set[str]] = field(default_factory=dict)
    """Path inside the edition -> hidden checks that have the same shape as code in that file."""
    tests: set[str] = field(default_factory=set)
    """Labels of everything that belongs to hidden checks."""
    references: int = 0
    checks: int = 0
    misconceptions: int = 0
    given: list[str] = field(default_factory=list)
    """Reference functions that are public: the skeletons contain them complete."""
    small: list[str] = field(default_factory=list)
    """Functions too small to be recognised by their shape alone."""
    shared: list[str] = field(default_factory=list)
    """Sentences that are public although they also occur in a secret."""

    @functools.cached_property
    def index(self) -> dict[str, list[int]]:
        """Statement -> indices of the functions that it marks."""
        found: dict[str, list[int]] = {}
        for number, coded in enumerate(self.code):
            for form in marks(coded.shape):
                found.setdefault(form, []).append(number)
        return found


@functools.cache
def secrets() -> Secrets:
    """Read the secrets from the whole course; cached, because they do not change.

    Raises:
        Blind: there are no references, no hidden checks or no misconceptions to read.
        skeletons.SkeletonError: a reference and its TODO sentences do not make a skeleton.
    """
    reading = Reading(tomllib.loads(SHARED.read_text(encoding="utf-8")))
    for exercise in syllabus.load():
        if not exercise.planned:
            reading.exercise(exercise)
    found = reading.finished()
    if not (found.references and found.checks and found.misconceptions and found.code):
        raise Blind("no references, hidden checks or misconceptions to compare with")
    return found


@dataclass
class Reading:
    """Collects the secrets, without the exceptions that are allowed."""

    allowed: dict[str, Any]
    """The content of ``shared.toml``."""
    found: Secrets = field(default_factory=Secrets)
    texts: list[tuple[str, str]] = field(default_factory=list)
    """(label, text in which every part is secret)."""
    said: dict[str, str] = field(default_factory=dict)
    """Secret sentences -> label; their translations are secret, too."""
    functions: list[tuple[str, ast.AST]] = field(default_factory=list)

    def exercise(self, exercise: Exercise) -> None:
        """Add the secrets of one exercise."""
        self._checks(exercise.slug)
        self._misconceptions(exercise.slug)
        self._reference(exercise)

    def _checks(self, slug: str) -> None:
        source = paths.checks(slug).read_text(encoding="utf-8")
        parts = visible.split(source, "")
        for node in parts.dropped:
            label = say("a helper of the hidden checks of {slug}", slug=slug)
            if isinstance(node, ast.FunctionDef) and node in parts.secret:
                label = say("the hidden check {name}", name=parts.secret[node])
                self.found.checks += 1
                self.functions.append((label, node))
            elif isinstance(node, ast.ClassDef):
                continue  # its methods are handled one by one
            self.found.tests.add(label)
            self.texts.append((label, _without_docstring(node, source, docstring=True)))
            self.said |= dict.fromkeys(_sentences(node), label)

    def _misconceptions(self, slug: str) -> None:
        for entry in tomllib.loads(paths.misconceptions(slug).read_text(encoding="utf-8")).get("misconception", ()):
            label = say("the misconception {name} of {slug}", name=entry["name"], slug=slug)
            self.found.misconceptions += 1
            edits = [edit["new"] for edit in entry.get("edits", [entry])]
            self.texts += [(label, text) for text in (entry["title"], entry["hint"], *edits)]
            self.said |= dict.fromkeys((entry["title"], entry["hint"]), label)

    def _reference(self, exercise: Exercise) -> None:
        source = paths.solution(exercise.slug).read_text(encoding="utf-8")
        skeleton = skeletons.generate(exercise)
        self.found.skeletons[f"exercises/{exercise.slug}.py"] = skeleton
        given = {name: ast.dump(node) for name, node in _functions(ast.parse(skeleton))}
        for name, node in _functions(ast.parse(source)):
            label = say("the reference {name} of {slug}", name=name, slug=exercise.slug)
            self.found.references += 1
            if given.get(name) == ast.dump(node):
                self.found.given.append(label)
            else:
                self.functions.append((label, node))
                self.texts.append((label, _without_docstring(node, source, docstring=False)))

    def finished(self) -> Secrets:
        """Return the collected secrets."""
        self.found.shared = list(self.allowed["sentences"])
        spared = [*self.found.shared, *self._translations()]
        open_runs = {run for text in spared for run in runs(text)}
        open_phrases = {" ".join(there[1]) for text in spared if (there := phrase(text))}
        for label, text in self.texts:
            self.found.runs.update((run, label) for run in runs(text) if run not in open_runs)
        for text, label in self.said.items():
            if (there := phrase(text)) and " ".join(there[1]) not in open_phrases:
                self.found.phrases.setdefault(there[0], []).append((there[1], label))
        for path, names in self.allowed["code"].items():
            self.found.alike[path] = {say("the hidden check {name}", name=name) for name in names}
        self._codes()
        return self.found

    def _translations(self) -> Iterator[str]:
        """Add translations of secrets; yield the public ones: a similar public sentence has the same translation."""
        secret: list[tuple[str, str]] = []
        others: dict[str, list[str]] = {}
        for path in sorted(paths.LOCALE.rglob("*.mo")):
            for key, text in catalogues.messages(path.read_bytes()).items():
                english, translated = key.decode().split("\0")[0], text.decode().replace("\0", "\n")
                if not english:  # the header
                    continue
                if english in self.found.shared:
                    yield translated
                elif english in self.said:
                    secret.append((english, translated))
                elif there := phrase(translated):
                    others.setdefault(" ".join(there[1]), []).append(english)
        for english, translated in secret:
            there = phrase(translated)
            if there and any(_resemble(english, other) for other in others.get(" ".join(there[1]), ())):
                yield translated
            self.texts.append((self.said[english], translated))
            self.said.setdefault(translated, self.said[english])

    def _codes(self) -> None:
        for label, node in self.functions:
            form = shape(node)
            if weight(form) >= MIN_WEIGHT:
                self.found.code.append(Coded(label, form))
                continue
            self.found.small.append(label)
            if weight(form) >= MIN_EXACT:
                self.found.code.append(Coded(label, form, shape(node, exact=True)))


def _resemble(one: str, other: str) -> bool:
    """Return whether two sentences have so many words in common that their translations can be the same."""
    words, others = (dict(signs(text))[WORDS] for text in (one, other))
    return difflib.SequenceMatcher(None, words, others, autojunk=False).ratio() >= RESEMBLANCE


def _sentences(node: ast.AST) -> Iterator[str]:
    """Yield a hidden check's sentences: its title, its hints, and any other string long enough to be a sentence."""
    if isinstance(node, Function) and (title := ast.get_docstring(node)):
        yield " ".join(title.split())
    nodes = list(ast.walk(node))
    for call in nodes:
        for word in call.keywords if isinstance(call, ast.Call) else ():
            yield from catalogues.strings(word.value)
    yield from (text for text in catalogues.said(nodes) if len(WORDS.sign.findall(text.lower())) >= LABEL)


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (*Function, ast.ClassDef)):
            name = f"{prefix}{node.name}"
            if isinstance(node, Function):
                yield name, node
            yield from _functions(node, f"{name}.")


def _without_docstring(node: ast.stmt, source: str, *, docstring: bool) -> str:
    """Return the lines of a statement; for a function, without its signature, and with its docstring if requested."""
    body = getattr(node, "body", None)
    if not isinstance(node, Function) or not body:
        return ast.get_source_segment(source, node) or ""
    inside = body if docstring or not _is_docstring(body[0]) else body[1:]
    if not inside:
        return ""
    first = inside[0].lineno if inside[0] is body[0] else (body[0].end_lineno or 0) + 1
    return "\n".join(source.split("\n")[first - 1 : node.end_lineno])


# --- the search ---


def scan(place: Path, known: Secrets) -> Report:
    """Look for secrets in a folder or a zip file.

    Args:
        place: the folder or zip file to hand out.
        known: the secrets that it must not contain.

    Raises:
        Blind: nothing in it could be searched.
    """
    report = Report()
    entries = _of_zip(place, report) if place.is_file() else _of_folder(place, report)
    search = Search(known, report)
    for name, content in sorted(entries.items()):
        report.files += 1
        _judge_name(name, content, report)
        _judge_content(name, content, report)
        if known.skeletons and name.startswith("exercises/"):
            if name not in known.skeletons:
                report.add(name, "file", say("a file that is not listed"))
            elif known.skeletons[name] != content:
                report.add(
                    name, "file", say("not the skeleton that is generated from the reference (run: make skeletons)")
                )
        search.file(name, content)
    if not (report.files and report.functions and report.words):
        raise Blind(f"nothing was compared: {report.files} files, {report.functions} functions")
    return report


def _of_folder(root: Path, report: Report) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for folder, inside, names in os.walk(root):
        for name in sorted([*inside, *names]):
            path = Path(folder) / name
            below = path.relative_to(root).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                report.add(below, "file", say("a link"))
            elif stat.S_ISREG(mode):
                found[below] = path.read_bytes()
            elif not stat.S_ISDIR(mode):
                report.add(below, "file", say("neither a file nor a folder"))
            elif name.startswith(".") or name in FORBIDDEN:
                _judge_name(f"{below}/", b"", report)
    return found


def _of_zip(path: Path, report: Report) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(path) as archive:
        if archive.comment:
            report.add("", "file", say("a comment in the zip file"))
            found[".comment"] = archive.comment
        for info in archive.infolist():
            top, _, below = info.filename.partition("/")
            name = below or top
            if info.comment or info.extra:
                report.add(name, "file", say("a comment or an extra field in the zip file"))
                found[f"{name}.comment"] = info.comment + b"\n" + info.extra
            if info.filename.startswith("/") or ".." in PurePosixPath(info.filename).parts or name in found:
                report.add(name, "file", say("a name that points elsewhere or appears twice"))
            if stat.S_ISLNK(info.external_attr >> 16):
                report.add(name, "file", say("a link"))
            if not info.is_dir():
                found[name] = archive.read(info)
    return found


COMPILED = {".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib", ".o", ".a", ".class", ".exe", ".whl", ".egg"}
MAGIC = {b"\x7fELF": "ELF", b"MZ": "exe", b"PK\x03\x04": "zip", b"\x1f\x8b": "gzip", b"\xfd7zXZ": "xz", b"BZh": "bzip2"}


def _judge_name(name: str, content: bytes, report: Report) -> None:
    """Report a file whose name, with this beginning, is not allowed in an edition."""
    path = PurePosixPath(name)
    if any(part.startswith(".git") for part in path.parts):
        report.add(name, "file", say("a trace of git"))
    elif any(part.startswith(".") for part in path.parts):
        report.add(name, "file", say("a hidden file"))
    elif path.suffix in COMPILED or "__pycache__" in path.parts or content[2:4] == b"\r\n" and content[:1] > b"\x7f":
        report.add(name, "file", say("a compiled file"))
    elif path.suffix == ".ipynb":
        report.add(
            name, "file", say("a notebook with outputs") if _outputs(content) else say("a file that is not listed")
        )
    elif forbidden := FORBIDDEN & set(path.parts[:-1] if content else path.parts):
        report.add(name, "file", say("a file from {folder}", folder=f"{min(forbidden)}/"))
    elif content and not _allowed(path):
        report.add(name, "file", say("a file that is not listed"))
    for magic, kind in MAGIC.items():
        if content.startswith(magic):
            report.add(name, "file", say("its content is of type {kind}", kind=kind))


def _judge_content(name: str, content: bytes, report: Report) -> None:
    """Report a file that is not the text or the catalogue that its name promises."""
    if name.endswith(".mo"):
        try:
            found = catalogues.messages(content)
            texts = [part.decode() for pair in found.items() for part in pair]
        except ValueError:
            report.add(name, "file", say("not a catalogue of translations"))
            return
        if catalogues.compiled(found) != content:
            report.add(name, "file", say("more than a catalogue of translations"))
        unseen = disguises.invisible("".join(texts)) - set("\0\x04\b")  # between forms, after a context, for click
    else:
        try:
            unseen = disguises.invisible(content.decode())
        except UnicodeDecodeError:
            report.add(name, "file", say("not a text in UTF-8"))
            return
    if unseen:
        signs = ", ".join(f"U+{ord(sign):04X}" for sign in sorted(unseen)[:5])
        report.add(name, "file", say("invisible characters: {signs}", signs=signs))


def _allowed(path: PurePosixPath) -> bool:
    folder = "" if str(path.parent) == "." else str(path.parent)
    for pattern, names in ALLOWED.items():
        if PurePosixPath(folder or "-").match(pattern or "-") and folder.count("/") == pattern.count("/"):
            if path.name in names or path.suffix in names:
                return True
            if any("*" in name and path.match(name) for name in names):
                return True
    return False


def _outputs(content: bytes) -> bool:
    try:
        cells = json.loads(content)["cells"]
        return any(cell.get("outputs") for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


@dataclass
class Search:
    """Compares files with the secrets."""

    known: Secrets
    report: Report

    def __post_init__(self) -> None:
        self.machine = {
            path for path in (str(paths.ROOT), str(Path.home()), os.path.realpath(paths.ROOT)) if len(path) > 2
        }

    def file(self, name: str, content: bytes) -> None:
        """Search one file."""
        text = text_of(name, content)
        for path in sorted(self.machine):
            if re.search(rf"(?<![\w/.-]){re.escape(path)}(?![\w.-])", text):
                self.report.add(name, "path", path)
        suffix = PurePosixPath(name).suffix
        nodes: list[ast.AST] = []
        if suffix == ".py":
            if (tree := snippets.parsed(text)) is None:
                self.report.add(name, "file", say("Python code that does not parse"))
            else:
                nodes = list(ast.walk(tree))
                self.compare(name, nodes)
        for source in snippets.sources(text, nodes, suffix):
            self._codes(name, source)
        self.words(name, f"{name}\0{text}")
        if nodes:  # a sentence in pieces, as Python joins them
            self.words(name, "\0".join(catalogues.said(nodes)))
        hidden = self._disguised(text, nodes)
        for found in hidden.texts:
            self.words(name, found)
            self._codes(name, found)
        for complaint in hidden.wrong:
            self.report.add(name, "file", complaint)

    def _disguised(self, text: str, nodes: Sequence[ast.AST]) -> disguises.Search:
        hidden = disguises.Search()
        hidden.text(text)
        for content in snippets.data(nodes):
            hidden.literal(content)
        for constant in snippets.strings(nodes):
            if not re.search(r"\s", constant):
                hidden.piece(constant)
        for pieces in snippets.joined(nodes):
            hidden.text(pieces)
        return hidden

    def words(self, name: str, text: str) -> None:
        """Report passages that a text shares word for word with the secrets."""
        among_checks, among_translations = name.startswith(CHECKS), name.endswith(".mo")
        for writing, found in signs(text):
            self.report.words += len(found)
            row = 0
            for run in _windows(found, writing.run):
                label = self.known.runs.get(run)
                row = row + 1 if label else 0
                if label:
                    alike = among_translations or (among_checks and label in self.known.tests)
                    if row + writing.run > (writing.long if alike else writing.run):
                        self.report.add(name, "text", label)
            for place, start in enumerate(_windows(found, writing.short)):
                for phrase, label in self.known.phrases.get(start, ()):
                    if found[place : place + len(phrase)] == phrase:
                        self.report.add(name, "text", label)

    def _codes(self, name: str, text: str) -> None:
        for tree in snippets.trees(text):
            self.compare(name, ast.walk(tree))

    def compare(self, name: str, nodes: Iterable[ast.AST]) -> None:
        """Report the functions and classes among these nodes that have the shape of a secret."""
        units = [node for node in nodes if isinstance(node, (*Function, ast.ClassDef, ast.Module))]
        alike = self.known.alike.get(name, ())
        for unit in units:
            self.report.functions += isinstance(unit, Function)
            form = shape(unit)
            near = {number for one, _ in form for number in self.known.index.get(one, ())}
            for secret in (self.known.code[number] for number in near):
                if covered(secret.shape, form) >= SHARE and (
                    secret.exact is None or covered(secret.exact, shape(unit, exact=True)) >= SHARE
                ):
                    if secret.label not in alike:
                        self.report.add(name, "code", secret.label)


def text_of(name: str, content: bytes) -> str:
    """Decode a file, whatever its encoding."""
    if name.endswith(".mo"):
        try:
            found = catalogues.messages(content)
            return "\0".join(part.decode("utf-8", "replace") for pair in found.items() for part in pair)
        except ValueError:
            pass
    try:
        return content.decode()
    except UnicodeDecodeError:
        return disguises.as_text(content) or content.decode("utf-8", "replace")
