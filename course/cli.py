"""The ``course`` command: parses what was typed, joins the parts that decide with the part that prints.

Rich is imported by the commands that need it, torch by none: ``course --help`` answers at once. Whatever a person can
get wrong ends in one sentence and an exit code (``course.errors``), not in a traceback.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from course import client, errors, files, syllabus, text, workspace
from course.syllabus import Exercise
from course.text import say

if TYPE_CHECKING:
    from course.lesson import Lesson
    from course.render import Screen
    from course.report import Report
    from course.workspace import Memory, Workspace

MAX_BYTES = 1_000_000
"""Of a student's file; far above what anybody types."""
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

    here = workspace.find(Path.cwd())
    if directory is None:
        directory = here.root if here else Path(workspace.DEFAULT)
    if directory.exists() and not directory.is_dir():
        raise errors.BadDestination(say("error.not_a_directory", path=str(directory)))
    ready = [exercise for exercise in syllabus.load() if not exercise.planned]
    desk, copied, kept = workspace.start(directory, ready)

    from course import render

    console = render.make_console(no_color)
    render.line(console, say("start.made", path=str(directory.resolve())), style="bold")
    for file in copied:
        render.line(console, "  " + say("start.copied", file=file.name))
    for file in kept:
        render.line(console, "  " + say("start.kept", file=file.name))
    _, what = advice.forward(ready, desk.memories())
    if directory.resolve() != Path.cwd().resolve():
        what = advice.Advice(f"cd {advice.quote(str(directory))} && {what.command}", say("next.enter"))
    render.next_step(console, what)


@cli.command("list")
@option("--json", "json_path", metavar="PATH|-", help="option.json_list")
@lang_option
@no_color_option
def list_exercises(json_path: str | None, no_color: bool) -> None:
    """The syllabus and the learner's progress."""
    from course import advice

    here = workspace.find(Path.cwd())
    memories = here.memories() if here else {}
    exercises = syllabus.load()
    if json_path:
        _check_destination(json_path)
        _write(json_path, files.to_json(_list_as_json(exercises, memories)))
    if json_path == "-":
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
@lang_option
@no_color_option
def read(exercise: str, no_color: bool) -> None:
    """Show a lesson."""
    from course import advice, lesson

    chosen = _written(exercise)
    found = lesson.load(chosen.slug, text.language())
    if found is None:
        raise errors.Planned(say("error.no_lesson", exercise=chosen.id))
    here = workspace.find(Path.cwd())

    from course import render

    console = render.make_console(no_color)
    if found.lang != text.language():
        render.line(console, say("read.fallback"), style="dim")
        console.print()
    with render.pager(console):
        render.markdown(console, found.text)
    if count := sum(len(items) for items in found.hints.values()):
        console.print()
        render.line(console, say("read.hints", count=count, exercise=chosen.id), style="dim")
    if here is None:
        render.next_step(console, advice.to_workspace())
    else:
        file = render.shorten(str(here.file(chosen)))
        render.next_step(console, advice.Advice(f"course grade {chosen.id}", say("next.edit", file=file)))


@cli.command()
@exercise_argument
@option("--file", "file", metavar="PATH", help="option.file")
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
    file: str | None,
    only: tuple[str, ...],
    seed: int | None,
    json_path: str | None,
    junit_path: str | None,
    verbose: bool,
    exit_zero: bool,
    no_color: bool,
) -> None:
    """Grade one file and say how it went, in every format that was asked for."""
    from course import advice

    settings: Settings = ctx.obj
    with client.Grader(settings.grader_command) as grader:  # first of all: it imports torch while we do the rest
        if file is None and exercise.endswith(".py") and Path(exercise).exists():
            file = exercise  # `course grade lora.py`, as the shell completes it
        chosen = _written(Path(exercise).name)
        for destination in (json_path, junit_path):
            _check_destination(destination)
        here = workspace.find(Path.cwd())
        target = Path(file).absolute() if file is not None else _own_file(here, chosen)
        if here is not None and target.resolve() != here.file(chosen).resolve():
            here = None  # what is remembered describes the workspace's own file

        with _screen(json_path, no_color=no_color, verbose=verbose) as screen:
            report = _run(grader, screen, chosen, target, only, seed)
        if report.exit_code == errors.NOTHING_TO_RUN:
            functions = ", ".join(chosen.functions)
            message = say("error.nothing_selected", names=", ".join(only), exercise=chosen.id, functions=functions)
            if here is not None and (known := [str(check["id"]) for check in here.memory(chosen).failed]):
                message += " " + say("error.open_checks", checks=", ".join(known[:MANY]))
            raise errors.NothingSelected(message)
        if here is not None and report.status in ("passed", "failed", "not_started"):
            memory = here.memory(chosen)
            memory.record(report)
            _remember(here, chosen, memory)
        following = advice.after_grade(report, chosen, here.memories() if here else None, file)

        if verbose and (words := grader.stderr()):
            click.echo(text.clean(words), err=True)
        if junit_path:
            from course import junit

            _write(junit_path, junit.to_xml(report))
        if json_path:
            _write(json_path, files.to_json(report.to_json(following.command)))
        if screen:
            screen.finished(report, following)
        elif report.message:
            click.echo(text.clean(report.message), err=True)
    judged = report.exit_code in (errors.NOT_PASSED, errors.NOT_GRADABLE)
    ctx.exit(errors.PASSED if exit_zero and judged else report.exit_code)


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


def _run(
    grader: client.Grader, screen: Screen | None, exercise: Exercise, file: Path, only: Sequence[str], seed: int | None
) -> Report:
    """Have the file graded, showing the events as they arrive."""
    from course import report as reports

    lang = text.language()
    report = reports.Report(exercise.id, exercise.slug, exercise.title(lang), str(file), seed, partial=bool(only))
    if refusal := _refusal(file):
        report.refuse(refusal, exercise.points)
        return report
    if screen:
        screen.wait()
    try:
        for event in grader.grade(exercise=exercise.slug, file=file, seed=seed, only=only, lang=lang):
            report.take(event)
            if screen and event["event"] == "started":
                screen.started(report)
            elif screen and event["event"] == "check":
                screen.checked(report, report.checks[event["check"]["id"]])
    except reports.Malformed as error:
        report.fail(say("fault.bad_event", reason=str(error)))
    except errors.GraderFault as error:
        report.fail(error.message)
    return report


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
    here = workspace.find(Path.cwd())
    memory = here.memory(chosen) if here else workspace.Memory()
    found = lesson.load(chosen.slug, text.language())
    check_id = None
    if function is not None:
        function, check_id = _function(function, chosen, memory, found)
    chapter: hints.Chapter = found.hints_for if found else _no_hints
    console = render.make_console(no_color)

    if everything:
        shown = hints.everything(chosen, memory, chapter, function, check_id)
    else:
        shown = [hints.following(chosen, memory, chapter, function, check_id)]
        if here:
            _remember(here, chosen, memory)
    render.hints(console, shown)
    if here is None:
        render.line(console, say("hints.forgetful"), style="dim")
    render.next_step(console, advice.Advice(f"course grade {chosen.id}", say("next.grade_hinted")))


@cli.command("next")
@lang_option
@no_color_option
def next_exercise(no_color: bool) -> None:
    """Where the learner stands."""
    from course import advice, render

    console = render.make_console(no_color)
    here = workspace.find(Path.cwd())
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
    here = workspace.find(Path.cwd())
    if here is None:
        raise errors.NoWorkspace(say("error.no_workspace_reset"))
    changed, backup = workspace.reset(here, chosen, datetime.now())
    if changed:
        _remember(here, chosen, workspace.Memory())

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
    here = workspace.find(Path.cwd())
    with render.waiting(console, say("doctor.asking")):
        findings = examination.examine(str(here.root) if here else None, console.encoding, ctx.obj.grader_command)
    render.findings(console, findings)
    missing = [finding for finding in findings if finding.ok is False]
    render.next_step(console, examination.advise(missing, here is not None))
    ctx.exit(errors.NOT_PASSED if missing else errors.PASSED)


@cli.command(context_settings={"allow_interspersed_args": False})
@click.argument("arguments", metavar="RECIPE [OPTIONS]...", nargs=-1, type=click.UNPROCESSED, required=True)
@lang_option
@click.pass_context
def run(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    """Hand over to a recipe."""
    from course import recipes

    ctx.exit(recipes.run(arguments))


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


def _remember(here: Workspace, exercise: Exercise, memory: Memory) -> None:
    """Store what is to be remembered; what cannot be stored must not cost the learner the result."""
    try:
        here.remember(exercise, memory)
    except errors.CourseError as error:
        click.echo(say("error.not_remembered", reason=error.message), err=True)


def _no_hints(function: str) -> tuple[str, ...]:
    return ()


def _refusal(file: Path) -> str | None:
    """Why this cannot be a student's file; None if it may be one."""
    shown = file.name
    try:
        if file.is_dir():
            return say("error.is_directory", file=shown)
        if not file.exists():
            return say("error.no_such_file", file=shown)
        if (size := file.stat().st_size) > MAX_BYTES:
            return say("error.too_large", file=shown, size=f"{size:,}", limit=f"{MAX_BYTES:,}")
        with open(file, "rb"):
            return None
    except OSError as error:
        return say("error.not_readable", file=shown, reason=error.strerror or str(error))


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


def _check_destination(path: str | None) -> None:
    """Refuse a destination before the work is done, not after."""
    if path in (None, "-"):
        return
    target = Path(str(path))
    if target.is_dir():
        raise errors.cannot_write(target, IsADirectoryError(21, os.strerror(21)))
    if not target.absolute().parent.is_dir():
        raise errors.cannot_write(target, FileNotFoundError(2, os.strerror(2)))


def _write(path: str, content: bytes) -> None:
    if path == "-":
        sys.stdout.buffer.write(content)  # bytes, so that neither encoding nor line ends depend on the terminal
        sys.stdout.buffer.flush()
        return
    try:
        files.write_bytes(Path(path), content)
    except OSError as error:
        raise errors.cannot_write(Path(path), error) from error


def main() -> None:
    """The entry point."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    cli(prog_name="course")
