"""Scaffold an exercise in every room: ``make new slug=x``, or ``python -m scripts.new x``.

An exercise that the syllabus announces (``state = "planned"``) becomes ready; another slug gets a new entry at the end.
The result works at once and teaches nothing: every function multiplies by its own number. Replace it function by
function, and run ``make skeletons``, ``make messages`` and ``make check`` in between; the guards say which place was
forgotten.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

from course import paths, syllabus
from course.classroom import skeletons

NEW_ENTRY = """
[[exercise]]
slug = "{slug}"
title = "{title}"
functions = ["{slug}_example"]
preloads = ["torch"]
points = 3
minutes = 15
"""

LESSON = {
    "en": """\
# {title}

TODO: the idea in one paragraph, then a picture.

## Sources

TODO: author, year, title, address; the section that holds the claim.

## Hints
""",
    "ja": """\
# {title}

TODO: 考え方を一段落で。続けて図。

## 出典

TODO: 著者、年、題名、アドレス、主張が書かれている節。

## Hints
""",
}
HINTS = {
    "en": """
### {name}

1. Read the docstring once more: what does one value become?
2. No loop is needed: an operation on a tensor acts on every value.
3. The operation is a multiplication, the number stands in the docstring.
""",
    "ja": """
### {name}

1. docstring をもう一度読みましょう。値ひとつは何になりますか。
2. ループは要りません。テンソルの演算はすべての値に働きます。
3. 演算は掛け算で、数は docstring に書いてあります。
""",
}

MODULE = '''\
"""{title}. Lesson: `course read {slug}`.

TODO: the letters of the shapes, and the sources.
"""

import torch
{imports}'''

FUNCTION = '''

def {name}(values: torch.Tensor) -> torch.Tensor:
    """Multiply by {factor}.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> {name}(torch.tensor([1.0, 2.0])).tolist()
    [{factor}.0, {twice}.0]
    """
{body}
'''
FUNCTION_BODY = "    return {factor} * values"

CLASS = '''

class {name}(nn.Module):
    """A layer that multiplies by {factor}.

    >>> {name}()(torch.tensor([1.0, 2.0])).tolist()
    [{factor}.0, {twice}.0]
    """

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Multiply.

        Args:
            values: (B,)

        Returns:
            (B,)
        """
{body}
'''

TODOS = """\
# The TODOs of exercises/{slug}.py, one for each function. After a change: make skeletons

"""
TODO = """\
{todo} = "about one line. Multiply."
"""

CHECKS = '''\
"""Hidden checks of {slug}."""

from grader.judge import expect
from grader.judge.check import check
'''
CHECK = '''

class Check{camel}:
    """Every value becomes {factor} times itself."""

    function = "{name}"

    @check(points=1, visible=True)
    def check_keeps_shape(self, student):
        """there are as many values afterwards as before"""
        expect.shape(student.{call}(student.draw.normal(5)), (5,), "values")

    @check(points={points}, after=("keeps_shape",))
    def check_multiplies(self, student):
        """every value becomes {factor} times itself"""
        values = student.draw.normal(7)
        expect.close(student.{call}(values), {factor} * values, "values", hint="each value, times {factor}")
'''

MISCONCEPTION = """
[[misconception]]
name = "{dashed}-adds"
title = "A constant is added to every value"
old = "return {factor} * values"
new = "return {factor} + values"
caught_by = "{name}.multiplies"
hint = "Every value grew by the same amount. Should a value that is twice as large not change twice as much?"
"""

VARIANT = '''\
"""Adds up, where the reference multiplies."""

import torch
{imports}'''


def main() -> int:
    """Write the files and print what comes next.

    Returns:
        0; or 2 if the slug cannot be used, in which case nothing is written.
    """
    if len(sys.argv) != 2:
        print("usage: python -m scripts.new SLUG", file=sys.stderr)
        return 2
    slug = sys.argv[1]
    if not re.fullmatch(r"[a-z][a-z0-9_]*", slug):
        print(f"{slug!r} cannot name a Python module: lower-case letters, digits and _", file=sys.stderr)
        return 2
    before = next((exercise for exercise in syllabus.load() if exercise.slug == slug), None)
    if before and not before.planned:
        print(f"{slug} is {before.id} already, and ready", file=sys.stderr)
        return 2
    if taken := [path for path in places(slug) if path.exists()]:
        print(f"{shown(taken[0])} is in the way; nothing was written", file=sys.stderr)
        return 2

    declare(slug, new=before is None)
    syllabus.load.cache_clear()
    exercise = next(exercise for exercise in syllabus.load() if exercise.slug == slug)
    for path, text in rooms(exercise).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {shown(path)}")
    print(f"{shown(paths.SYLLABUS)} now declares {exercise.id}, {exercise.title()!r}, as ready")
    print(f"\nnext: course grade {exercise.id} --file {shown(paths.solution(slug))}")
    return 0


def places(slug: str) -> list[Path]:
    """Return every file that belongs to an exercise."""
    return [
        paths.lesson(slug, "en"),
        paths.lesson(slug, "ja"),
        paths.skeleton(slug),
        paths.solution(slug),
        paths.todos(slug),
        paths.checks(slug),
        paths.misconceptions(slug),
        paths.variants(slug) / "sums.py",
    ]


def shown(path: Path) -> str:
    """Return a path as typed from the repository root."""
    return path.relative_to(paths.ROOT).as_posix()


def declare(slug: str, *, new: bool) -> None:
    """Set the exercise to ready in the syllabus."""
    text = paths.SYLLABUS.read_text(encoding="utf-8")
    if new:
        text += NEW_ENTRY.format(slug=slug, title=slug.replace("_", " ").capitalize())
    else:
        entries = text.split("[[exercise]]\n")
        for position, entry in enumerate(entries):
            if re.search(rf'^slug = "{slug}"$', entry, flags=re.MULTILINE):
                entries[position] = re.sub(r'^state = "planned"\n', "", entry, flags=re.MULTILINE)
        text = "[[exercise]]\n".join(entries)
    paths.SYLLABUS.write_text(text, encoding="utf-8")


def rooms(exercise: syllabus.Exercise) -> dict[Path, str]:
    """Return the content of every file, for the functions that the syllabus declares."""
    facts = [function_facts(exercise, position) for position in range(len(exercise.functions))]
    common = {"slug": exercise.slug, "imports": "from torch import nn\n" if any(f["is_class"] for f in facts) else ""}
    lesson_en, lesson_ja, skeleton, solution, todos, checks, misconceptions, variant = places(exercise.slug)
    reference = page(MODULE, "{reference}", facts, title=exercise.title(), **common)
    sentences = page(TODOS, TODO, facts, **common)
    return {
        lesson_en: page(LESSON["en"], HINTS["en"], facts, title=exercise.title("en")),
        lesson_ja: page(LESSON["ja"], HINTS["ja"], facts, title=exercise.title("ja")),
        skeleton: skeletons.skeleton(reference, skeletons.sentences(sentences), exercise.names),
        solution: reference,
        todos: sentences,
        checks: page(CHECKS, CHECK, facts, **common),
        misconceptions: page(
            "# What learners get wrong in {slug}, each as an edit of the reference.\n", MISCONCEPTION, facts, **common
        ),
        variant: page(VARIANT, "{variant}", facts[:1], **common | {"imports": facts[0]["imports"]}),
    }


def page(head: str, part: str, facts: list[dict[str, object]], **common: object) -> str:
    """Return a head, followed by one part per function."""
    return head.format(**common) + "".join(part.format(**fact) for fact in facts)


def function_facts(exercise: syllabus.Exercise, position: int) -> dict[str, object]:
    """Return the template values for one function or class."""
    name = exercise.functions[position]
    is_class = name[0].isupper()
    share, rest = divmod(exercise.points, len(exercise.functions))  # the points add up to the total in the syllabus
    factor = position + 2
    facts: dict[str, object] = {
        "name": name,
        "is_class": is_class,
        "imports": "from torch import nn\n" if is_class else "",
        "camel": name if is_class else "".join(word.capitalize() for word in name.split("_")),
        "dashed": re.sub(r"(?<=[a-z])(?=[A-Z])|_", "-", name).lower(),
        "call": f"{name}()" if is_class else name,
        "todo": f"{name}.forward" if is_class else name,
        "factor": factor,
        "twice": 2 * factor,
        "points": max(1, share - 1 + (rest if position == 0 else 0)),
    }
    template, indent = (CLASS, " " * 4) if is_class else (FUNCTION, "")
    sums = "    return sum([values] * {factor}, torch.zeros_like(values))"
    for key, body in (("reference", FUNCTION_BODY), ("variant", sums)):
        facts[key] = template.format(body=textwrap.indent(body.format(**facts), indent), **facts)
    return facts


if __name__ == "__main__":
    sys.exit(main())
