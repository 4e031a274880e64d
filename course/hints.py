"""Select the next hint.

The first one is the hint of the first check that failed in the last grading (it names the misconception if the
grader recognised one). Then come the lesson's own hints on that function, one per call, from vague to concrete.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from course import edition
from course.result import NOT_DEFINED
from course.syllabus import Exercise
from course.text import say
from course.workspace import Memory

Chapter = Callable[[str], tuple[str, ...]]
"""Function -> the lesson's hints for it, in Markdown."""


@dataclass(frozen=True)
class Hint:
    """One hint, ready to be shown."""

    heading: str
    text: str
    note: str = ""
    """Reason for choosing this hint."""
    markdown: bool = False
    """True for our own Markdown; text from a check is plain."""


def following(
    exercise: Exercise, memory: Memory, chapter: Chapter, function: str | None, check_id: str | None = None
) -> Hint:
    """Return the next hint for a function, or for that of the first open check; ``memory`` records that it was given.

    Args:
        exercise: the exercise.
        memory: the last results, and the hints already given.
        chapter: returns the lesson's hints.
        function: the function to give a hint for.
        check_id: one of its open checks.
    """
    if function is None and memory.refused:
        return Hint("", memory.refused, note=say("The file could not be graded the last time you tried:"))
    if function is None and memory.status in ("passed", "failed") and not memory.failed:
        return Hint(
            "",
            say(
                "Every visible check passed when you last graded. The lesson says what the hidden checks test."
                if memory.status == "passed" and edition.student()
                else "Everything passed the last time you graded, so there is no hint to give."
                if memory.status == "passed"
                else "Every check that failed last time has since passed. Grade the whole exercise to be sure."
            ),
        )
    check = _first_open(memory, function, check_id)
    if check and (own := _of_check(check)) and _key(check) not in memory.given:
        memory.given.append(_key(check))
        return own
    name = function or (check and check["function"]) or exercise.functions[0]
    items = chapter(name)
    level = memory.levels.get(name, 0)
    if level >= len(items):
        return Hint(
            "",
            say(
                ("There are no more hints on {function}. To see them again: course hint {exercise} {function} --all")
                if items
                else "There are no hints on {function}.",
                function=name,
                exercise=exercise.id,
            ),
        )
    memory.levels[name] = level + 1
    note = ""
    if check and check.get("status") == "not_started":
        note = say("You have not started {function}.", function=name)
    elif function is None and memory.status is None:
        note = say("You have not graded this exercise yet, so here is how to begin.")
    return _of_lesson(name, items, level, note)


def everything(
    exercise: Exercise, memory: Memory, chapter: Chapter, function: str | None, check_id: str | None = None
) -> list[Hint]:
    """Return all hints for a function, or for the whole exercise; the first open check's hint comes first."""
    check = _first_open(memory, function, check_id)
    shown = [own] if check and (own := _of_check(check)) else []
    seen: set[tuple[str, ...]] = set()
    for candidate in [function] if function else exercise.names:
        items = chapter(candidate)
        if items not in seen:  # two functions can share their hints
            seen.add(items)
            shown += [_of_lesson(candidate, items, level, "") for level in range(len(items))]
    return shown or [Hint("", say("There are no hints on {function}.", function=function or exercise.id))]


def _first_open(memory: Memory, function: str | None, check_id: str | None) -> dict[str, str | None] | None:
    open_checks = [
        check for check in memory.failed if function in (None, check["function"]) and check_id in (None, check["id"])
    ]
    judged = [check for check in open_checks if check.get("status") != "skipped"]
    causes = [check for check in judged if check.get("kind") != "follows"]
    written = [check for check in causes if check.get("cause") != NOT_DEFINED and check.get("status") != "not_started"]
    return next(iter(written or causes or judged or open_checks), None)  # same order as ``Result.first_to_look_at``


def _key(check: dict[str, str | None]) -> str:
    return f"{check['id']} {check.get('mistake') or ''}".strip()


def _state(check: dict[str, str | None]) -> str:
    if check.get("status") == "not_started":
        return say("You have not started {function}.", function=check["function"])
    if check.get("status") == "skipped":
        return say(
            "{check} does not run until another check passes: {title}",
            check=check["id"],
            title=check.get("title") or "",
        )
    return say("{check} failed last time: {title}", check=check["id"], title=check.get("title") or "")


def _of_check(check: dict[str, str | None]) -> Hint | None:
    parts = [check.get("explanation") if check.get("kind") != "follows" else None, check.get("hint")]
    text = "\n".join(dict.fromkeys(part for part in parts if part))
    if not text:
        return None
    known = check.get("mistake") and (check.get("heading") or str(check["mistake"]).replace("-", " "))
    heading = say("Likely misconception: {name}", name=known) if known else ""
    return Hint(heading, text, note=_state(check))


def _of_lesson(name: str, items: tuple[str, ...], level: int, note: str) -> Hint:
    heading = say("{function}, hint {level} of {count}", function=name, level=level + 1, count=len(items))
    return Hint(heading, items[level], note=note, markdown=True)
