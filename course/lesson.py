"""A lesson as text, and the graduated hints that stand at its end.

The last top-level section of a lesson is ``## Hints``: under it one ``### function`` after the other, each with a
numbered list that goes from vague to concrete. ``course read`` shows everything above it, ``course hint`` one item at
a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course import paths

HEADINGS = ("Hints", "ヒント")
PICTURE = re.compile(r"!\[[^]]*\]\(([^)\s]+)\)")
ITEM = re.compile(r"(\d+)[.)]\s+(.*)")


@dataclass(frozen=True)
class Lesson:
    """One lesson."""

    text: str
    """Markdown without the hints."""
    hints: dict[str, tuple[str, ...]]
    """Heading of the hints section -> its items in Markdown, in order."""
    lang: str
    """The language it is written in, which may not be the one that was asked for."""

    pictures: tuple[Path, ...] = ()
    """That the text shows, in its order."""

    def hints_for(self, function: str) -> tuple[str, ...]:
        """The hints on one function; a heading may name several (``### lora_state_dict, load_lora_state_dict``)."""
        for heading, items in self.hints.items():
            if function in re.findall(r"\w+", heading):
                return items
        for heading, items in self.hints.items():  # a group of checks may be called by what its functions share
            if any(word.startswith(function) for word in re.findall(r"\w+", heading)):
                return items
        return ()


def find(slug: str, lang: str) -> Path | None:
    """The lesson in this language, else in English, else None."""
    for candidate in (paths.lesson(slug, lang), paths.lesson(slug)):
        if candidate.is_file():
            return candidate
    return None


def load(slug: str, lang: str) -> Lesson | None:
    """Read the lesson of an exercise; None if it is not written yet."""
    path = find(slug, lang)
    if path is None:
        return None
    text, hints = split(path.read_text(encoding="utf-8"))
    pictures = tuple((path.parent / name).resolve() for name in PICTURE.findall(text))
    return Lesson(text=text, hints=hints, lang=path.parent.name, pictures=pictures)


def split(markdown: str) -> tuple[str, dict[str, tuple[str, ...]]]:
    r"""Part a lesson into what is read and what is asked for.

    >>> split("# LoRA\n\nText.\n\n## Hints\n\n### merge\n\n1. Vague.\n2. Less\n   so.\n")
    ('# LoRA\n\nText.\n', {'merge': ('Vague.', 'Less\nso.')})
    """
    body: list[str] = []
    hints: dict[str, list[list[str]]] = {}
    section = heading = ""
    for line, fenced in _lines(markdown):
        if not fenced and line.startswith("## "):
            section = line[3:].strip()
        if section not in HEADINGS:
            body.append(line)
        elif not fenced and line.startswith("### "):
            heading = line[4:].strip()
            hints[heading] = []
        elif heading:
            if not fenced and (match := ITEM.match(line)):
                hints[heading].append([match[2]])
            elif hints[heading]:
                hints[heading][-1].append(line)
    items = {name: tuple(_dedent(lines) for lines in found) for name, found in hints.items()}
    return "\n".join(body).rstrip() + "\n", items


def _lines(markdown: str) -> Iterator[tuple[str, bool]]:
    """Every line, and whether it stands inside a fenced block, where ``## x`` is a comment."""
    fenced = False
    for line in markdown.splitlines():
        fence = line.lstrip().startswith(("```", "~~~"))
        yield line, fenced or fence
        fenced ^= fence


def _dedent(lines: list[str]) -> str:
    """An item of a list as a text of its own: its continuation lines lose their common indentation."""
    rest = lines[1:]
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return "\n".join([lines[0], *(line[margin:] for line in rest)]).strip()
