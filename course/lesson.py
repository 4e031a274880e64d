"""Parse a lesson: its text, the answers to its questions, and graduated hints.

A lesson asks a question as ``> **Question 2.** ...`` at the relevant place; the numbered list under ``## Answers``
gives the answers. The last top-level section is ``## Hints``: one ``### function`` after the other, each with
a numbered list that goes from vague to concrete. ``course read`` shows everything else, ``course read --answers`` every
question with its answer, ``course hint`` one hint at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course import paths

INTRO = "intro"
"""The lesson before the first exercise, which has no exercise of its own."""
HINTS = ("Hints", "ヒント")
ANSWERS = ("Answers", "解答")
QUESTION = re.compile(r"\*\*(?:Question|問) ?(\d+)[.。]\*\*")
PICTURE = re.compile(r"!\[[^]]*\]\(([^)\s]+)\)")
ITEM = re.compile(r"(\d+)[.)]\s+(.*)")


@dataclass(frozen=True)
class Lesson:
    """One lesson."""

    text: str
    """Markdown without answers and hints."""
    hints: dict[str, tuple[str, ...]]
    """Heading of the hints section -> its items in Markdown, in order."""
    lang: str
    """Language of the lesson, which can differ from the requested one."""

    pictures: tuple[Path, ...] = ()
    """Pictures in the text, in order."""
    answers: tuple[str, ...] = ()
    """Answers to the questions, in Markdown, in order."""

    @property
    def title(self) -> str:
        """Return the title in the first line."""
        return self.text.partition("\n")[0].lstrip("# ")

    def answered(self, part: str | None = None) -> str:
        """Return the questions with their answers, in Markdown; with ``part``, only those in that part of the text."""
        asked = questions(self.text)
        here = asked if part is None else questions(part)
        return "\n\n".join(
            f"{asked[number]}\n\n{answer}" for number, answer in enumerate(self.answers, start=1) if number in here
        )

    def about(self, function: str) -> str | None:
        """Return the part of the text that teaches a function, in Markdown; None if no part names it.

        It is the part that names the function most often, or the first of several; for a subsection, it includes the
        beginning of the section that contains it.
        """
        sections = _parts(self.text, "## ")
        named = re.compile(rf"(?<![\w.]){re.escape(function)}(?!\w)")
        pieces = [(section, part) for section in sections[1:] for part in _parts(section, "### ")]
        section, part = max(pieces, key=lambda piece: len(named.findall(piece[1])), default=("", ""))
        if not named.search(part):
            return None
        return section if section.startswith(part) else f"{_parts(section, '### ')[0]}\n{part}"

    def hints_for(self, function: str) -> tuple[str, ...]:
        """Return a function's hints; a heading can name several (``### lora_state_dict, load_lora_state_dict``)."""
        for heading, items in self.hints.items():
            if function in re.findall(r"\w+", heading):
                return items
        for heading, items in self.hints.items():  # a group of checks can be named after its functions' common part
            if any(word.startswith(function) for word in re.findall(r"\w+", heading)):
                return items
        return ()


def find(slug: str, lang: str) -> Path | None:
    """Return the lesson in this language, otherwise in English, otherwise None."""
    for candidate in (paths.lesson(slug, lang), paths.lesson(slug)):
        if candidate.is_file():
            return candidate
    return None


def load(slug: str, lang: str) -> Lesson | None:
    """Read the lesson of an exercise; None if it has not been written yet."""
    path = find(slug, lang)
    if path is None:
        return None
    text, answers, hints = split(path.read_text(encoding="utf-8"))
    pictures = tuple((path.parent / name).resolve() for name in PICTURE.findall(text))
    return Lesson(text=text, hints=hints, lang=path.parent.name, pictures=pictures, answers=answers)


def split(markdown: str) -> tuple[str, tuple[str, ...], dict[str, tuple[str, ...]]]:
    r"""Split a lesson into its text, the answers to its questions, and the hints.

    >>> split("# LoRA\n\nText.\n\n## Answers\n\n1. No.\n\n## Hints\n\n### merge\n\n1. Vague.\n2. Less\n   so.\n")
    ('# LoRA\n\nText.\n', ('No.',), {'merge': ('Vague.', 'Less\nso.')})
    """
    body: list[str] = []
    answers: list[list[str]] = []
    hints: dict[str, list[list[str]]] = {}
    section = heading = ""
    for line, fenced in _lines(markdown):
        if not fenced and line.startswith("## "):
            section, heading = line[3:].strip(), ""
        if section in ANSWERS:
            _collect(answers, line, fenced)
        elif section not in HINTS:
            body.append(line)
        elif not fenced and line.startswith("### "):
            heading = line[4:].strip()
            hints[heading] = []
        elif heading:
            _collect(hints[heading], line, fenced)
    items = {name: tuple(_dedent(lines) for lines in found) for name, found in hints.items()}
    return "\n".join(body).rstrip() + "\n", tuple(_dedent(lines) for lines in answers), items


def _parts(markdown: str, mark: str) -> list[str]:
    r"""Return the text before the first heading of a level, then each heading with the text below it.

    >>> _parts("a\n## b\nc\n## d\n", "## ")
    ['a\n', '## b\nc\n', '## d\n']
    """
    parts: list[list[str]] = [[]]
    for line, fenced in _lines(markdown):
        if not fenced and line.startswith(mark):
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(lines) + "\n" for lines in parts]


def questions(markdown: str) -> dict[int, str]:
    r"""Return number -> question, as a Markdown block quote.

    >>> questions("Why?\n\n> **Question 1.** Why\n> not?\n\nBecause.\n")
    {1: '> **Question 1.** Why\n> not?'}
    """
    found: dict[int, list[str]] = {}
    number = None
    for line, fenced in _lines(markdown):
        if fenced or not line.startswith(">"):
            number = None
        elif match := QUESTION.match(line.lstrip("> ")):
            number = int(match[1])
            found[number] = []
        if number is not None:
            found[number].append(line)
    return {number: "\n".join(lines) for number, lines in found.items()}


def _collect(items: list[list[str]], line: str, fenced: bool) -> None:
    """Add one more line of a numbered list."""
    if not fenced and (match := ITEM.match(line)):
        items.append([match[2]])
    elif items:
        items[-1].append(line)


def _lines(markdown: str) -> Iterator[tuple[str, bool]]:
    """Yield every line, and whether it is inside a fenced block, where ``## x`` is a comment."""
    fenced = False
    for line in markdown.splitlines():
        fence = line.lstrip().startswith(("```", "~~~"))
        yield line, fenced or fence
        fenced ^= fence


def _dedent(lines: list[str]) -> str:
    """Return an item of a list as a separate text: its continuation lines lose their common indentation."""
    rest = lines[1:]
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return "\n".join([lines[0], *(line[margin:] for line in rest)]).strip()
