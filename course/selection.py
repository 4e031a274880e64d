"""``--only``: convert the names that a reader uses for checks to the grader's ids.

The names are read from the check file's syntax tree; importing it would import torch. A reader can use every name in
a report or the syllabus: a function (``lora_state_dict``), the group it is checked in, a check's id
(``lora_state_dict.small``), the part after the dot, or its title; and whole words that several functions share
(``lora_state``). A heading can be copied as printed: ``inject_lora, continued``.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from course import paths
from course.text import mark, translated

PREFIX = "check_"
"""Prefix of the methods that are checks."""
BONUS, CONTINUED = mark("{function} (bonus)"), mark("{function}, continued")
"""Headings in a report: checks of a bonus function, and further checks of a function that already had a heading."""
SYMBOL = re.compile(r"(?:[^\w\s(]|[xoTM]) +")
"""Symbol at the beginning of a report line."""
FIGURES = re.compile(r" {2,}.*| +\d+/\d+$")
"""End of a report line: number of checks, outcome, points."""


@dataclass(frozen=True)
class Selection:
    """The names of one exercise's checks."""

    names: dict[str, tuple[str, ...]]
    """Name as a reader writes it -> the grader's ids and groups; a function can be checked in several groups."""

    def resolve(self, wanted: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the ids to ask the grader for, and the names that are unknown."""
        found: dict[str, None] = {}
        unknown: list[str] = []
        for name in wanted:
            parts = [name]
            if not self._get(name) and not self._get(bare(name)):
                parts = [part for part in _without_additions(name).split(",") if part.strip()] or parts
            for part in parts:
                known = self._get(part) or self._get(bare(part))
                found |= dict.fromkeys(known)
                if not known:
                    unknown.append(part.strip())
        return tuple(found), tuple(unknown)

    def _get(self, name: str) -> tuple[str, ...]:
        folded = _fold(name)
        exact = self.names.get(name.strip()) or next(
            (value for key, value in self.names.items() if _fold(key) == folded), ()
        )
        return exact or self._family(folded)

    def _family(self, words: str) -> tuple[str, ...]:
        """Return the groups whose name contains these words: ``lora_state`` means saving and loading."""
        groups = dict.fromkeys(name for ids in self.names.values() for name in ids if "." not in name)
        return tuple(name for name in groups if words and f"_{words}_" in f"_{_fold(name)}_")

    def nearest(self, name: str) -> list[str]:
        """Return names that may have been meant, likeliest first."""
        folded = {_fold(key): key for key in self.names}
        close = difflib.get_close_matches(_fold(name), folded, n=3)
        return [folded[key] for key in close]


def bare(line: str) -> str:
    """Return the name in a heading or a report line, without the symbols and figures printed around it.

    >>> bare("inject_lora, continued"), bare("  ✓ DoRALinear (bonus)  2 checks          4/4")
    ('inject_lora', 'DoRALinear')
    """
    text = re.sub(r"\s*\n\s*", " ", line.strip())  # a title too long for one line
    text = FIGURES.sub("", text[found.end() :] if (found := SYMBOL.match(text)) else text)
    return _without_additions(text).strip()


def _without_additions(names: str) -> str:
    """Return function names, with or without commas between them, without ``(bonus)`` and ``, continued``."""
    for sentence in (CONTINUED, BONUS):
        for said in dict.fromkeys((sentence, translated(sentence))):
            addition = re.escape(said.format(function="").strip())
            names = re.sub(rf"\s*{addition}(?=\s*(?:,|$))", "", names)
    return names


def _fold(name: str) -> str:
    """Normalise a name: ignore case, blanks, brackets after a function, and the full stop of a title."""
    return " ".join(name.casefold().split()).removesuffix("()").rstrip(".")


def load(slug: str) -> Selection | None:
    """Return the names of an exercise's checks; None if its check file cannot be read."""
    try:
        return Selection(_names(ast.parse(paths.checks(slug).read_text(encoding="utf-8"))))
    except (OSError, SyntaxError, ValueError):
        return None


def _names(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    later: list[tuple[str, str]] = []
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        group, functions = _attributes(node)
        if not group:
            continue
        for name in (group, *functions):
            names.setdefault(name, []).append(group)
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and method.name.startswith(PREFIX) and method.decorator_list:
                short = method.name.removeprefix(PREFIX)
                names.setdefault(f"{group}.{short}", []).append(f"{group}.{short}")
                later += [(title, f"{group}.{short}") for title in (short, *_titles(method))]
    primary = set(names)
    for name, check_id in later:
        if name not in primary:  # function names take precedence; two checks can have the same name
            names.setdefault(name, []).append(check_id)
    return {name: tuple(dict.fromkeys(ids)) for name, ids in names.items()}


def _attributes(node: ast.ClassDef) -> tuple[str | None, Sequence[str]]:
    """Return ``function`` and ``names`` of a class of checks."""
    group: str | None = None
    functions: Sequence[str] = ()
    for statement in node.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            name = target.id if isinstance(target, ast.Name) else None
            if name == "function":
                group = str(ast.literal_eval(statement.value))
            elif name == "names":
                functions = tuple(str(item) for item in ast.literal_eval(statement.value))
    return group, functions


def _titles(method: ast.FunctionDef) -> list[str]:
    """Return a check's title in English and in the reader's language."""
    title = " ".join((ast.get_docstring(method) or "").split())
    return list(dict.fromkeys((title, translated(title)))) if title else []
