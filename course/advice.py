"""The next command to type: the last line of every output, with the reason above it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from course import edition, paths, workspace
from course.lesson import INTRO
from course.result import Result, next_command
from course.shell import quote
from course.syllabus import Exercise, resolve
from course.text import say
from course.workspace import Memory


@dataclass(frozen=True)
class Advice:
    """One command, and the reason to run it."""

    command: str
    reason: str


def after_grade(result: Result, exercise: Exercise, memories: Mapping[str, Memory] | None, file: str | None) -> Advice:
    """Return the advice that follows a grading.

    Args:
        result: the result of the grading.
        exercise: the exercise that was graded.
        memories: the records of the file's workspace; None if the file is outside any workspace.
        file: the argument of ``--file``, if it was given.
    """
    command = next_command(result.status, exercise.id)
    again = quote("course", "grade", exercise.id, *(["--file", file] if file else []))
    if result.status == "grader_error":
        return Advice(command, say("What is installed here:"))
    if result.status == "not_gradable":
        return Advice(again, say("After you have changed your file:"))
    if result.status == "passed":
        return (
            Advice(again, say("All checks of the exercise:"))
            if result.partial
            else Advice(command, say("Continue with the next exercise:"))
        )
    if result.status == "not_started":
        return Advice(command, say("Read the lesson:"))
    if memories is None:  # nothing was stored for `course hint` to use
        command += f" {(result.first_to_look_at() or result.failed[0]).function}"
    return Advice(command, say("Get a hint on the first failing check:"))


def forward(
    exercises: Iterable[Exercise], memories: Mapping[str, Memory], *, introduced: bool = True
) -> tuple[Exercise | None, Advice]:
    """Return the exercise to continue with and the advice for it; None if all are passed.

    This is the exercise graded last or, if that is passed, the next one that is not; after the last exercise, the
    search starts again from the first. A learner who began in the middle continues there. Among exercises not yet
    begun, those come first that build only on exercises already passed. A learner who has begun nothing and has not
    seen the introduction reads the introduction first.
    """
    ready = [exercise for exercise in exercises if not exercise.planned]
    if not introduced and not any(memory.begun for memory in memories.values()):
        return ready[0], Advice(f"course read {INTRO}", say("New here? Begin with the introduction:"))
    passed = {slug for slug, memory in memories.items() if memory.solved}
    here = _position(ready, memories)
    left = [one for one in [*ready[here:], *ready[:here]] if memories.get(one.slug, Memory()).status != "passed"]
    in_order = left[:1]
    left.sort(key=lambda one: not (memories.get(one.slug, Memory()).begun or passed.issuperset(one.requires)))
    later = next((one for one in in_order if one is not left[0]), None)
    for exercise in left:
        memory = memories.get(exercise.slug, Memory())
        if memory.failed and memory.status != "not_started":
            return exercise, Advice(f"course hint {exercise.id}", say("Get a hint on the first failing check:"))
        if memory.status == "not_started" or not memory.begun:
            return exercise, Advice(f"course read {exercise.id}", _why(later, passed))
        return exercise, Advice(f"course grade {exercise.id}", say("Grade it:"))
    if edition.student():
        return None, Advice("course list", say("See your exercises and progress:"))
    return None, Advice("course run finetune --help", say("Train a model for real:"))


def _why(later: Exercise | None, passed: Collection[str]) -> str:
    """Explain why this lesson comes next although an exercise with a lower number is still open."""
    missing = [] if later is None else [resolve(slug).id for slug in later.requires if slug not in passed]
    if later is None or not missing:
        return say("Read the lesson:")
    return say(
        ("Read this lesson ({exercise} would come first, but it builds on {missing}, which you have not passed):"),
        exercise=later.id,
        missing=", ".join(missing),
    )


def _position(ready: Sequence[Exercise], memories: Mapping[str, Memory]) -> int:
    """Return the learner's position: the exercise graded last or, if none has a date (older state), the last begun."""
    begun = [
        (number, memory) for number, one in enumerate(ready) if (memory := memories.get(one.slug)) and memory.begun
    ]
    if not begun:
        return 0
    return max(begun, key=lambda item: (item[1].graded or "", item[1].status == "failed", item[0]))[0]


def to_workspace() -> Advice:
    """Advise a learner outside any workspace: go to the workspace found in this folder, or create one."""
    if (Path(workspace.DEFAULT) / paths.DIRECTORY).is_dir():
        return Advice(f"cd {workspace.DEFAULT}", say("Go to your workspace:"))
    return Advice("course start", say("Create a workspace:"))


def state(exercise: Exercise, memory: Memory | None) -> str:
    """Return ``planned``, ``ready`` (nothing recorded yet), ``started`` or ``passed``."""
    if exercise.planned:
        return "planned"
    if memory is None or not memory.begun or memory.status == "not_started":
        return "ready"
    return "passed" if memory.status == "passed" else "started"
