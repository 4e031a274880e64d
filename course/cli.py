"""The ``course`` command: parses what was typed, joins the parts that decide with the part that prints.

Rich is imported by the commands that need it, torch by none: ``course --help`` answers at once. Whatever a person can
get wrong ends in one sentence and an exit code (``course.errors``), not in a traceback.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from course import destinations, errors, files, paths, shell, signals, streams, syllabus, text, workspace
from course.compat import module_command
from course.grader import Grader
from course.syllabus import Exercise
from course.text import say

if TYPE_CHECKING:
    from rich.console import Console

    from course.lesson import Lesson
    from course.render import Screen
    from course.session import Grading
    from course.workspace import Memory, Workspace

MANY = 5
"""Names of checks in one sentence."""

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Settings:
    """What a test replaces; goes in as click's ``obj``."""

    grader_command: Sequence[str] | None = None
    """Starts the grader; None means ``python -m grader``."""


class Option(click.Option):
    """An option whose help text is a key of the message catalogue."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Left and right column of the help page."""
        key, self.help = self.help, say(self.help or "")
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = key


class Command(click.Command):
    """A command whose help text is the entry ``help.<name>`` of the message catalogue."""

    def _speak(self) -> None:
        self.help = say(f"help.{self.name}").strip()

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence, for the list of commands."""
        self._speak()
        return super().get_short_help_str(limit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The whole text."""
        self._speak()
        super().format_help_text(ctx, formatter)


@contextlib.contextmanager
def _cleaned() -> Iterator[None]:
    """What was typed is repeated in complaints about it, without control characters."""
    try:
        yield
    except click.ClickException as error:
        error.message = text.clean(error.message)  # type: ignore[misc]  # nothing has been shown yet
        raise


class RunCommand(Command):
    """``course run``, whose help lists the recipes."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line for each of them."""
        from course import recipes

        with formatter.section(say("run.recipes")):
            formatter.write_dl(list(recipes.catalogue().items()))


class Group(Command, click.Group):
    """The commands in the order in which a learner meets them."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Not alphabetical."""
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Speak the reader's language from the first word on."""
        _use(text.detect())
        return super().main(*args, **kwargs)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse what was typed; click repeats it in its complaints."""
        with _cleaned():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; Ctrl-C and a damaged syllabus end in a sentence."""
        try:
            with _cleaned():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            raise errors.Interrupted() from None
        except syllabus.SyllabusError as error:
            raise errors.GraderFault(say("error.syllabus", reason=str(error))) from error


def option(*names: str, **attributes: Any) -> Callable[[Function], Function]:
    """``click.option`` with its help from the catalogue."""
    return click.option(*names, cls=Option, **attributes)


def _speak(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value:
        _use(value)


def _use(lang: str) -> None:
    """Speak this language if the terminal can write it, else English."""
    try:
        str(text.catalogue(lang)["next.start"]).encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        lang = "en"
    text.use(lang)


lang_option = option(
    "--lang",
    type=click.Choice(text.LANGUAGES),
    help="option.lang",
    is_eager=True,  # before --help, which speaks
    expose_value=False,
    callback=_speak,
)
no_color_option = option("--no-color", is_flag=True, help="option.no_color")
exercise_argument = click.argument("exercise", metavar="EXERCISE")


@click.group("course", cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="transformers-course", prog_name="course")
@lang_option
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Everything; what each command says of itself is in the catalogue."""
    if ctx.obj is None:
        ctx.obj = Settings()


@cli.command()
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@lang_option
@no_color_option
def start(directory: Path | None, no_color: bool) -> None:
    """Copy the skeletons."""
    from course import advice

    here = workspace.current()
    if directory is None:
        directory = here.root if here else Path(workspace.DEFAULT)
    if os.path.exists(directory) and not os.path.isdir(directory):
        raise errors.BadDestination(say("error.not_a_directory", path=str(directory)))
    ready = [exercise for exercise in syllabus.load() if not exercise.planned]
    desk, copied, kept = workspace.start(directory, ready)
    place = _resolved(directory)

    from course import render

    console = render.make_console(no_color)
    render.line(console, say("start.made", path=str(place)), style="bold")
    for file in copied:
        render.line(console, "  " + say("start.copied", file=file.name))
    for file in kept:
        render.line(console, "  " + say("start.kept", file=file.name))
    _, what = advice.forward(ready, desk.memories())
    if place != _resolved(Path()):
        what = advice.Advice(f"cd {shell.quote(str(directory))} && {what.command}", say("next.enter"))
    render.next_step(console, what)


@cli.command("list")
@option("--json", "json_path", metavar="PATH|-", help="option.json_list")
@lang_option
@no_color_option
@click.pass_context
def list_exercises(ctx: click.Context, json_path: str | None, no_color: bool) -> None:
    """The syllabus and the learner's progress."""
    from course import advice

    here = workspace.current()
    memories = here.memories() if here else {}
    exercises = syllabus.load()
    json_path = destinations.normal(json_path)
    written = True
    if json_path is not None:
        destinations.check(json_path)
        written = _write(json_path, files.to_json(_list_as_json(exercises, memories)))
    if json_path == destinations.STDOUT:
        return

    from course import render

    console = render.make_console(no_color)
    render.exercises(console, exercises, memories)
    if here is None:
        console.print()
        render.line(console, say("list.no_workspace"), style="dim")
        render.next_step(console, advice.to_workspace())
    else:
        render.next_step(console, advice.forward(exercises, memories)[1])
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
                "points": exercise.points,
                "minutes": exercise.minutes,
                "state": advice.state(exercise, memories.get(exercise.slug)),
            }
            for exercise in exercises
        ],
    }


@cli.command()
@exercise_argument
@option("--open", "open_pictures", is_flag=True, help="option.open")
@lang_option
@no_color_option
def read(exercise: str, open_pictures: bool, no_color: bool) -> None:
    """Show a lesson, or its pictures."""
    from course import advice, lesson

    chosen = _written(exercise)
    found = lesson.load(chosen.slug, text.language())
    if found is None:
        raise errors.Planned(say("error.no_lesson", exercise=chosen.id))
    here = workspace.current()

    from course import render

    console = render.make_console(no_color)
    if open_pictures:
        _open_pictures(found, console)
        render.next_step(console, advice.Advice(f"course read {chosen.id}", say("next.read")))
        return
    if found.lang != text.language():
        render.line(console, say("read.fallback"), style="dim")
        console.print()
    with render.pager(console):
        render.markdown(console, found.text)
    if count := sum(len(items) for items in found.hints.values()):
        console.print()
        render.line(console, say("read.hints", count=count, exercise=chosen.id), style="dim")
    if found.pictures:
        render.line(console, say("read.pictures", exercise=chosen.id), style="dim")
        for picture in found.pictures:
            render.line(console, f"  {picture}", style="dim")
    if here is None:
        render.next_step(console, advice.to_workspace())
    else:
        file = render.shorten(str(here.file(chosen)))
        render.next_step(console, advice.Advice(f"course grade {chosen.id}", say("next.edit", file=file)))


def _open_pictures(found: Lesson, console: Console) -> None:
    """Show the pictures in whatever shows pictures here; where nothing does, say where they lie."""
    from course import render

    screen = os.name == "nt" or sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    for picture in found.pictures:
        opened = bool(screen) and click.launch(str(picture)) == 0
        render.line(console, say("read.opened" if opened else "read.not_opened", path=str(picture)))


@cli.command()
@exercise_argument
@option("--file", "given", metavar="PATH", multiple=True, help="option.file")
@option("--only", metavar="CHECK", multiple=True, help="option.only")
@option("--seed", type=click.IntRange(min=0), metavar="N", help="option.seed")
@option("--json", "json_path", metavar="PATH|-", help="option.json")
@option("--junit", "junit_path", metavar="PATH", help="option.junit")
@option("-v", "--verbose", is_flag=True, help="option.verbose")
@option("--exit-zero", is_flag=True, help="option.exit_zero")
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
    """Grade one file and say how it went, in every format that was asked for."""
    from course import advice, session

    settings: Settings = ctx.obj
    if len(given) > 1:
        raise errors.CourseError(say("error.one_file", files=", ".join(given)))
    file = given[0] if given else None
    json_path = destinations.normal(json_path)
    with Grader(settings.grader_command) as grader:  # first of all: it imports torch while we do the rest
        if file is None and exercise.endswith(".py") and Path(exercise).exists():
            file = exercise  # `course grade lora.py`, as the shell completes it
        chosen = _written(Path(exercise).name)
        only = _selection(only, chosen)
        here = workspace.current()
        target = _absolute(Path(file)) if file is not None else _own_file(here, chosen)
        for destination in (json_path, junit_path):
            if destination is not None:
                destinations.check(destination, target)
        destinations.differ(json_path, junit_path)
        if here is not None and _resolved(target) != _resolved(here.file(chosen)):
            here = None  # what is remembered describes the workspace's own file

        with _screen(json_path, no_color=no_color, verbose=verbose) as screen:
            try:
                result = session.run(
                    grader, chosen, target, seed=seed, only=only, lang=text.language(), heard=_shown(screen)
                )
            except session.NothingToRun:
                raise _nothing_selected(only, chosen, here) from None
        if here is not None and result.status in ("passed", "failed", "not_started"):
            with _remembering(here, chosen) as memory:
                memory.record(result, chosen.points)
        following = advice.after_grade(result, chosen, here.memories() if here else None, file)
        result.next = following.command

        if verbose and (words := grader.stderr()):
            _complain(words)
        if screen:
            screen.finished(result, following)
        if junit_path is not None:
            from course import junit

            _write(junit_path, junit.to_xml(result))
        if json_path is not None:
            _write(json_path, files.to_json(result.to_json()))
        if not screen and result.message:
            _complain(result.message)
    judged = result.exit_code in (errors.NOT_PASSED, errors.NOT_GRADABLE)
    ctx.exit(errors.PASSED if exit_zero and judged else result.exit_code)


def _selection(only: Sequence[str], exercise: Exercise) -> tuple[str, ...]:
    """The checks and groups of checks that a reader means: by any name that the report or the syllabus shows."""
    if not only:
        return ()
    from course import selection

    known = selection.load(exercise.slug)
    if known is None:  # the grader may know better, and says so
        return tuple(only)
    found, unknown = known.resolve(only)
    if unknown:
        nearest = known.nearest(unknown[0])
        raise _nothing_selected(unknown, exercise, workspace.current(), nearest)
    return found


def _nothing_selected(
    only: Sequence[str], exercise: Exercise, here: Workspace | None, nearest: Sequence[str] = ()
) -> errors.NothingSelected:
    functions = ", ".join(exercise.functions)
    message = say("error.nothing_selected", names=", ".join(only), exercise=exercise.id, functions=functions)
    if nearest:
        message += " " + say("error.did_you_mean", name=nearest[0])
    elif here is not None and (known := [str(check["id"]) for check in here.memory(exercise).failed]):
        message += " " + say("error.open_checks", checks=", ".join(known[:MANY]))
    return errors.NothingSelected(message)


@contextlib.contextmanager
def _screen(json_path: str | None, *, no_color: bool, verbose: bool) -> Iterator[Screen | None]:
    """Somewhere to print to while the events arrive, or None if only the JSON object is wanted."""
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
    """What shows the events of a grading while they arrive."""
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
@option("--all", "everything", is_flag=True, help="option.all")
@lang_option
@no_color_option
def hint(exercise: str, function: str | None, everything: bool, no_color: bool) -> None:
    """One more hint."""
    from course import advice, hints, lesson, render

    chosen = _written(exercise)
    here = workspace.current()
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
        render.line(console, say("hints.forgetful"), style="dim")
    render.next_step(console, advice.Advice(f"course grade {chosen.id}", say("next.grade_hinted")))


@cli.command()
@exercise_argument
@click.argument("function", metavar="[FUNCTION]", required=False)
@option("--diff", "difference", is_flag=True, help="option.diff")
@option("--give-up", is_flag=True, help="option.give_up")
@lang_option
@no_color_option
def solution(exercise: str, function: str | None, difference: bool, give_up: bool, no_color: bool) -> None:
    """The reference, and how the libraries do it."""
    from course import advice, reference, render

    chosen = _written(exercise)
    here = workspace.current()
    _earned(here, chosen, give_up)
    console = render.make_console(no_color)
    if difference:
        _show_difference(here, chosen, console)
    else:
        code = reference.source(chosen, function)
        if code is None:
            nearest = difflib.get_close_matches(str(function), chosen.functions, n=1)
            raise errors.NoSuchFunction(
                str(function), chosen.id, chosen.functions, nearest=nearest[0] if nearest else None
            )
        with render.pager(console):
            render.code(console, code)
            console.print()
            versions, ways = reference.library()
            render.library(console, versions, [way for way in ways[chosen.slug] if function in (None, way.function)])
    other = "course next" if difference else f"course diff {chosen.id}"
    render.next_step(console, advice.Advice(other, say("next.next" if difference else "next.diff")))


@cli.command("diff")
@exercise_argument
@lang_option
@no_color_option
def show_difference(exercise: str, no_color: bool) -> None:
    """From the learner's file to the reference."""
    from course import advice, render

    chosen = _written(exercise)
    here = workspace.current()
    _earned(here, chosen, give_up=False)
    console = render.make_console(no_color)
    _show_difference(here, chosen, console)
    render.next_step(console, advice.Advice("course next", say("next.next")))


def _earned(here: Workspace | None, exercise: Exercise, give_up: bool) -> None:
    """Refuse the reference to whoever has neither passed nor given up; giving up is remembered."""
    memory = here.memory(exercise) if here else workspace.Memory()
    if memory.solved or memory.surrendered:
        return
    if not give_up:
        if here is None:
            raise errors.NoWorkspace(say("error.no_workspace_solution", exercise=exercise.id))
        points, max_points = memory.points, memory.max_points or exercise.points
        raise errors.NotYet(say("error.not_yet", exercise=exercise.id, points=points, max_points=max_points))
    if here is not None:
        with _remembering(here, exercise) as changed:
            changed.surrendered = True


def _show_difference(here: Workspace | None, exercise: Exercise, console: Console) -> None:
    from course import reference, render

    mine = _own_file(here, exercise)
    try:
        lines = reference.difference(exercise, mine)
    except OSError as error:
        raise errors.NoFile(say("file.unreadable", file=mine.name, reason=error.strerror or str(error))) from error
    if not lines:
        render.line(console, say("solution.same", file=mine.name))
    with render.pager(console):
        render.difference(console, lines)


@cli.command("next")
@lang_option
@no_color_option
def next_exercise(no_color: bool) -> None:
    """Where the learner stands."""
    from course import advice, render

    console = render.make_console(no_color)
    here = workspace.current()
    memories = here.memories() if here else {}
    exercise, what = advice.forward(syllabus.load(), memories)
    if exercise is None:
        render.line(console, say("next.all_done"), style="bold green")
    else:
        title = exercise.title(text.language())
        render.line(console, say("next.current", exercise=exercise.id, title=title), style="bold")
        if (memory := memories.get(exercise.slug)) and memory.status not in (None, "not_started"):
            render.line(console, say("next.score", points=memory.points, max_points=memory.max_points), style="dim")
    if here is None:
        what = advice.to_workspace()
    render.next_step(console, what)


@cli.command()
@exercise_argument
@lang_option
@no_color_option
def reset(exercise: str, no_color: bool) -> None:
    """Back to the skeleton."""
    from datetime import datetime

    from course import advice, render

    chosen = _written(exercise)
    here = workspace.current()
    if here is None:
        raise errors.NoWorkspace(say("error.no_workspace_reset"))
    changed, backup = workspace.reset(here, chosen, datetime.now())
    if changed:
        with _remembering(here, chosen) as memory:
            memory.forget()

    console = render.make_console(no_color)
    file = render.shorten(str(here.file(chosen)))
    render.line(console, say("reset.done" if changed else "reset.nothing", file=file), style="bold")
    if backup:
        render.line(console, say("reset.backup", file=render.shorten(str(backup))))
    render.next_step(console, advice.Advice(f"course read {chosen.id}", say("next.read")))


@cli.command()
@lang_option
@no_color_option
@click.pass_context
def doctor(ctx: click.Context, no_color: bool) -> None:
    """Look around."""
    from course import doctor as examination
    from course import render

    console = render.make_console(no_color)
    here = workspace.current()
    with render.waiting(console, say("doctor.asking")):
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
    """Hand over to a recipe."""
    from course import recipes

    recipes.check(arguments)
    ctx.exit(recipes.run(arguments))


@cli.command(context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
@exercise_argument
@click.argument("arguments", metavar="[OPTIONS]...", nargs=-1, type=click.UNPROCESSED)
@lang_option
@click.pass_context
def figures(ctx: click.Context, exercise: str, arguments: tuple[str, ...]) -> None:
    """Compute the figures of a lesson afresh."""
    from course import recipes

    chosen = _written(exercise)
    script = paths.ROOT / "scripts" / "figures" / f"{chosen.slug}.py"
    if not script.is_file():
        raise errors.NeedsRepository(say("error.needs_repository", file=f"scripts/figures/{script.name}"))
    ctx.exit(recipes.run((chosen.slug, *arguments), module_command("scripts.figures")))


def _written(name: str) -> Exercise:
    """The exercise of this name, if it is more than a plan."""
    exercise = syllabus.resolve(name)
    if exercise.planned:
        title = exercise.title(text.language())
        raise errors.Planned(say("error.planned", exercise=exercise.id, title=title))
    return exercise


def _own_file(here: Workspace | None, exercise: Exercise) -> Path:
    if here is None:
        raise errors.NoWorkspace(say("error.no_workspace", exercise=exercise.id))
    file = here.file(exercise)
    if not file.exists():
        raise errors.NoFile(say("error.no_file", file=file.name, exercise=exercise.id))
    return file


@contextlib.contextmanager
def _remembering(here: Workspace, exercise: Exercise) -> Iterator[Memory]:
    """What is remembered, for changing it; what cannot be stored must not cost the learner the result."""
    try:
        with here.editing(exercise) as memory:
            yield memory
    except errors.CannotRemember as error:
        _complain(say("error.not_remembered", reason=error.message))


def _complain(message: str) -> None:
    """A sentence on stderr, which may hold words from outside."""
    click.echo(text.clean(message), err=True)


def _absolute(path: Path) -> Path:
    """The path from the root, or as it is where the current directory is gone and the path begins there."""
    try:
        return path.absolute()
    except OSError:
        return path


def _resolved(path: Path) -> Path:
    """The path without links and dots, as far as they may be looked at; two of them can be compared."""
    try:
        return Path(os.path.realpath(path))
    except OSError:  # there is no current directory
        return path


def _no_hints(function: str) -> tuple[str, ...]:
    return ()


def _function(name: str, exercise: Exercise, memory: Memory, found: Lesson | None) -> tuple[str, str | None]:
    """The function that a reader means: one of the exercise's, or a group of its checks; or that of an open check."""
    known: list[str] = [*exercise.functions, *(str(check["function"]) for check in memory.failed)]
    known += [heading for heading in found.hints if heading not in known] if found else []
    for candidate in known:
        if candidate.lower() == name.lower():
            return candidate, None
    for check in memory.failed:
        check_id = str(check["id"])
        if name.lower() in (check_id.lower(), check_id.partition(".")[2].lower()):
            return str(check["function"]), check_id
    nearest = difflib.get_close_matches(name, known, n=1)
    raise errors.NoSuchFunction(name, exercise.id, exercise.functions, nearest=nearest[0] if nearest else None)


def _write(path: str, content: bytes) -> bool:
    """Write a result and say whether that went well; what cannot be written must not cost the learner the report."""
    if path == destinations.STDOUT:
        sys.stdout.buffer.write(content)  # bytes, so that neither encoding nor line ends depend on the terminal
        sys.stdout.buffer.flush()
        return True
    try:
        destinations.write(path, content)
    except OSError as error:
        _complain(say("error.not_written", path=path, reason=error.strerror or str(error)))
        return False
    return True


def main() -> None:
    """The entry point."""
    streams.prepare()
    code: int | str | None = errors.PASSED
    try:
        signals.heed()
        shell.begin()
        cli(prog_name="course")
    except SystemExit as end:
        code = end.code
    except signals.Stopped as stopped:
        click.echo("\n" + say("error.interrupted"), err=True)
        code = stopped.exit_code
    finally:
        streams.finish()
    sys.exit(code)
