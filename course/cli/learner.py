"""The learner's commands: each parses its arguments and connects the modules that decide with the module that prints.

Rich is imported only by commands that need it, torch by none, so ``course --help`` answers at once. Every user error
ends with one sentence and an exit code (``course.errors``), not a traceback.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from course import destinations, edition, errors, files, paths, shell, syllabus, text, workspace
from course.cli.base import (
    Group,
    RunCommand,
    Settings,
    absolute,
    complain,
    exercise_argument,
    exercise_named,
    lang_option,
    no_color_option,
    option,
    resolved,
    take_language,
    write,
)
from course.click_words import Option
from course.compat import module_command
from course.grader import Grader
from course.signals import Stopped
from course.syllabus import Exercise
from course.text import mark, say, say_many

if TYPE_CHECKING:
    from rich.console import Console

    from course.lesson import Lesson
    from course.render import Screen
    from course.result import Result
    from course.session import Grading
    from course.workspace import Memory, Workspace

REFERENCES = mark("the reference is not part of this edition; your instructor has it.")
RECIPES = mark("the recipes that train real models are not part of this edition.")
SCRIPTS = mark("the scripts that compute the figures of the lessons are not part of this edition.")
"""Feature that a student edition lacks."""
MANY = 5
"""Maximum names of checks in one sentence."""


@click.group("course", cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="transformers-course", prog_name="course", cls=Option)
@lang_option
@click.pass_context
def cli(ctx: click.Context) -> None:
    """A course on pre-training and fine-tuning Transformers.

    Read a lesson, fill in the TODOs in its file, and let the grader tell you what works, what does not, and what you
    seem to have misunderstood. Begin with: course start

    EXERCISE is a number (3), an id (exercise-3) or a name (lora).
    """
    if ctx.obj is None:
        ctx.obj = Settings()


@cli.command()
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@option(
    "--notebook",
    "notebooks",
    is_flag=True,
    help="Create a Jupyter notebook instead of a Python file for each exercise.",
)
@lang_option
@no_color_option
def start(directory: Path | None, notebooks: bool, no_color: bool) -> None:
    """Create a workspace with one file per exercise.

    DIR (my-course by default) is created if needed. Existing files are never overwritten, so you can repeat the
    command to get new exercises.
    """
    from course import advice

    if not os.path.isabs(directory or "") and not _has_current_directory():
        raise errors.BadDestination(
            say("the directory that you are in no longer exists. Go to another one first, for example: cd ~")
        )
    here = _here()
    if directory is None:
        directory = here.root if here else Path(workspace.DEFAULT)
    if os.path.exists(directory) and not os.path.isdir(directory):
        raise errors.BadDestination(
            say("{path} is a file. Give the path of a directory for your workspace.", path=str(directory))
        )
    ready = [exercise for exercise in syllabus.load() if not exercise.planned]
    around = workspace.find(resolved(directory))
    if around is not None and around.root != resolved(directory):
        raise errors.BadDestination(
            say(
                "{path} would be a second workspace inside the workspace {outer}. To get new "
                "exercises, go to {outer} and type: course start",
                path=str(directory),
                outer=str(around.root),
            )
        )
    desk, copied, kept = workspace.start(directory, ready, notebooks)
    place = resolved(directory)

    from course import render

    console = render.make_console(no_color)
    render.line(console, say("Your workspace is {path}", path=str(place)), style="bold")
    for file in copied:
        render.line(console, "  " + say("copied  {file}", file=file.name))
    for file in kept:
        render.line(console, "  " + say("kept    {file} (yours, untouched)", file=file.name))
    _, what = advice.forward(ready, desk.memories(), introduced=desk.introduced)
    if place != resolved(Path()):
        what = advice.Advice(
            f"cd {shell.quote(str(directory))} && {what.command}",
            say("Go to your workspace and start reading:"),
        )
    render.next_step(console, what)


@cli.command("list")
@option(
    "--json",
    "json_path",
    metavar="PATH|-",
    help="Write the list as JSON to PATH, or to the standard output (-), which then contains nothing else.",
)
@lang_option
@no_color_option
@click.pass_context
def list_exercises(ctx: click.Context, json_path: str | None, no_color: bool) -> None:
    """List the exercises and your progress."""
    from course import advice

    here = _here()
    memories = here.memories() if here else {}
    exercises = syllabus.load()
    json_path = destinations.normal(json_path)
    written = True
    if json_path is not None:
        destinations.check_result(json_path)
        written = write(json_path, files.to_json(_list_as_json(exercises, memories)))
    if json_path == destinations.STDOUT:
        return

    from course import render

    console = render.make_console(no_color)
    render.exercises(console, exercises, memories)
    console.print()
    render.line(
        console,
        say("Before the first exercise, there is an introduction without exercises: course read intro"),
        style="dim",
    )
    if here is None:
        render.line(console, say("You are outside a workspace, so your progress is not shown."), style="dim")
        render.next_step(console, advice.to_workspace())
    else:
        render.next_step(console, advice.forward(exercises, memories, introduced=here.introduced)[1])
    ctx.exit(errors.PASSED if written else errors.MISUSE)


def _list_as_json(exercises: Sequence[Exercise], memories: Mapping[str, Memory]) -> dict[str, Any]:
    from course import advice

    return {
        "schema": "course/list/v1",
        "exercises": [
            {
                "number": exercise.number,
                "id": exercise.id,
                "slug": exercise.slug,
                "title": exercise.title(text.language()),
                "functions": list(exercise.functions),
                "bonus": list(exercise.bonus),
                "points": exercise.points,
                "bonus_points": exercise.bonus_points,
                "requires": list(exercise.requires),
                "minutes": exercise.minutes,
                "state": advice.state(exercise, memories.get(exercise.slug)),
            }
            for exercise in exercises
        ],
    }


@cli.command()
@click.argument("exercise", metavar="EXERCISE|intro")
@click.argument("function", metavar="[FUNCTION]", required=False)
@option("--answers", is_flag=True, help="Show the answers to the questions in the lesson instead of its text.")
@option("--open", "open_pictures", is_flag=True, help="Open the pictures of the lesson instead of its text.")
@lang_option
@no_color_option
def read(exercise: str, function: str | None, answers: bool, open_pictures: bool, no_color: bool) -> None:
    """Read the lesson of an exercise, or the introduction: course read intro.

    With FUNCTION, show only the section that teaches this function, or the answers to its questions.

    The collapsed sections at its end are left out here: --answers shows the answers to its questions, course hint
    shows one hint at a time.
    """
    from course import advice, lesson, render

    chosen = _lesson_of(exercise)
    slug, name = (chosen.slug, chosen.id) if chosen else (lesson.INTRO, lesson.INTRO)
    found = lesson.load(slug, text.language())
    if found is None:
        raise errors.Planned(say("the lesson of {exercise} is not written yet.", exercise=name))
    part = None if function is None else _section(found, function, chosen)
    here = _here()
    console = render.make_console(no_color)
    if open_pictures:
        _open_pictures(found, console)
        render.next_step(console, advice.Advice(f"course read {name}", say("Read the lesson:")))
        return
    if found.lang != text.language():
        render.line(
            console, say("(This lesson has not been translated yet; this is the English version.)"), style="dim"
        )
        console.print()
    with render.pager(console):
        if answers:
            render.line(console, found.title, style="bold")
            console.print()
            none = say("There are no questions in this lesson.")
            if part is not None:
                none = say("There are no questions in this section.")
            render.markdown(console, found.answered(part) or none)
        elif part is not None:
            render.line(console, found.title, style="bold")
            console.print()
            render.markdown(console, part)
        else:
            render.markdown(console, found.text)
    if part is not None:
        console.print()
        render.line(console, say("The whole lesson: course read {exercise}", exercise=name), style="dim")
    elif not answers:
        _folded(found, name, console)
    if here is None:
        following = advice.to_workspace()
    elif chosen is None:
        following = advice.forward(syllabus.load(), here.memories())[1]
        with _warning():
            here.introduce()
    else:
        file = render.shorten(str(here.work(chosen)))
        following = advice.Advice(f"course grade {name}", say("Write {file}, then grade it:", file=file))
    render.next_step(console, following)


def _section(found: Lesson, name: str, exercise: Exercise | None) -> str:
    """Return the section of a lesson that teaches a function; a check stands for its function."""
    if exercise is None:
        raise errors.CourseError(
            say("the introduction teaches no functions, so it has no section on '{name}'.", name=name)
        )
    here = _here()
    function, _ = _function(name, exercise, here.memory(exercise) if here else workspace.Memory(), found)
    part = found.about(function)
    if part is None:
        raise errors.CourseError(say("no section of the lesson names {function}.", function=function))
    return part


def _lesson_of(name: str) -> Exercise | None:
    """Return the exercise whose lesson is meant; None for the introduction, which has no exercise."""
    from course import lesson

    return None if name.strip().lower().removesuffix(".md") == lesson.INTRO else exercise_named(name)


def _folded(found: Lesson, name: str, console: Console) -> None:
    """Print what the lesson has besides its text, and how to see it."""
    from course import render

    console.print()
    if count := len(found.answers):
        render.line(
            console,
            say_many(
                "Answer to the question: course read {exercise} --answers",
                "Answers to the {count} questions: course read {exercise} --answers",
                count=count,
                exercise=name,
            ),
            style="dim",
        )
    if count := sum(len(items) for items in found.hints.values()):
        render.line(
            console,
            say_many(
                "There is a hint when you need it: course hint {exercise}",
                "There are {count} hints when you need one: course hint {exercise}",
                count=count,
                exercise=name,
            ),
            style="dim",
        )
    if found.pictures:
        render.line(console, say("Pictures (course read {exercise} --open shows them):", exercise=name), style="dim")
        for picture in found.pictures:
            render.line(console, f"  {picture}", style="dim")


def _open_pictures(found: Lesson, console: Console) -> None:
    """Open the pictures in the default viewer; if there is none, print where they are."""
    from course import render

    screen = os.name == "nt" or sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    for picture in found.pictures:
        opened = bool(screen) and click.launch(str(picture)) == 0
        render.line(
            console, say("opened: {path}" if opened else "There is no display to open it on: {path}", path=str(picture))
        )


only_option = option(
    "--only",
    metavar="CHECK",
    multiple=True,
    help="Run only this check, or only the checks of this function, plus the checks they depend on; may be repeated.",
)
verbose_option = option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show what visible checks compared, what your code printed, and full tracebacks.",
)


@cli.command()
@exercise_argument
@option(
    "--file", "given", metavar="PATH", multiple=True, help="The file to grade, instead of the one in your workspace."
)
@only_option
@option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    help="Use the same random inputs as the run that reported this seed.",
)
@option(
    "--json",
    "json_path",
    metavar="PATH|-",
    help="Write the result as JSON to PATH, or to the standard output (-), which then contains nothing else.",
)
@option("--junit", "junit_path", metavar="PATH", help="Write the result as JUnit XML to PATH.")
@verbose_option
@option(
    "--exit-zero",
    is_flag=True,
    help="Exit with 0 instead of 1 or 4, for platforms that read the result file rather than the exit code.",
)
@lang_option
@no_color_option
@click.pass_context
def grade(
    ctx: click.Context,
    exercise: str,
    given: tuple[str, ...],
    only: tuple[str, ...],
    seed: int | None,
    json_path: str | None,
    junit_path: str | None,
    verbose: bool,
    exit_zero: bool,
    no_color: bool,
) -> None:
    """Grade your file for an exercise.

    The file is the one in your workspace (see course start) or the one you give as --file, Python or a Jupyter
    notebook. In a notebook, the definitions and what they use are graded; cells that only try things out are not run.
    Your code runs in a separate process, sandboxed as far as this system allows, with fresh random inputs each
    time; --seed repeats a run exactly.

    \b
    Exit codes:
        0  every check passed, not counting those of bonus functions
        1  graded, but not everything passed, or nothing is written yet
        2  the command was not understood
        3  the grader failed, or its result is incomplete; never your fault
        4  the file cannot be graded: it is missing, or does not run at all
        5  nothing to run: the exercise is not ready, or --only matches no check
      130  interrupted (143: by SIGTERM, 129: the terminal was closed)

    If a result file (--json, --junit) cannot be written, stderr says so; the exit code is unaffected.
    """  # noqa: D301
    from course import advice

    settings: Settings = ctx.obj
    if len(given) > 1:
        raise errors.CourseError(
            say("only one file can be graded at a time, but several were given: {files}.", files=", ".join(given))
        )
    file = given[0] if given else None
    if file == "":
        raise errors.CourseError(say("--file needs the path of a file."))
    json_path = destinations.normal(json_path)
    with Grader(settings.grader_command) as grader:  # first of all: it imports torch in the meantime
        if file is None and exercise.endswith((".py", ".ipynb")) and Path(exercise).exists():
            file = exercise  # `course grade lora.py`, as completed by the shell
        chosen = exercise_named(Path(exercise).name)
        only = _selection(only, chosen)
        here = _here()
        target = absolute(Path(file)) if file is not None else _own_file(here, chosen)
        for destination in (json_path, junit_path):
            if destination is not None:
                destinations.check_result(destination, target)
        destinations.differ(json_path, junit_path)
        if file is None and here is not None:
            _tell_which(here, chosen, target)
        if here is not None and resolved(target) not in (resolved(here.file(chosen)), resolved(here.notebook(chosen))):
            here = None  # the recorded progress describes the workspace's own file

        with _screen(json_path, no_color=no_color, verbose=verbose) as screen:
            result = _graded(grader, chosen, target, here, screen, seed=seed, only=only)
        following = advice.after_grade(result, chosen, here.memories() if here else None, file)
        result.next = following.command

        if verbose and (words := grader.last_words()):
            complain(words)
        if screen:
            screen.finished(result, following)
        if junit_path is not None:
            from course.formats import junit

            write(junit_path, junit.to_xml(result))
        if json_path is not None:
            write(json_path, files.to_json(result.to_json()))
        if not screen and result.message:
            complain(result.message)
    judged = result.exit_code in (errors.NOT_PASSED, errors.NOT_GRADABLE)
    ctx.exit(errors.PASSED if exit_zero and judged else result.exit_code)


def _graded(
    grader: Grader,
    exercise: Exercise,
    target: Path,
    here: Workspace | None,
    screen: Screen | None,
    *,
    seed: int | None = None,
    only: tuple[str, ...] = (),
) -> Result:
    """Grade a file and show the grading; record the result if it is the workspace's own file."""
    from course import session

    try:
        result = session.run(grader, exercise, target, seed=seed, only=only, lang=text.language(), heard=_shown(screen))
    except session.NothingToRun:
        raise _nothing_selected(only, exercise, here) from None
    if here is not None and result.status != "grader_error":
        with _remembering(here, exercise) as memory:
            memory.record(result, exercise.points)
    return result


@cli.command()
@exercise_argument
@only_option
@verbose_option
@lang_option
@no_color_option
@click.pass_context
def watch(ctx: click.Context, exercise: str, only: tuple[str, ...], verbose: bool, no_color: bool) -> None:
    """Grade again whenever you save.

    Grades the file in your workspace, waits until you save it, and grades it again; the grader keeps running, so
    every grading after the first is faster. When the exercise passes, it goes on with the next one; if only checks of
    bonus functions fail in the exercise that you named, it stays there. Ctrl-C ends it.
    """
    from course import advice, render
    from course.watch import saved

    settings: Settings = ctx.obj
    console = render.make_console(no_color)
    chosen: Exercise | None = exercise_named(exercise)
    assert chosen is not None
    named = chosen.slug
    selected, here = _selection(only, chosen), _here()
    following = advice.Advice(f"course grade {chosen.id}", say("To grade it once more:"))
    with Grader(settings.grader_command, restarts=1) as grader, _until_interrupted():
        while chosen is not None:
            target = _own_file(here, chosen)
            assert here is not None  # otherwise there is no file
            for _ in saved(target):
                with _screen(None, no_color=no_color, verbose=verbose) as screen:
                    result = _graded(grader, chosen, target, here, screen, only=selected)
                following = advice.after_grade(result, chosen, here.memories(), None)
                assert screen is not None
                screen.finished(result, following)
                if result.status == "passed" and not selected and not (chosen.slug == named and result.failed):
                    break
                if result.status == "passed" and not selected:
                    go_on = say("All required checks have passed; to go on, press Ctrl-C and type: course next")
                    render.line(console, "\n" + go_on, style="dim")
                waiting = say("Waiting until you save {file}. Ctrl-C ends this.", file=target.name)
                render.line(console, "\n" + waiting, style="dim")
            chosen, following = advice.forward(syllabus.load(), here.memories(), introduced=True)
    render.next_step(console, following)


@contextlib.contextmanager
def _until_interrupted() -> Iterator[None]:
    """Treat Ctrl-C as the normal way to stop; any other signal ends the command as usual."""
    try:
        yield
    except KeyboardInterrupt:
        pass
    except Stopped as stopped:
        if stopped.exit_code != errors.INTERRUPTED:
            raise


def _selection(only: Sequence[str], exercise: Exercise) -> tuple[str, ...]:
    """Return the checks and groups of checks selected by ``--only``, by any name in the report or the syllabus."""
    if not only:
        return ()
    from course import selection

    known = selection.load(exercise.slug)
    if known is None:  # the grader may know better, and reports it
        return tuple(only)
    found, unknown = known.resolve(only)
    if unknown:
        nearest = known.nearest(unknown[0])
        raise _nothing_selected(unknown, exercise, _here(), nearest)
    return found


def _nothing_selected(
    only: Sequence[str], exercise: Exercise, here: Workspace | None, nearest: Sequence[str] = ()
) -> errors.NothingSelected:
    functions = ", ".join(exercise.names)
    message = say(
        "--only {names} matches no check of {exercise}. Give the name of a function ({functions}) or of a check.",
        names=", ".join(only),
        exercise=exercise.id,
        functions=functions,
    )
    home = next((one for one in syllabus.load() if only and only[0].partition(".")[0] in one.names), exercise)
    if home.id != exercise.id:
        message += " " + say("{name} belongs to {exercise}.", name=only[0], exercise=home.id)
    elif nearest:
        message += " " + say("Did you mean '{name}'?", name=nearest[0])
    elif here is not None and (known := [str(check["id"]) for check in here.memory(exercise).failed]):
        message += " " + say("Still failing: {checks}.", checks=", ".join(known[:MANY]))
    return errors.NothingSelected(message)


@contextlib.contextmanager
def _screen(json_path: str | None, *, no_color: bool, verbose: bool) -> Iterator[Screen | None]:
    """Yield a screen to print events on as they arrive; None if only the JSON object is wanted."""
    if json_path == "-":
        yield None
        return
    from course import render

    screen = render.Screen(render.make_console(no_color), verbose)
    try:
        yield screen
    finally:
        screen.rest()


def _shown(screen: Screen | None) -> Callable[[Grading, Mapping[str, Any]], None] | None:
    """Return a callback that shows the events of a grading as they arrive."""
    if screen is None:
        return None

    def heard(grading: Grading, event: Mapping[str, Any]) -> None:
        kind = event.get("event")
        if not event:
            screen.wait()
        elif kind == "started":
            screen.started(grading)
        elif kind == "check":
            screen.checked(grading, grading.checks[event["check"]["id"]])

    return heard


@cli.command()
@exercise_argument
@click.argument("function", metavar="[FUNCTION]", required=False)
@option("--all", "everything", is_flag=True, help="Show every hint at once.")
@lang_option
@no_color_option
def hint(exercise: str, function: str | None, everything: bool, no_color: bool) -> None:
    """Get one hint; ask again for the next one.

    The first hint is about the first check that failed when you last graded; the following ones come from the lesson
    and become more and more concrete. FUNCTION may be a function of the exercise, or a check that still fails.
    """
    from course import advice, hints, lesson, render

    chosen = exercise_named(exercise)
    here = _here()
    memory = here.memory(chosen) if here else workspace.Memory()
    found = lesson.load(chosen.slug, text.language())
    check_id = None
    if function is not None:
        function, check_id = _function(function, chosen, memory, found)
    chapter: hints.Chapter = found.hints_for if found else _no_hints
    console = render.make_console(no_color)

    if everything:
        shown = hints.everything(chosen, memory, chapter, function, check_id)
    elif here:
        with _remembering(here, chosen) as memory:
            shown = [hints.following(chosen, memory, chapter, function, check_id)]
    else:
        shown = [hints.following(chosen, memory, chapter, function, check_id)]
    render.hints(console, shown)
    if here is None:
        render.line(
            console, say("(Outside a workspace, the course does not remember which hints you have seen.)"), style="dim"
        )
    if function is None and memory.status == "passed" and not memory.failed and not everything:
        following = advice.Advice("course next", say("Go on:"))
    elif everything or (function is None and memory.refused):
        following = advice.Advice(f"course grade {chosen.id}", say("After you have changed something:"))
    else:
        following = advice.Advice(
            f"course grade {chosen.id}",
            say("After you have changed something (for the next hint, run course hint again):"),
        )
    render.next_step(console, following)


@cli.command()
@exercise_argument
@click.argument("function", metavar="[FUNCTION]", required=False)
@option("--diff", "difference", is_flag=True, help="Show the differences between your file and the reference.")
@option("--give-up", is_flag=True, help="Show it even if you have not passed the exercise; this is recorded.")
@lang_option
@no_color_option
def solution(exercise: str, function: str | None, difference: bool, give_up: bool, no_color: bool) -> None:
    """See the reference solution, once you have passed.

    Below the reference, you see how the libraries do the same. Give FUNCTION to see only one function; course diff
    compares your file with the reference. With --give-up, you see the reference before you have passed; this is
    recorded.
    """
    from course import advice, reference, render, selection

    chosen = exercise_named(exercise)
    _whole(REFERENCES)
    here = _here()
    _earned(here, chosen, give_up)
    console = render.make_console(no_color)
    if difference:
        _show_difference(here, chosen, console)
    else:
        function = function and selection.bare(function)
        code = reference.source(chosen, function)
        if code is None:
            nearest = difflib.get_close_matches(str(function), chosen.names, n=1)
            raise errors.NoSuchFunction(str(function), chosen.id, chosen.names, nearest=nearest[0] if nearest else None)
        with render.pager(console):
            render.code(console, code)
            console.print()
            versions, ways = reference.library()
            render.library(console, versions, [way for way in ways[chosen.slug] if function in (None, way.function)])
    other = "course next" if difference else f"course diff {chosen.id}"
    render.next_step(
        console,
        advice.Advice(
            other, say("Continue with the next exercise:" if difference else "See what is different in your file:")
        ),
    )


@cli.command("diff")
@exercise_argument
@lang_option
@no_color_option
def show_difference(exercise: str, no_color: bool) -> None:
    """Compare your file with the reference solution, once you have passed."""
    from course import advice, render

    chosen = exercise_named(exercise)
    _whole(REFERENCES)
    here = _here()
    _earned(here, chosen, give_up=False)
    console = render.make_console(no_color)
    _show_difference(here, chosen, console)
    render.next_step(console, advice.Advice("course next", say("Continue with the next exercise:")))


def _whole(missing: str) -> None:
    """Raise an error, in a student edition, for features that only the whole course has."""
    if edition.student():
        raise errors.NeedsRepository(say(missing))


def _earned(here: Workspace | None, exercise: Exercise, give_up: bool) -> None:
    """Refuse the reference to a learner who has neither passed nor given up; giving up is recorded."""
    memory = here.memory(exercise) if here else workspace.Memory()
    if memory.solved or memory.surrendered:
        return
    if not give_up:
        if here is None:
            raise errors.NoWorkspace(
                say(
                    "there is no workspace here, so the course cannot tell whether you have passed {exercise}. "
                    "Go to your workspace, or see the reference with --give-up.",
                    exercise=exercise.id,
                )
            )
        points, max_points = memory.points, memory.max_points or exercise.points
        raise errors.NotYet(
            say(
                "you have not passed {exercise} yet: {points} of {max_points} points. You can see the reference "
                "once you have passed, or now with --give-up, which is recorded.",
                exercise=exercise.id,
                points=points,
                max_points=max_points,
            )
        )
    if here is not None:
        with _remembering(here, exercise) as changed:
            changed.surrendered = True


def _show_difference(here: Workspace | None, exercise: Exercise, console: Console) -> None:
    from course import reference, render, submission

    mine = _own_file(here, exercise)
    try:
        lines, not_started = reference.difference(exercise, mine)
    except submission.NotGradable as reason:
        raise errors.NoFile(str(reason)) from reason
    if not lines:
        render.line(console, say("{file} is identical to the reference.", file=mine.name))
    with render.pager(console):
        render.difference(console, lines)
    if not_started:
        console.print()
        render.line(console, say("Not started, so not compared: {names}", names=", ".join(not_started)), style="dim")


@cli.command("next")
@lang_option
@no_color_option
def next_exercise(no_color: bool) -> None:
    """Show which exercise comes next, and what to do."""
    from course import advice, render

    console = render.make_console(no_color)
    here = _here()
    memories = here.memories() if here else {}
    exercise, what = advice.forward(syllabus.load(), memories, introduced=here.introduced if here else True)
    if exercise is None:
        render.line(
            console,
            say(
                "All visible checks of every exercise have passed. Hand in your files."
                if edition.student()
                else "You have passed every exercise. Now train a real model with what you have learned."
            ),
            style="bold green",
        )
    else:
        title = exercise.title(text.language())
        render.line(console, say("{exercise}  {title}", exercise=exercise.id, title=title), style="bold")
        if (memory := memories.get(exercise.slug)) and memory.status not in (None, "not_started"):
            render.line(
                console,
                say("{points} of {max_points} points so far", points=memory.points, max_points=memory.max_points),
                style="dim",
            )
    if here is None:
        what = advice.to_workspace()
    render.next_step(console, what)


@cli.command()
@exercise_argument
@lang_option
@no_color_option
def reset(exercise: str, no_color: bool) -> None:
    """Start an exercise over.

    Your file is saved to .course/backups in your workspace, then replaced by the skeleton.
    """
    from datetime import datetime

    from course import advice, render

    chosen = exercise_named(exercise)
    here = _here()
    if here is None:
        raise errors.NoWorkspace(
            say(
                "there is no workspace here, so there is nothing to reset. Go to your workspace, or create one "
                "with: course start"
            )
        )
    changed, backup = workspace.reset(here, chosen, datetime.now())
    if changed:
        with _remembering(here, chosen) as memory:
            memory.forget()

    console = render.make_console(no_color)
    file = render.shorten(str(here.work(chosen)))
    render.line(
        console,
        say(
            "{file} has been reset to the skeleton." if changed else "{file} is already identical to the skeleton.",
            file=file,
        ),
        style="bold",
    )
    if backup:
        render.line(console, say("Your previous version is kept in {file}", file=render.shorten(str(backup))))
    render.next_step(console, advice.Advice(f"course read {chosen.id}", say("Read the lesson:")))


@cli.command()
@lang_option
@no_color_option
@click.pass_context
def doctor(ctx: click.Context, no_color: bool) -> None:
    """Check what is installed: packages, sandbox, device, model and data."""
    from course import doctor as examination
    from course import render

    console = render.make_console(no_color)
    here = _here()
    with render.waiting(console, say("Asking the grader ...")):
        findings = examination.examine(str(here.root) if here else None, console.encoding, ctx.obj.grader_command)
    render.findings(console, findings)
    missing = [finding for finding in findings if finding.ok is False]
    render.next_step(console, examination.advise(missing, here is not None))
    ctx.exit(errors.NOT_PASSED if missing else errors.PASSED)


@cli.command(cls=RunCommand, context_settings={"allow_interspersed_args": False})
@click.argument("arguments", metavar="RECIPE [OPTIONS]...", nargs=-1, type=click.UNPROCESSED, required=True)
@lang_option
@click.pass_context
def run(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    """Train for real: run a recipe with the reference solutions.

    \b
    Quick look (1 to 2 minutes):  course run finetune --limit 600 --out runs/look
    Options of a recipe:          course run finetune --help

    Everything after run is passed to the recipe unchanged, and its exit code is returned.
    """  # noqa: D301
    from course import recipes

    arguments = take_language(ctx, arguments)
    _whole(RECIPES)
    recipes.check(arguments)
    ctx.exit(recipes.run(arguments))


@cli.command(context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
@exercise_argument
@click.argument("arguments", metavar="[OPTIONS]...", nargs=-1, type=click.UNPROCESSED)
@lang_option
@click.pass_context
def figures(ctx: click.Context, exercise: str, arguments: tuple[str, ...]) -> None:
    """Recompute the figures of a lesson.

    Arguments after the exercise are passed to the script unchanged. The scripts come with the repository, not with
    the installed package.
    """
    from course import lesson, recipes

    chosen = _lesson_of(exercise)
    slug = chosen.slug if chosen else lesson.INTRO
    _whole(SCRIPTS)
    script = paths.ROOT / "scripts" / "figures" / f"{slug}.py"
    if not script.is_file():
        raise errors.NeedsRepository(
            say(
                "{file} comes with the repository, not with the installed package. Clone the repository "
                "and run it there.",
                file=f"scripts/figures/{script.name}",
            )
        )
    ctx.exit(recipes.run((slug, *arguments), module_command("scripts.figures")))


def _own_file(here: Workspace | None, exercise: Exercise) -> Path:
    if here is None:
        raise errors.NoWorkspace(
            say(
                "there is no workspace here. Go to your workspace, create one with: course start, or name a "
                "file with: course grade {exercise} --file PATH",
                exercise=exercise.id,
            )
        )
    file = here.work(exercise)
    if not file.exists():
        raise errors.NoFile(
            say(
                "your workspace has no {file}. Get the skeleton with: course reset {exercise}",
                file=file.name,
                exercise=exercise.id,
            )
        )
    return file


def _tell_which(here: Workspace, exercise: Exercise, chosen: Path) -> None:
    """Print which file is graded if there are both a Python file and a notebook."""
    both = here.file(exercise), here.notebook(exercise)
    if all(map(os.path.lexists, both)):
        other = both[chosen == both[0]]
        complain(
            say(
                "Your workspace has both {file} and {other}; {file} is graded. To grade the other file: "
                "course grade {other}",
                file=chosen.name,
                other=other.name,
            )
        )


def _has_current_directory() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    except OSError:  # the directory exists but cannot be accessed
        return True
    return True


def _here() -> Workspace | None:
    """Return the current workspace; if its state is damaged, print that and keep the damaged file."""
    here = workspace.current()
    if here is not None:
        with _warning():
            if kept := here.set_damaged_aside():
                complain(
                    say(
                        "Warning: the file with your progress is damaged, so the course begins a new one. The damaged "
                        "file is kept: {path}",
                        path=str(kept),
                    )
                )
    return here


@contextlib.contextmanager
def _remembering(here: Workspace, exercise: Exercise) -> Iterator[Memory]:
    """Yield the memory of an exercise for changing; a failure to store it must not cost the learner the result."""
    with _warning(), here.editing(exercise) as memory:
        yield memory


@contextlib.contextmanager
def _warning() -> Iterator[None]:
    """Turn errors in storing progress into warnings."""
    try:
        yield
    except errors.CannotRemember as error:
        complain(say("Warning: your progress was not saved: {reason}", reason=error.message))


def _no_hints(function: str) -> tuple[str, ...]:
    return ()


def _function(name: str, exercise: Exercise, memory: Memory, found: Lesson | None) -> tuple[str, str | None]:
    """Return the function meant by a name: an exercise's function, a group of its checks, or that of an open check."""
    from course import selection

    known: list[str] = [*exercise.names, *(str(check["function"]) for check in memory.failed)]
    known += [heading for heading in found.hints if heading not in known] if found else []
    meant = {name.lower(), selection.bare(name).lower()}
    for candidate in known:
        if candidate.lower() in meant:
            return candidate, None
    for check in memory.failed:
        check_id = str(check["id"])
        if meant & {check_id.lower(), check_id.partition(".")[2].lower()}:
            return str(check["function"]), check_id
    nearest = difflib.get_close_matches(name, known, n=1)
    raise errors.NoSuchFunction(name, exercise.id, exercise.names, nearest=nearest[0] if nearest else None)
