"""Show where the source documents are taught: resolve and count the places in docs/coverage.toml.

    python -m scripts.coverage          counts; places that do not exist; planned places

A place is a heading of a lesson (``lora#the-scale``), a function of an exercise or one of its checks
(``lora.inject_lora.no_head``), a recipe (``run:finetune``), or ``dropped:reason``. Not checked: whether the text
at that place is about the item.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from course import lesson, paths, recipes, syllabus
from course.compat import tomllib

TABLE = paths.ROOT / "docs" / "coverage.toml"


@dataclass(frozen=True)
class Place:
    """One place of one item."""

    item: str
    """``A5.9`` or ``B27``."""
    target: str
    state: str
    """``there``, ``planned``, ``dropped``, or the problem with it."""


def load() -> dict[str, Any]:
    """Load the table."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def items(table: Mapping[str, Any]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return id -> (description, targets).

    Raises:
        ValueError: an id occurs twice, or an item lacks one of its two keys.
    """
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for part in ("inventory", "errata"):
        for section in table[part].values():
            for item, entry in section.items():
                if item in found or set(entry) != {"what", "where"} or not entry["what"] or not entry["where"]:
                    raise ValueError(f"{item}: an id once, with what it is and where")
                found[item] = entry["what"], tuple(entry["where"])
    return found


def places(table: Mapping[str, Any]) -> list[Place]:
    """Return every place of every item, resolved."""
    return [
        Place(item, target, resolve(target, table["planned"]))
        for item, (_, targets) in items(table).items()
        for target in targets
    ]


def resolve(target: str, planned: Mapping[str, str]) -> str:
    """Return ``there``, ``planned``, ``dropped``, or a sentence that says what does not exist.

    >>> resolve("lora#the-scale", {}), resolve("lora.inject_lora", {}), resolve("dropped:page residue", {})
    ('there', 'there', 'dropped')
    """
    if target.startswith("dropped:"):
        return "dropped" if target.partition(":")[2].strip() else "dropped without a reason"
    if target.startswith("run:"):
        name = target.partition(":")[2]
        if name in recipes.catalogue():
            return f"the recipe {name} is there and still listed as planned" if name in planned else "there"
        return "planned" if name in planned else f"no recipe {name}"
    slug, sign, heading = target.partition("#")
    if sign:
        return _anchor(slug, heading)
    slug, _, rest = target.partition(".")
    return _function(slug, *rest.split("."))


def _anchor(slug: str, heading: str) -> str:
    exercise = exercises().get(slug)
    if exercise is None and slug != lesson.INTRO:
        return f"no lesson {slug}"
    if exercise is not None and exercise.planned:
        return "planned"
    return "there" if heading in anchors(slug) else f"no heading {heading} in the lesson {slug}"


def _function(slug: str, function: str, check: str = "", *more: str) -> str:
    exercise = exercises().get(slug)
    if exercise is None:
        return f"no exercise {slug}"
    if function not in exercise.names or more:
        return f"no function {function} in the exercise {slug}"
    if exercise.planned:  # the names of its checks are not known yet
        return f"{slug} is planned: name its functions only" if check else "planned"
    return "there" if not check or f"{function}.{check}" in _checks(slug) else f"no check {function}.{check} in {slug}"


def anchors(slug: str) -> set[str]:
    """Return the headings of a lesson's text as link anchors, without their numbers."""
    text = lesson.split(paths.lesson(slug).read_text(encoding="utf-8"))[0]
    bare = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    return {link(heading) for heading in re.findall(r"^#{2,3} (.+)$", bare, flags=re.MULTILINE)}


def link(heading: str) -> str:
    """Return the link anchor of a heading.

    >>> link("3. Where the 109,482,240 parameters are"), link("Reading the blog's code"), link("80, 10, 10")
    ('where-the-109482240-parameters-are', 'reading-the-blogs-code', '80-10-10')
    """
    words = re.sub(r"^\d+\. ", "", heading).lower()
    return re.sub(r"[^\w -]", "", words).strip().replace(" ", "-")


@functools.cache
def exercises() -> dict[str, syllabus.Exercise]:
    """Return slug -> exercise, including planned ones."""
    return {exercise.slug: exercise for exercise in syllabus.load()}


@functools.cache
def _checks(slug: str) -> set[str]:
    from grader.judge.check import load_file, manifest

    return {spec.id for spec in manifest(load_file(paths.checks(slug), f"grader.checks.check_{slug}"))}


def report(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the report."""
    found, known = places(table), items(table)
    n_errata = sum(item.startswith("B") for item in known)
    yield f"{len(known)} items ({len(known) - n_errata} of the inventory, {n_errata} errata), {len(found)} places"
    for state in ("there", "planned", "dropped"):
        yield f"  {state:<8} {sum(place.state == state for place in found)}"
    waiting = {item for item in known if all(p.state == "planned" for p in found if p.item == item)}
    yield f"  items with planned places only: {len(waiting)} {' '.join(sorted(waiting))}".rstrip()
    for target in sorted({place.target for place in found if place.state == "planned"}):
        yield f"planned: {target}"
    for place in found:
        if place.state not in ("there", "planned", "dropped"):
            yield f"{place.item}: {place.target}: {place.state}"


if __name__ == "__main__":
    table = load()
    print("\n".join(report(table)))
    sys.exit(any(place.state not in ("there", "planned", "dropped") for place in places(table)))
