"""``--only``: from what a reader calls a check to what the grader calls it.

The names are read from the check file's syntax tree; importing it would import torch. A reader may use every name that
a report or the syllabus shows: a function (``lora_state_dict``), the group it is checked in, a check's id
(``lora_state_dict.small``), the part behind the dot, or its title; and whole words that several functions share
(``lora_state``). A heading may be copied as it is printed: ``inject_lora, continued``.
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
"""Of the methods that are checks."""
BONUS, CONTINUED = mark("{function} (bonus)"), mark("{function}, continued")
"""How a report heads the checks of a function of the bonus, and those of a function that comes back."""
SYMBOL = re.compile(r"(?:[^\w\s(]|[xoTM]) +")
"""Before a line of a report."""
FIGURES = re.compile(r" {2,}.*| +\d+/\d+$")
"""Behind it: how many checks there are, what became of them, their points."""


@dataclass(frozen=True)
class Selection:
    """The names of one exercise."""

    names: dict[str, tuple[str, ...]]
    """As a reader writes it -> ids and groups as the grader knows them; a function may be checked in several groups."""

    def resolve(self, wanted: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the grader is to be asked for, and what nobody knows."""
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
        """The groups whose name holds these words: ``lora_state`` means saving and loading."""
        groups = dict.fromkeys(name for ids in self.names.values() for name in ids if "." not in name)
        return tuple(name for name in groups if words and f"_{words}_" in f"_{_fold(name)}_")

    def nearest(self, name: str) -> list[str]:
        """Names that may have been meant, the likeliest first."""
        folded = {_fold(key): key for key in self.names}
        close = difflib.get_close_matches(_fold(name), folded, n=3)
        return [folded[key] for key in close]


def bare(line: str) -> str:
    """What a heading or a line of a report is about, without what is printed around it.

    >>> bare("inject_lora, continued"), bare("  ✓ DoRALinear (bonus)  2 checks          4/4")
    ('inject_lora', 'DoRALinear')
    """
    text = re.sub(r"\s*\n\s*", " ", line.strip())  # a title that was too long for one line
    text = FIGURES.sub("", text[found.end() :] if (found := SYMBOL.match(text)) else text)
    return _without_additions(text).strip()


def _without_additions(names: str) -> str:
    """Functions, separated by commas or not, without ``(bonus)`` and ``, continued``."""
    for sentence in (CONTINUED, BONUS):
        for said in dict.fromkeys((sentence, translated(sentence))):
            addition = re.escape(said.format(function="").strip())
            names = re.sub(rf"\s*{addition}(?=\s*(?:,|$))", "", names)
    return names


def _fold(name: str) -> str:
    """Without what nobody types twice alike: capitals, blanks, brackets behind a function, the full stop of a title."""
    return " ".join(name.casefold().split()).removesuffix("()").rstrip(".")


def load(slug: str) -> Selection | None:
    """The names of an exercise's checks; None if its check file cannot be read."""
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
        if name not in primary:  # what a function is called comes first; two checks may be called alike
            names.setdefault(name, []).append(check_id)
    return {name: tuple(dict.fromkeys(ids)) for name, ids in names.items()}


def _attributes(node: ast.ClassDef) -> tuple[str | None, Sequence[str]]:
    """``function`` and ``names`` of a class of checks."""
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
    """What a report calls it: its title in English and in the reader's language."""
    title = " ".join((ast.get_docstring(method) or "").split())
    return list(dict.fromkeys((title, translated(title)))) if title else []
