"""The commands of an instructor: ``course class ...``."""

from __future__ import annotations

from pathlib import Path

import click

from course.cli.base import Group, Settings, exercise_named, lang_option, no_color_option, option
from course.cli.learner import cli
from course.errors import CourseError
from course.shell import quote
from course.text import say


@cli.group("class", cls=Group)
def class_() -> None:
    """For instructors: grade a whole class, and hand back a gradebook."""


# --- Grading ----------------------------------------------------------------------------------------------------------

store_option = option("--store", metavar="FILE", required=True, help="The file that holds the results of the class.")
exercises_option = option(
    "--exercise", "exercises", metavar="EXERCISE", multiple=True, help="Only this exercise; may be repeated."
)
jobs_option = option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Gradings at once (default: one per processor)."
)
dask_option = option("--dask", metavar="ADDRESS", help="Grade on this Dask cluster, such as tcp://host:8786.")
unsandboxed_option = option(
    "--allow-unsandboxed", is_flag=True, help="Grade even where the full sandbox is not available."
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
@option("--seed", type=click.IntRange(min=0), metavar="N", help="Draw the same random inputs for everybody.")
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

    SUBMISSIONS is a folder per student, an export of Moodle, Canvas or Gradescope, or a zip of one of these. Results
    go to --store. Unchanged work is not graded again, so the same command continues a run that was broken off.

    \b
    Exit codes:
        0  everything was processed, whatever the marks
        2  the command was not understood, or the full sandbox is not available
        3  something could not be graded through our fault; run the command again
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


@class_.command("regrade")
@store_option
@exercises_option
@option("--dry-run", is_flag=True, help="Only say what would be graded again.")
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

    Only submissions that were graded by other checks than today's are graded again, each with its old seed. Then you
    see what has changed, per student and check. Points given by hand (course class override) stay.
    """
    from course import render
    from course.classroom import commands

    again = quote("course", "class", "regrade", "--store", store)
    wishes = commands.Wishes(jobs, _slugs(exercises), None, dask, allow_unsandboxed)
    console = render.make_console(no_color)
    ctx.exit(commands.regrade(_command(ctx.obj), Path(store), wishes, console, again, dry_run=dry_run))


@class_.command("verify")
@click.argument("result", metavar="RESULT")
@click.argument("submission", metavar="SUBMISSION")
@unsandboxed_option
@lang_option
@no_color_option
@click.pass_context
def class_verify(ctx: click.Context, result: str, submission: str, allow_unsandboxed: bool, no_color: bool) -> None:
    """Grade a submission again and compare.

    RESULT is the JSON of a grading, SUBMISSION the file that it is about. The file is graded twice, with the recorded
    seed and with a fresh one.

    \b
    Exit codes:
        0  the result is confirmed
        1  it is not: another file, or another outcome
        3  the grader failed
    """  # noqa: D301
    from course import render
    from course.classroom import commands

    console = render.make_console(no_color)
    code = commands.check(_command(ctx.obj), Path(result), Path(submission), console, unsandboxed=allow_unsandboxed)
    ctx.exit(code)


@class_.command("override")
@click.argument("student", metavar="STUDENT")
@click.argument("exercise", metavar="EXERCISE")
@click.argument("points", metavar="[POINTS]", required=False)
@store_option
@option("--reason", metavar="TEXT", default="", help="Why; the student's feedback and every export say so.")
@option("--by", metavar="NAME", help="Who decided it (default: your login name).")
@option("--remove", is_flag=True, help="Take the override back.")
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

    They replace what was graded, penalties included, and stay through every regrade until they are removed. Everything
    that was ever overridden stays in the store.
    """
    from course import render
    from course.classroom import commands

    if remove == (points is not None):
        raise CourseError(say("give POINTS, or --remove, and not both."))
    if not remove and not reason.strip():
        raise CourseError(say("an override needs a reason: --reason TEXT"))
    slug = exercise_named(exercise).slug
    console = render.make_console(no_color)
    commands.override(Path(store), student, slug, points, console, reason=reason, by=by, remove=remove)
