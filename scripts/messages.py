"""Update the gettext catalogues: collect sentences from the code into .po files, and compile these to .mo files.

    python -m scripts.messages        the same as make messages

English is in the code, and the catalogues follow it: a new sentence is added without a translation, a removed one is
removed from the catalogue, and a changed one keeps its translation marked as fuzzy, which is not shown until a
translator has checked it and removed the mark. There is one catalogue for each room (``ROOMS``). Only this module
needs Babel; the course reads the .mo files, which are committed, with the standard library.
"""

from __future__ import annotations

import ast
import functools
import inspect
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from course import paths, syllabus, text
from course.compat import tomllib

KEYWORDS = {"say": None, "mark": None, "say_many": (1, 2), "mark_many": (1, 2), "Contract": None}
"""Functions of ``course.text``, and a fixture's ``Contract`` -> their arguments that are sentences."""
MESSAGES = {"true": 1, "remark": 0, "close": 2, "equal": 2, "shape": 2, "differs": 2, "raises": 1}
"""Functions of ``grader.judge.expect`` -> their argument that is text from the check."""
SPOKEN = ("hint", "message", "what")
"""Parameters that take a sentence, or the name of a quantity."""
WHEN = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""The date in every header: a catalogue changes only when its sentences do."""
HEADER = "# Written by: make messages. Fill in or correct msgstr, then run it again."

Found = tuple[int, str | None, str | tuple[str, ...], list[str]]
"""Result of a Babel extractor: line, function, sentences, comments."""
Extractor = Callable[..., Iterator[Found]]


def from_code(
    file: BinaryIO, keywords: Collection[str], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield sentences in calls of ``say`` and related functions, help of options, docstrings of commands."""
    for node in in_order(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = called(node)
            if name in keywords:
                both = tuple(map(constant, node.args[:2]))
                for sentence in [both] if name in ("say_many", "mark_many") else alternatives(node.args[0]):
                    yield node.lineno, name, sentence, []
            elif name == "option":
                for keyword in node.keywords:
                    if keyword.arg == "help" and (sentence := constant(keyword.value)):
                        yield keyword.value.lineno, None, sentence, []
            elif name == "Sentence":  # id, pattern, and the sentences about such a crash (grader/judge/crashes.py)
                for sentence in filter(None, map(constant, node.args[2:])):
                    yield node.lineno, None, sentence, []
        elif isinstance(node, ast.FunctionDef) and any(
            called(one) in ("command", "group") for one in node.decorator_list
        ):
            yield node.lineno, None, inspect.cleandoc(ast.get_docstring(node, clean=False) or ""), []


def from_templates(
    file: BinaryIO, keywords: Collection[str], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield sentences of the HTML templates."""
    yield from babel_extract(file, list(keywords), list(tags), {"trimmed": "no", "silent": "no"})


def from_checks(
    file: BinaryIO, keywords: Collection[str], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield titles of checks, and hints, messages and remarks passed to expectations."""
    tree = ast.parse(file.read())
    for node in in_order(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("check_"):
            yield node.lineno, None, " ".join((ast.get_docstring(node) or "").split()), []
        if isinstance(node, ast.Call) and called(node) in keywords:
            for sentence in alternatives(node.args[0]):
                yield node.lineno, None, sentence, []
        if isinstance(node, ast.FunctionDef):
            for given in expectations(node, tree):
                for sentence in filter(in_words, alternatives(given)):
                    yield given.lineno, None, sentence, []


def from_misconceptions(
    file: BinaryIO, keywords: Collection[str], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield titles and hints, in the order of the file."""
    for entry in tomllib.loads(file.read().decode())["misconception"]:
        for key in ("title", "hint"):
            if key in entry:
                yield 0, None, entry[key], [entry["name"]]


def from_syllabus(
    file: BinaryIO, keywords: Collection[str], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield titles of the exercises, in order."""
    for entry in tomllib.loads(file.read().decode())["exercise"]:
        yield 0, None, entry["title"], []


def in_order(tree: ast.AST) -> list[ast.AST]:
    """Return all nodes in the order of the source."""
    return sorted(ast.walk(tree), key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))


def called(node: ast.expr) -> str | None:
    """Return the last name in a called expression: ``say`` for ``text.say(...)``."""
    if not isinstance(node, ast.Call):
        return None
    return getattr(node.func, "id", None) or getattr(node.func, "attr", None)


def constant(node: ast.expr) -> str:
    """Return a literal sentence; an empty string for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def alternatives(node: ast.expr) -> list[str]:
    """Return the literal sentences that an expression chooses between."""
    if isinstance(node, ast.IfExp):
        return alternatives(node.body) + alternatives(node.orelse)
    return [sentence] if (sentence := constant(node)) else []


def in_words(sentence: str) -> bool:
    """Return whether there is something to translate, unlike in ``lora_params`` or ``A``."""
    return " " in sentence or ("_" not in sentence and re.search("[a-z]{3}", sentence) is not None)


def expectations(function: ast.FunctionDef, module: ast.Module) -> Iterator[ast.expr]:
    """Yield the hints, messages and remarks in a function of a check file.

    A name stands for its value in the function or, failing that, the module. A hint or a message can also be passed by
    position to a function of the file.
    """
    places = own_places(module)
    for node in in_order(function):
        if not isinstance(node, ast.Call):
            continue
        name = called(node) or ""
        passed = [place for place in places.get(name, ()) if place < len(node.args)]
        given = [keyword.value for keyword in node.keywords if keyword.arg in SPOKEN]
        if passed and (name in MESSAGES or not given):  # of namesakes, the one with this many parameters
            given.insert(0, node.args[passed[-1]])
        for value in given:
            if isinstance(value, ast.Name):
                yield from assigned(value.id, function) or assigned(value.id, module)
            else:
                yield value


@functools.lru_cache(maxsize=1)
def own_places(module: ast.Module) -> dict[str, list[int]]:
    """Return function -> positions of arguments that are sentences, for functions of ``expect`` and of the file."""
    places = {name: [place] for name, place in MESSAGES.items()}
    for scope in ast.walk(module):
        for node in scope.body if isinstance(scope, (ast.Module, ast.ClassDef)) else ():
            if isinstance(node, ast.FunctionDef):
                names = [one.arg for one in node.args.posonlyargs + node.args.args]
                own = names[1:] if isinstance(scope, ast.ClassDef) and names[:1] == ["self"] else names
                called_by = scope.name if isinstance(scope, ast.ClassDef) and node.name == "__init__" else node.name
                if found := [place for place, name in enumerate(own) if name in SPOKEN]:
                    places[called_by] = sorted({*places.get(called_by, []), *found})
    return places


@functools.lru_cache(maxsize=4096)
def assigned(name: str, scope: ast.AST) -> list[ast.expr]:
    """Return the values bound to a name by plain assignments, and by loops over literal tuples."""
    found = [
        node.value
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
    ]
    for node in ast.walk(scope):
        if not (isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.iter, (ast.Tuple, ast.List))):
            continue
        names = [getattr(one, "id", None) for one in getattr(node.target, "elts", [node.target])]
        for row in node.iter.elts if name in names else ():
            cells = row.elts if isinstance(row, ast.Tuple) else [row]
            if len(cells) == len(names) and " " in ast.unparse(cells[names.index(name)]):  # one word is no sentence
                found.append(cells[names.index(name)])
    return found


def slugs() -> list[str]:
    """Return the slugs of the exercises that are written."""
    return [exercise.slug for exercise in syllabus.load() if not exercise.planned]


ROOMS: dict[str, tuple[Extractor, Callable[[], list[Path]]]] = {
    "syllabus": (from_syllabus, lambda: [paths.SYLLABUS]),
    "course": (from_code, lambda: sorted(paths.COURSE.rglob("*.py"))),
    "recipes": (from_code, lambda: sorted((paths.ROOT / "solutions" / "recipes").rglob("*.py"))),
    "pages": (from_templates, lambda: sorted(paths.COURSE.glob("classroom/templates/*.html"))),
    "grader": (
        from_code,
        lambda: [path for path in sorted((paths.ROOT / "grader").rglob("*.py")) if path.parent.name != "checks"],
    ),
    "checks": (from_checks, lambda: [paths.checks(slug) for slug in slugs()]),
    "misconceptions": (from_misconceptions, lambda: [paths.misconceptions(slug) for slug in slugs()]),
}
"""Catalogue -> the extractor of its sentences, and the files."""


def template(room: str) -> Catalog:
    """Return all sentences of a room, without translations."""
    extractor, files = ROOMS[room]
    found = Catalog(creation_date=WHEN)
    for path in files():
        with path.open("rb") as file:
            for _, sentence, comments, context in extract(extractor, file, KEYWORDS):
                found.add(
                    sentence,
                    locations=[(path.relative_to(paths.ROOT).as_posix(), None)],
                    auto_comments=comments,
                    context=context,
                )
    return found


def catalogue(room: str, lang: str) -> Catalog:
    """Return the sentences of a room with their translations from the committed catalogue."""
    file = path(room, lang)
    if file.exists():
        with file.open("rb") as opened:
            known = read_po(opened, locale=lang)
    else:
        known = Catalog(locale=lang)
    known.update(template(room), update_creation_date=False)
    known.header_comment, known.project, known.version = HEADER, "transformers-course", room
    known.creation_date = known.revision_date = WHEN
    known.last_translator, known.language_team, known.msgid_bugs_address = "", lang, ""
    known.fuzzy = False
    return known


def path(room: str, lang: str) -> Path:
    """Return the path of a room's .po file; the compiled one is next to it."""
    return paths.LOCALE / lang / "LC_MESSAGES" / f"{room}.po"


def written(known: Catalog) -> tuple[bytes, bytes]:
    """Return the .po and the .mo file of a catalogue."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, known, width=100, ignore_obsolete=True, include_lineno=False)
    write_mo(mo, known)
    return po.getvalue(), mo.getvalue()


def untranslated(known: Catalog) -> list[str]:
    """Return the sentences that are still shown in English."""
    left = []
    for message in known:
        forms = [message.string] if isinstance(message.string, str) else message.string or [""]
        if message.id and (message.fuzzy or not all(forms)):
            left.append(message.id if isinstance(message.id, str) else message.id[0])
    return left


def main() -> None:
    """Write all catalogues, and print what is left to translate."""
    for lang in text.LANGUAGES[1:]:
        for room in ROOMS:
            known = catalogue(room, lang)
            file = path(room, lang)
            file.parent.mkdir(parents=True, exist_ok=True)
            po, mo = written(known)
            file.write_bytes(po)
            file.with_suffix(".mo").write_bytes(mo)
            print(f"{lang} {room}: {len(known)} sentences, {len(untranslated(known))} without a translation")


if __name__ == "__main__":
    main()
