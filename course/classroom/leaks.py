"""Looks for secrets in what is handed out: references, hidden checks and misconceptions, in any place and disguise.

What is secret is read from the whole course; what is looked at is a folder or a zip file as it lies on the disk.

* *text*: runs of words that occur in a secret and in nothing that is public, whatever the line ends, quotes and indents
  between them; also inside escapes, base64, hexadecimal digits, compressed data and compiled catalogues;
* *code*: the statements of every reference function and of every hidden check by their shape, so that other names,
  constants, comments, docstrings and line ends hide nothing; in Python files, in strings and comments, in Markdown;
* *files*: everything that is not on the list of what an edition consists of; links, hidden and compiled files, traces
  of git, outputs of notebooks, comments and extra fields of a zip file;
* *paths* of the machine that the edition was made on.

Not covered: what was written anew with the same idea, translated into another language, or encrypted.
"""

from __future__ import annotations

import ast
import base64
import binascii
import builtins
import functools
import hashlib
import json
import os
import re
import stat
import textwrap
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from course import paths, syllabus
from course.classroom import catalogues, visible
from course.compat import tomllib
from course.text import LANGUAGES, mark, say

MIN_WEIGHT = 10
"""Nodes of the syntax tree of the smallest function that is recognised by its shape."""
SHARE = 0.8
"""Of a function's nodes, in statements of the same shape, that make it the same function."""
DEPTH = 3
"""How many codings inside each other are opened."""
MAX_DECODED = 5_000_000
"""Bytes that one coding may hold."""
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
"""Folder -> suffixes and names that may lie in it."""
FORBIDDEN = {"tests", "solutions", "misconceptions", "scripts", "docs"}
"""Folders that never travel, wherever they lie."""

KINDS = {
    "text": mark("text of {what}"),
    "code": mark("code of {what}"),
    "file": mark("{what}"),
    "path": mark("a local path: {what}"),
}


class Blind(RuntimeError):
    """The scanner has nothing to compare with, so it can find nothing."""


@dataclass(frozen=True)
class Leak:
    """One secret in one place."""

    path: str
    """Below the edition; ``""`` is the edition itself."""
    kind: str
    """One of ``KINDS``."""
    what: str
    """Whose text or code it is, or what is wrong with the file."""

    def __str__(self) -> str:
        """One line for the instructor."""
        return f"{self.path or '.'}: {say(KINDS[self.kind], what=self.what)}"


@dataclass
class Report:
    """What was found, and what was looked at."""

    leaks: list[Leak] = field(default_factory=list)
    files: int = 0
    functions: int = 0
    """Of Python code that was compared, wherever it stood."""
    words: int = 0

    def add(self, path: str, kind: str, what: str) -> None:
        """Note a leak, once."""
        leak = Leak(path, kind, what)
        if leak not in self.leaks:
            self.leaks.append(leak)


# --- words ---

ESCAPE = re.compile(r"\\(?:[nrt]|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")


@dataclass(frozen=True)
class Writing:
    """How long a text has to be before it is recognised."""

    sign: re.Pattern[str]
    run: int
    """Signs in a row that make a text recognisable."""
    short: int
    """Signs of the shortest sentence that is recognised as a whole."""


WRITINGS = (
    Writing(re.compile(r"[a-z0-9_]+|\0"), run=12, short=5),
    Writing(re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\0"), run=24, short=14),
)
"""By words, and by Japanese characters; a zero byte ends a text, so that two neighbours do not make up a third."""


def signs(text: str) -> list[tuple[Writing, list[str]]]:
    """A text as words and as characters; escapes in it count as what they stand for."""
    if "\\" in text:
        text = ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)) if match[1] or match[2] else " ", text)
    text = text.lower()
    return [(writing, writing.sign.findall(text)) for writing in WRITINGS]


def runs(text: str) -> Iterator[str]:
    """All runs of signs that would make a text recognisable."""
    for writing, found in signs(text):
        yield from _windows(found, writing.run)


def _windows(found: Sequence[str], length: int) -> Iterator[str]:
    return (" ".join(found[place : place + length]) for place in range(len(found) - length + 1))


def sentence(text: str) -> str | None:
    """A sentence that is too short for a run, as it is compared; None if it is longer, or too short for that, too."""
    for writing, found in signs(text):
        if writing.short <= len(found) < writing.run:
            return " ".join(found)
    return None


def head(short: str) -> str:
    """The first signs of a sentence, as many as the shortest has."""
    parts = short.split(" ")
    return " ".join(parts[: next(writing.short for writing in WRITINGS if writing.sign.match(short))])


def sentences(text: str, heads: Collection[str]) -> Iterator[str]:
    """All that may be such a sentence and begins with one of these heads."""
    for writing, found in signs(text):
        for place, start in enumerate(_windows(found, writing.short)):
            if start in heads:
                for length in range(writing.short, min(writing.run, len(found) - place + 1)):
                    yield " ".join(found[place : place + length])


# --- shapes of code ---

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
Shape = tuple[tuple[str, int], ...]
"""Of the statements of a function: (hash of its form, its nodes)."""
KEPT = frozenset(dir(builtins))
"""Names that nobody can choose otherwise."""


def shape(function: ast.AST, exact: bool = False) -> Shape:
    """The statements of a function at all depths by their form, without docstrings, imports and annotations.

    Args:
        function: of a module or a class, only what stands in no function of it.
        exact: with names and constants; for code whose form alone is nothing special.
    """
    return tuple(_form(node, exact) for node in _statements(function, not isinstance(function, Function)))


def _statements(root: ast.AST, shallow: bool = False) -> Iterator[ast.stmt]:
    for name in ("body", "orelse", "finalbody"):
        inside = getattr(root, name, ())
        for node in inside if isinstance(inside, list) else ():  # a lambda's body is an expression
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
    """What one statement looks like, without the statements inside it."""
    parts: list[str] = []
    waiting: list[ast.AST] = [statement]
    called: set[ast.AST] = set()
    while waiting:
        node = waiting.pop()
        parts.append(type(node).__name__)
        if isinstance(node, ast.Name):
            parts[-1] += f" {node.id}" if exact or node.id in KEPT else ""
        elif isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node not in called  # as of self, whatever it is called
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
    """Nodes of all statements."""
    return sum(nodes for _, nodes in found)


def covered(secret: Shape, by: Shape) -> float:
    """Which share of a secret's nodes lies in statements that the other has, too."""
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
    """Its heaviest statements: whoever has none of them cannot have the share that makes it the same function."""
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
    """One function that must not leave."""

    label: str
    shape: Shape
    exact: Shape | None = None
    """With names and constants, where the form alone is that of something public."""


@dataclass
class Secrets:
    """All that must not leave, of the whole course, whichever exercises an edition holds."""

    runs: dict[str, str] = field(default_factory=dict)
    """Run of words -> whose it is."""
    sentences: dict[str, str] = field(default_factory=dict)
    """The same for whole sentences that are shorter than a run."""
    code: list[Coded] = field(default_factory=list)
    references: int = 0
    checks: int = 0
    misconceptions: int = 0
    given: list[str] = field(default_factory=list)
    """Functions that are public although they stand in a reference or a check: the skeleton gives them."""
    small: list[str] = field(default_factory=list)
    """Functions that are too small to be recognised by their form; their words still are, if there are enough."""

    @functools.cached_property
    def heads(self) -> frozenset[str]:
        """With which signs the sentences begin."""
        return frozenset(map(head, self.sentences))

    @functools.cached_property
    def index(self) -> dict[str, list[int]]:
        """Statement -> which functions are marked by it."""
        found: dict[str, list[int]] = {}
        for number, coded in enumerate(self.code):
            for form in marks(coded.shape):
                found.setdefault(form, []).append(number)
        return found


@functools.cache
def secrets() -> Secrets:
    """Read what is secret from the whole course; once, since nothing of it changes meanwhile.

    Raises:
        Blind: there are no references, no hidden checks or no misconceptions to read.
    """
    reading = _Reading()
    for exercise in syllabus.load():
        if not exercise.planned:
            reading.exercise(exercise.slug)
    found = reading.finished()
    if not (found.references and found.checks and found.misconceptions and found.code):
        raise Blind("no references, hidden checks or misconceptions to compare with")
    return found


@dataclass
class _Reading:
    """Collects what is secret and what is public, and takes the one from the other."""

    found: Secrets = field(default_factory=Secrets)
    texts: list[tuple[str, str]] = field(default_factory=list)
    """(label, text that is secret)."""
    said: dict[str, str] = field(default_factory=dict)
    """Secret strings in English -> label; their translations are secret as well."""
    public: list[str] = field(default_factory=list)
    public_said: set[str] = field(default_factory=set)
    public_code: list[ast.AST] = field(default_factory=list)
    functions: list[tuple[str, ast.AST]] = field(default_factory=list)

    def exercise(self, slug: str) -> None:
        """One exercise: its secrets and what is public of it."""
        self._checks(slug)
        self._reference(slug)
        self._misconceptions(slug)
        fixtures = paths.ROOT / "grader" / "fixtures" / f"{slug}.py"
        for path in (paths.skeleton(slug), fixtures):
            if path.is_file():
                self._publish(path.read_text(encoding="utf-8"))
        for lang in LANGUAGES:
            if (lesson := paths.lesson(slug, lang)).is_file():
                self.public.append(lesson.read_text(encoding="utf-8"))

    def _publish(self, source: str) -> None:
        tree = ast.parse(source)
        self.public.append(source)
        self.public_said |= set(catalogues.strings(tree))
        self.public_code += [node for node in ast.walk(tree) if isinstance(node, Function)]

    def _checks(self, slug: str) -> None:
        source = paths.checks(slug).read_text(encoding="utf-8")
        parts = visible.split(source, "")
        self._publish(parts.visible)
        for node in parts.dropped:
            label = say("a helper of the hidden checks of {slug}", slug=slug)
            if isinstance(node, ast.FunctionDef) and node in parts.secret:
                label = say("the hidden check {name}", name=parts.secret[node])
                self.found.checks += 1
                self.functions.append((label, node))
            elif isinstance(node, ast.ClassDef):
                continue  # its methods come one by one
            self.texts.append((label, _without_docstring(node, source, docstring=True)))
            self.said |= dict.fromkeys(catalogues.strings(node), label)

    def _reference(self, slug: str) -> None:
        source = paths.solution(slug).read_text(encoding="utf-8")
        for name, node in _functions(ast.parse(source)):
            label = say("the reference {name} of {slug}", name=name, slug=slug)
            self.found.references += 1
            self.functions.append((label, node))
            self.texts.append((label, _without_docstring(node, source, docstring=False)))

    def _misconceptions(self, slug: str) -> None:
        for entry in tomllib.loads(paths.misconceptions(slug).read_text(encoding="utf-8")).get("misconception", ()):
            label = say("the misconception {name} of {slug}", name=entry["name"], slug=slug)
            self.found.misconceptions += 1
            edits = [edit["new"] for edit in entry.get("edits", [entry])]
            self.texts += [(label, text) for text in (entry["title"], entry["hint"], *edits)]
            self.said |= dict.fromkeys((entry["title"], entry["hint"]), label)

    def finished(self) -> Secrets:
        """What is secret and in nothing public."""
        self._translations()
        open_runs = {run for text in self.public for run in runs(text)}
        for label, text in self.texts:
            self.found.runs.update((run, label) for run in runs(text) if run not in open_runs)
        for text, label in self.said.items():
            if text not in self.public_said and (short := sentence(text)):
                self.found.sentences[short] = label
        heads = {head(one) for one in self.found.sentences}
        for text in self.public:
            for one in sentences(text, heads):
                self.found.sentences.pop(one, None)
        self._codes()
        return self.found

    def _translations(self) -> None:
        for path in sorted(paths.LOCALE.rglob("*.mo")):
            for key, text in catalogues.messages(path.read_bytes()).items():
                english, translated = key.decode().split("\0")[0], text.decode().replace("\0", "\n")
                if english in self.said and english not in self.public_said:
                    self.texts.append((self.said[english], translated))
                    self.said.setdefault(translated, self.said[english])
                elif english:
                    self.public.append(translated)

    def _codes(self) -> None:
        loose = [(node, known := shape(node), {form for form, _ in known}) for node in self.public_code]
        for label, node in self.functions:
            form = shape(node)
            if weight(form) < MIN_WEIGHT:
                self.found.small.append(label)
                continue
            marked = marks(form)
            alike = [
                other for other, known, forms in loose if not marked.isdisjoint(forms) and covered(form, known) >= SHARE
            ]
            precise = shape(node, exact=True) if alike else None
            if precise and any(covered(precise, shape(other, exact=True)) >= SHARE for other in alike):
                self.found.given.append(label)
            else:
                self.found.code.append(Coded(label, form, precise))


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (*Function, ast.ClassDef)):
            name = f"{prefix}{node.name}"
            if isinstance(node, Function):
                yield name, node
            yield from _functions(node, f"{name}.")


def _without_docstring(node: ast.stmt, source: str, *, docstring: bool) -> str:
    """The lines of a statement; of a function, without its head, and with its docstring if that is wanted."""
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
        place: what is about to be handed out.
        known: what must not be in it.

    Raises:
        Blind: nothing in it could be looked at.
    """
    report = Report()
    entries = _of_zip(place, report) if place.is_file() else _of_folder(place, report)
    search = _Search(known, report)
    for name, content in sorted(entries.items()):
        report.files += 1
        _judge_name(name, content, report)
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
    """Whether a file of this name, beginning like this, may be in an edition."""
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
class _Search:
    """Compares files with what is secret."""

    known: Secrets
    report: Report

    def __post_init__(self) -> None:
        self.machine = {
            path for path in (str(paths.ROOT), str(Path.home()), os.path.realpath(paths.ROOT)) if len(path) > 2
        }

    def file(self, name: str, content: bytes) -> None:
        """One file."""
        text = _text(content)
        for path in sorted(self.machine):
            if re.search(rf"(?<![\w/.-]){re.escape(path)}(?![\w.-])", text):
                self.report.add(name, "path", path)
        suffix = PurePosixPath(name).suffix
        tree = _parsed(text) if suffix == ".py" else None
        if suffix == ".py" and tree is None:
            self.report.add(name, "file", say("Python code that does not parse"))
        if tree is not None:
            self._compare(name, tree)
        for snippet in _snippets(text, tree, suffix):
            if (inner := _parsed(snippet)) is not None:
                self._compare(name, inner)
        self._words(name, text)
        if tree is not None:  # a sentence in pieces, as Python joins them
            self._words(name, "\0".join(catalogues.strings(tree)))
        for hidden in _decoded(text, DEPTH):
            self._words(name, hidden)
            if (inner := _parsed(hidden)) is not None:
                self._compare(name, inner)

    def _words(self, name: str, text: str) -> None:
        for _, found in signs(text):
            self.report.words += len(found)
        for run in runs(text):
            if label := self.known.runs.get(run):
                self.report.add(name, "text", label)
        for one in sentences(text, self.known.heads):
            if label := self.known.sentences.get(one):
                self.report.add(name, "text", label)

    def _compare(self, name: str, tree: ast.Module) -> None:
        units = [node for node in ast.walk(tree) if isinstance(node, (*Function, ast.ClassDef, ast.Module))]
        for unit in units:
            self.report.functions += isinstance(unit, Function)
            form = shape(unit)
            near = {number for one, _ in form for number in self.known.index.get(one, ())}
            for secret in (self.known.code[number] for number in near):
                if covered(secret.shape, form) >= SHARE and (
                    secret.exact is None or covered(secret.exact, shape(unit, exact=True)) >= SHARE
                ):
                    self.report.add(name, "code", secret.label)


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    if content[1:2] == b"\0":
        return content.decode("utf-16-le", "replace")
    return content.decode("utf-8-sig", "replace")


def _parsed(source: str) -> ast.Module | None:
    """The text as Python, if it is some."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\\d" in code that is not ours
        try:
            return ast.parse(textwrap.dedent(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


FENCED = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n(.*?)^ *\2", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^(?: {4}|\t)[^\n]*\n(?:[ \t]*\n)*)+", re.MULTILINE)
COMMENTS = re.compile(r"(?:^[ \t]*#[^\n]*\n)+", re.MULTILINE)
PROMPT = re.compile(r"^ *(?:>>>|\.\.\.) ?", re.MULTILINE)


def _snippets(text: str, tree: ast.Module | None, suffix: str) -> Iterator[str]:
    """What may be code in a file of any kind, beside the file itself."""
    if tree is not None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)) and len(node.value) > 40:
                yield node.value if isinstance(node.value, str) else node.value.decode("utf-8", "replace")
        yield from (re.sub(r"^[ \t]*# ?", "", block, flags=re.MULTILINE) for block in COMMENTS.findall(text + "\n"))
    elif suffix == ".toml":
        try:
            yield from _strings_in(tomllib.loads(text))
        except tomllib.TOMLDecodeError:
            return
    elif suffix in (".json", ".ipynb"):
        try:
            yield from _strings_in(json.loads(text))
        except ValueError:
            return
    else:
        for match in FENCED.finditer(text):
            yield _prompted(match[3])
        yield from (_prompted(block) for block in INDENTED.findall(text + "\n"))


def _prompted(block: str) -> str:
    """Code without the prompts of a session and what was printed in it."""
    if ">>>" not in block:
        return block
    return "\n".join(PROMPT.sub("", line) for line in block.splitlines() if PROMPT.match(line))


def _strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings_in(inner)
    elif isinstance(value, list):
        if value and all(isinstance(inner, str) for inner in value):
            yield "".join(value)  # the lines of a cell
        for inner in value:
            yield from _strings_in(inner)


BASE64 = re.compile(
    r"[A-Za-z0-9+/_-]{20,}(?:[\s\"'\\,+]{1,16}[A-Za-z0-9+/_-]{20,})*(?:[\s\"']{1,16}[A-Za-z0-9+/_-]+)?={0,2}"
)
HEX = re.compile(r"(?:[0-9a-fA-F]{2}){20,}(?:[\s\"'\\,]{1,16}(?:[0-9a-fA-F]{2})+)*")


def _decoded(text: str, depth: int) -> Iterator[str]:
    """Texts that stand in this one as base64 or hexadecimal digits, compressed or not, and in those."""
    if not depth:
        return
    for content in _opened(text):
        inner = _inflated(content)
        shown = _text(inner)
        if shown.isprintable() or sum(sign.isprintable() or sign in "\n\t\r" for sign in shown) > 0.9 * len(shown):
            yield shown
            yield from _decoded(shown, depth - 1)


def _opened(text: str) -> Iterator[bytes]:
    for match in HEX.finditer(text):
        try:
            yield bytes.fromhex("".join(re.findall(r"[0-9a-fA-F]", match[0])))
        except ValueError:
            continue
    for match in BASE64.finditer(text):
        digits = re.sub(r"[^A-Za-z0-9+/_-]", "", match[0]).translate(str.maketrans("-_", "+/"))
        try:
            yield base64.b64decode(digits[: len(digits) - (len(digits) % 4 == 1)] + "==")
        except (binascii.Error, ValueError):
            continue


def _inflated(content: bytes) -> bytes:
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # zlib and gzip by their heads; else without one
        if bits > 0 and content[:1] not in (b"\x78", b"\x1f"):
            continue
        try:
            return zlib.decompressobj(bits).decompress(content, MAX_DECODED)
        except zlib.error:
            continue
    return content
