"""The instructor's commands: ``course class ...``."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from course import destinations, errors, syllabus, text
from course.cli.base import (
    Group,
    Settings,
    absolute,
    complain,
    exercise_argument,
    exercise_named,
    lang_option,
    no_color_option,
    option,
    write,
)
from course.cli.learner import cli
from course.click_words import Command
from course.errors import CourseError
from course.shell import quote
from course.text import say, say_many

if TYPE_CHECKING:
    from course.classroom.model import Entry, Gradebook


HIGHEST_MARK = 1_000_000
"""Highest mark on the platform; anything above is a typing error."""


@cli.group("class", cls=Group)
def class_() -> None:
    """For instructors: grade a whole class, and hand back a gradebook."""


# --- Handing out ------------------------------------------------------------------------------------------------------


@class_.command("release")
@option(
    "--out",
    "out",
    metavar="DIR|ZIP",
    required=True,
    type=click.Path(path_type=Path),
    help="Where to write the edition: a directory, or a zip file if the name ends in .zip.",
)
@option(
    "--exercise", "names", metavar="EXERCISE", multiple=True, help="Only this exercise; may be repeated. Default: all."
)
@option("--force", is_flag=True, help="Replace an existing edition.")
@lang_option
@no_color_option
def release_edition(out: Path, names: tuple[str, ...], force: bool, no_color: bool) -> None:
    """Write the student edition: skeletons, lessons, visible checks.

    It can be installed and used on its own. It contains no references, hidden checks or misconceptions, and it is
    searched for them first: if anything leaks, nothing is written.
    """
    from course import render
    from course.classroom import release

    chosen = [exercise_named(name) for name in names] or [one for one in syllabus.load() if not one.planned]
    console = render.make_console(no_color)
    with render.waiting(console, say("Building the edition and looking for leaks ...")):
        done = release.release(absolute(out), chosen, force=force)
    for line in release.summary(done):
        render.line(console, line)


# --- Grading ----------------------------------------------------------------------------------------------------------

store_option = option("--store", metavar="FILE", required=True, help="The file with the results of the class.")
exercises_option = option(
    "--exercise", "exercises", metavar="EXERCISE", multiple=True, help="Only this exercise; may be repeated."
)
jobs_option = option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of submissions to grade at the same time (default: one per processor).",
)
dask_option = option("--dask", metavar="ADDRESS", help="Grade on this Dask cluster, for example tcp://host:8786.")
unsandboxed_option = option(
    "--allow-unsandboxed", is_flag=True, help="Grade even if the full sandbox is not available."
)

policy_option = option(
    "--policy",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Use this policy (TOML) instead of the one used for grading.",
)


def _slugs(names: tuple[str, ...]) -> list[str] | None:
    return [exercise_named(name).slug for name in names] or None


def _command(settings: Settings) -> tuple[str, ...] | None:
    return tuple(settings.grader_command) if settings.grader_command else None


@class_.command("grade")
@click.argument("submissions", metavar="SUBMISSIONS")
@store_option
@jobs_option
@option("--roster", metavar="CSV", help="Who is in the class: a CSV file with columns id, name, email, extension.")
@option("--policy", metavar="TOML", help="Deadlines, penalties and attempts: a TOML file.")
@exercises_option
@option("--seed", type=click.IntRange(min=0), metavar="N", help="Use the same random inputs for everybody.")
@dask_option
@unsandboxed_option
@lang_option
@no_color_option
@click.pass_context
def class_grade(
    ctx: click.Context,
    submissions: str,
    store: str,
    jobs: int | None,
    roster: str | None,
    policy: str | None,
    exercises: tuple[str, ...],
    seed: int | None,
    dask: str | None,
    allow_unsandboxed: bool,
    no_color: bool,
) -> None:
    """Grade a folder of submissions.

    SUBMISSIONS is a folder with one subfolder per student, an export from Moodle, Canvas or Gradescope, or a zip of one
    of these. Results go to --store. Unchanged work is not graded again, so running the same command again continues an
    interrupted run.

    \b
    Exit codes:
        0  everything was processed, whatever the marks
        2  the command was not understood, or the full sandbox is not available
        3  something was not graded because of an error on our side; run it again
      130  interrupted; what was graded is kept
    """  # noqa: D301
    from course import render
    from course.classroom import commands

    given = ["course", "class", "grade", submissions, "--store", store]
    named: list[tuple[str, object]] = [("jobs", jobs), ("roster", roster), ("policy", policy), ("seed", seed)]
    named += [("dask", dask), *(("exercise", name) for name in exercises)]
    for name, value in named:
        given += [f"--{name}", str(value)] if value is not None else []
    given += ["--allow-unsandboxed"] if allow_unsandboxed else []
    code = commands.grade(
        _command(ctx.obj),
        Path(submissions),
        Path(store),
        commands.Wishes(jobs, _slugs(exercises), seed, dask, allow_unsandboxed),
        render.make_console(no_color),
        quote(*given),
        roster=Path(roster) if roster else None,
        policy=Path(policy) if policy else None,
    )
    ctx.exit(code)


@class_.command("status")
@store_option
@policy_option
@lang_option
@no_color_option
def class_status(store: str, policy: Path | None, no_color: bool) -> None:
    """Show the marks so far.

    Also shows who is missing, late or not on the roster, and who handed in more than once.
    """
    from course import render
    from course.classroom import commands

    commands.status(Path(store), render.make_console(no_color), policy)


@class_.command("regrade")
@store_option
@exercises_option
@option("--dry-run", is_flag=True, help="Only show what would be graded again.")
@jobs_option
@dask_option
@unsandboxed_option
@lang_option
@no_color_option
@click.pass_context
def class_regrade(
    ctx: click.Context,
    store: str,
    exercises: tuple[str, ...],
    dry_run: bool,
    jobs: int | None,
    dask: str | None,
    allow_unsandboxed: bool,
    no_color: bool,
) -> None:
    """Grade again after checks were corrected.

    A submission is graded again, with its old seed, only if its checks have changed since it was graded. You then see
    what has changed, per student and check. Points given by hand (course class override) are kept.
    """
    from course import render
    from course.classroom import commands

    given = ["course", "class", "regrade", "--store", store]
    for name, value in [("jobs", jobs), ("dask", dask), *(("exercise", name) for name in exercises)]:
        given += [f"--{name}", str(value)] if value is not None else []
    again = quote(*given, *(["--allow-unsandboxed"] if allow_unsandboxed else []))
    wishes = commands.Wishes(jobs, _slugs(exercises), None, dask, allow_unsandboxed)
    console = render.make_console(no_color)
    ctx.exit(commands.regrade(_command(ctx.obj), Path(store), wishes, console, again, dry_run=dry_run))


@class_.command("verify")
@click.argument("first", metavar="RESULT|STUDENT")
@click.argument("second", metavar="SUBMISSION|EXERCISE")
@option("--store", metavar="FILE", help="Verify the result that this store contains for STUDENT in EXERCISE.")
@unsandboxed_option
@lang_option
@no_color_option
@click.pass_context
def class_verify(
    ctx: click.Context, first: str, second: str, store: str | None, allow_unsandboxed: bool, no_color: bool
) -> None:
    """Grade a submission again and compare.

    Name a student and an exercise of a --store; or the JSON file that `course grade --json` wrote, and the file that
    was graded. The file is graded twice, with the recorded seed and with a fresh one.

    \b
    Exit codes:
        0  the result is confirmed
        1  it is not: a different file, or a different outcome
        3  the grader failed
    """  # noqa: D301
    from course import render
    from course.classroom import commands

    command, console = _command(ctx.obj), render.make_console(no_color)
    if store:
        slug = exercise_named(second).slug
        code = commands.check_stored(command, Path(store), first, slug, console, unsandboxed=allow_unsandboxed)
    else:
        code = commands.check(command, Path(first), Path(second), console, unsandboxed=allow_unsandboxed)
    ctx.exit(code)


class OverrideCommand(Command):
    """``course class override``, which parses ``-1`` as a number and not as an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; a number below 0 then gets the error message for a number."""
        try:
            return super().parse_args(ctx, [*args])
        except click.NoSuchOption as error:
            points = next((one for one in args if re.fullmatch(r"-[\d.].*", one)), None)
            if points is None or not re.fullmatch(r"-[\d.]", error.option_name):
                raise
            rest = [*args]
            rest.remove(points)
            return super().parse_args(ctx, [*rest, "--", points])


@class_.command("override", cls=OverrideCommand)
@click.argument("student", metavar="STUDENT")
@click.argument("exercise", metavar="EXERCISE")
@click.argument("points", metavar="[POINTS]", required=False)
@store_option
@option(
    "--reason",
    metavar="TEXT",
    default="",
    help="Reason for the override; shown in the student's feedback and in every export.",
)
@option("--by", metavar="NAME", help="Name of the person who made the decision (default: your login name).")
@option("--remove", is_flag=True, help="Remove the override.")
@lang_option
@no_color_option
def class_override(
    student: str,
    exercise: str,
    points: str | None,
    store: str,
    reason: str,
    by: str | None,
    remove: bool,
    no_color: bool,
) -> None:
    """Give points by hand.

    They replace both the graded points and any penalty, and survive every regrade until they are removed. Every
    override ever made is kept in the store.
    """
    from course import render
    from course.classroom import commands

    if remove == (points is not None):
        raise CourseError(say("give either POINTS or --remove."))
    if not remove and not reason.strip():
        raise CourseError(say("an override needs a reason: --reason TEXT"))
    slug = exercise_named(exercise).slug
    console = render.make_console(no_color)
    commands.override(Path(store), student, slug, points, console, reason=reason, by=by, remove=remove)


# --- The gradebook for other programs ---------------------------------------------------------------------------------

EXPORTS = (
    "csv", "canvas", "moodle", "gradescope", "prairielearn", "classroom50", "junit", "lti-ags", "html", "json", "xlsx",
)  # fmt: skip
"""Names in ``course.classroom.export``; repeated here so that ``--help`` need not import it."""
out_option = option("--out", metavar="FILE|-", required=True, help="File to write, or - for the standard output.")
force_option = option("--force", is_flag=True, help="Replace the file if it exists.")


def _full_mark(ctx: click.Context, param: click.Parameter, value: float | None) -> Decimal | None:
    """Convert the value of the option to a decimal number."""
    if value is None:
        return None
    if not 0 < value <= HIGHEST_MARK:
        raise click.BadParameter(say("give a number above 0 and at most {most}.", most=f"{HIGHEST_MARK:,}"), ctx, param)
    return Decimal(str(value))


@class_.command("export")
@store_option
@out_option
@option(
    "--to",
    "to",
    metavar="FORMAT",
    type=click.Choice(EXPORTS),
    required=True,
    help="Output format: {formats}.",
    values={"formats": ", ".join(EXPORTS)},
)
@policy_option
@option(
    "--roster",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=(
        "For canvas and moodle: the sheet exported by the platform; marks are filled in, and nothing else in "
        "it changes."
    ),
)
@option("--column", metavar="TITLE", help="For canvas and moodle: the column for the marks.")
@option("--feedback-column", "feedback", metavar="TITLE", help="For moodle: the column for the comments.")
@option(
    "--scale-to",
    "scale",
    metavar="POINTS",
    type=float,
    callback=_full_mark,
    help="For canvas and moodle: scale the marks, so that a full mark becomes this many points.",
)
@option("--student", metavar="ID", help="Only this student, by id or e-mail address.")
@option("--exercise", metavar="EXERCISE", help="Only this exercise.")
@option("--long", "long", is_flag=True, help="For csv: one row per check.")
@option("--bom", is_flag=True, help="For csv: begin with a byte order mark, which Excel needs.")
@force_option
@lang_option
def export_command(
    store: str,
    out: str,
    to: str,
    policy: Path | None,
    roster: Path | None,
    column: str | None,
    feedback: str | None,
    scale: Decimal | None,
    student: str | None,
    exercise: str | None,
    long: bool,
    bom: bool,
    force: bool,
) -> None:
    """Write the gradebook for another program.

    canvas and moodle fill in the sheet that the platform exports. gradescope, prairielearn, classroom50 and lti-ags
    write one document per student and exercise: choose one with --student and --exercise, or give --out a name that
    ends in .zip. The others write one file for the whole class. Overrides are marked with their reason.
    """
    from course.classroom import export, gradebook
    from course.classroom.store import Store

    target = _free(out, force, Path(store))
    asked = export.Options(
        roster=_bytes(roster) if roster else None,
        roster_name=roster.name if roster else "",
        column=column,
        feedback=feedback,
        scale=scale,
        long=long,
        bom=bom,
        zip=target.lower().endswith(".zip"),
        environ=os.environ,
    )
    book = export.chosen(_gradebook(Path(store), policy), student, exercise_named(exercise).slug if exercise else None)
    if to in export.TIMED:
        with Store(Path(store)) as opened:
            book = gradebook.timed(opened, book)
    made = export.render(book, to, asked)
    _deliver(target, made.content, made.notes)


@class_.command("autograder")
@exercise_argument
@out_option
@option("--policy", metavar="FILE", type=click.Path(path_type=Path), help="Deadline, penalties and attempts (TOML).")
@option("--attempts", metavar="N", type=click.IntRange(min=1), help="Grade only the first N submissions of a student.")
@option(
    "--hidden-checks",
    "hidden",
    type=click.Choice(["visible", "after_due_date", "after_published"]),
    default="visible",
    help="When students see the results of hidden checks. As long as any result is hidden, Gradescope shows no total.",
)
@option("--allow-unsandboxed", is_flag=True, help="Grade even if the sandbox is not complete.")
@force_option
@lang_option
def autograder_command(
    exercise: str,
    out: str,
    policy: Path | None,
    attempts: int | None,
    hidden: str,
    allow_unsandboxed: bool,
    force: bool,
) -> None:
    """Make an autograder for Gradescope: a zip to upload under Configure Autograder.

    It contains the hidden checks and the references, so do not give it to students. Choose Ubuntu 22.04 or newer and a
    container with at least 2 GB of memory.
    """
    from course.classroom import autograder

    target = _free(out, force)
    text_of_policy = None
    if policy:
        from course.classroom import policy as policies

        policies.load(policy, needs_deadline=False).level(allow_unsandboxed)  # report problems with it
        text_of_policy = policy.read_text(encoding="utf-8-sig")
    config = autograder.Config(
        exercise_named(exercise).slug,
        text.language(),
        "auto" if allow_unsandboxed else "full",
        attempts,
        hidden,  # type: ignore[arg-type]  # click has validated it
    )
    _deliver(target, autograder.build(config, text_of_policy), ())


def _gradebook(store: Path, policy: Path | None) -> Gradebook:
    """Return the gradebook of a store."""
    from course.classroom import gradebook
    from course.classroom import policy as policies
    from course.classroom.store import Store

    rules = policies.load(policy) if policy else None
    with Store(store) as opened:
        book = gradebook.build(opened, rules)
    if book.pending:
        complain(
            say_many(
                "One submission has not been graded yet, so it has 0 points here. To finish: course class grade",
                "{count} submissions have not been graded yet, so they have 0 points here. To finish: course class "
                "grade",
                count=book.pending,
            )
        )
    return book


def _bytes(path: Path) -> bytes:
    from course.formats import sheet

    try:
        with path.open("rb") as file:
            return file.read(sheet.MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(
            say("cannot read {path}: {reason}.", path=str(path), reason=error.strerror or str(error))
        ) from error


def _free(out: str, force: bool, *inputs: Path) -> str:
    """Return the path of the output file, checked first: never an input, nor an existing file without --force."""
    target = destinations.normal(out) or out
    destinations.check(target)
    if target == destinations.STDOUT:
        return target
    for one in inputs:
        destinations.differ(target, str(one))
    if os.path.isfile(target) and not force:
        raise errors.BadDestination(say("{path} already exists. Replace it with --force.", path=target))
    return target


def _deliver(target: str, content: bytes, notes: Sequence[str]) -> None:
    """Write the file, and print notes about it to stderr."""
    for note in notes:
        complain(note)
    if target == destinations.STDOUT:
        write(target, content)
        return
    try:
        destinations.write(target, content)
    except OSError as error:
        raise errors.cannot_write(Path(target), error) from error
    complain(say("Wrote {path}", path=target))


# --- pages about the class --------------------------------------------------------------------------------------------

folder_option = option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder to write to; created if missing.",
)


@class_.command("report")
@store_option
@option(
    "--out",
    metavar="FILE|-",
    default="report.html",
    show_default=True,
    help="File to write the page to, or - for the standard output.",
)
@policy_option
@force_option
@lang_option
def report_command(store: str, out: str, policy: Path | None, force: bool) -> None:
    """Write a page about the class: marks, misconceptions, hard checks, students.

    It is a single HTML file that contains no scripts and loads nothing. It names students in its tables; the examples
    of misconceptions are anonymous.
    """
    from course.classroom import gradebook, report

    target = _free(out, force, Path(store))
    with _opened(Path(store), policy) as (book, source):
        page = report.to_html(book, source)
    _deliver(target, page.encode("utf-8", "backslashreplace"), gradebook.of_other_languages(book))


@class_.command("feedback")
@store_option
@folder_option
@option(
    "--to",
    "to",
    type=click.Choice(["html", "json"]),
    default="html",
    help="Output format: a page (html) or an object (json).",
)
@policy_option
@force_option
@lang_option
def feedback_command(store: str, out: Path, to: str, policy: Path | None, force: bool) -> None:
    """Write one feedback file for each student.

    Each contains the student's own results, hints and points, but no values of hidden checks and nothing about others.
    index.csv says which file belongs to whom; keep it to yourself.
    """
    from course.classroom import feedback, gradebook

    with _opened(Path(store), policy) as (book, _), _folder(out, force):
        count = feedback.write(book, out, to)  # type: ignore[arg-type]  # click has validated it
    complain(
        say_many(
            "Wrote feedback for {count} student to {path}",
            "Wrote feedback for {count} students to {path}",
            count=count,
            path=str(out),
        )
    )
    for note in gradebook.of_other_languages(book):
        complain(note)


@class_.command("similarity")
@store_option
@folder_option
@option(
    "--threshold",
    type=click.FloatRange(0.05, 1),
    default=0.5,
    show_default=True,
    help="Show only pairs with at least this score.",
)
@force_option
@lang_option
def similarity_command(store: str, out: Path, threshold: float, force: bool) -> None:
    """Find submissions that look alike, for you to read.

    Names, comments, strings, layout, the skeleton and the reference do not count. Files that are near the reference
    solution are listed on their own. A score is not a verdict: read both files before you conclude anything. Needs the
    extra "class".
    """
    from course.classroom import similarity

    with _opened(Path(store), None) as (book, source), _folder(out, force):
        found = similarity.search(book, source, threshold=threshold)
        similarity.write(book, found, out, threshold=threshold)
    if near := sum(len(one.near_reference) for one in found):
        complain(
            say_many(
                "{count} file is near the reference solution.",
                "{count} files are near the reference solution.",
                count=near,
            )
        )
    count = sum(len(one.differing) + len(one.identical) for one in found)
    complain(
        say_many(
            "{count} pair, or group of identical files, is worth a look. See {path}",
            "{count} pairs, or groups of identical files, are worth a look. See {path}",
            count=count,
            path=str(out / "index.html"),
        )
    )


@contextlib.contextmanager
def _opened(store: Path, policy: Path | None) -> Iterator[tuple[Gradebook, Callable[[Entry], bytes | None]]]:
    """Yield a store's gradebook, and a function that returns the file of an entry."""
    from course.classroom.store import Store

    book = _gradebook(store, policy)
    with Store(store) as opened:
        yield book, lambda entry: opened.source(entry.sha256) if entry.sha256 else None


@contextlib.contextmanager
def _folder(path: Path, force: bool) -> Iterator[None]:
    """Prepare a folder to write into: new or empty, or with --force any."""
    try:
        if path.is_dir() and any(path.iterdir()) and not force:
            raise errors.BadDestination(
                say(
                    "{path} is not empty. Choose a different folder, or write into this one with --force.",
                    path=str(path),
                )
            )
        path.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise errors.cannot_write(path, error) from error
