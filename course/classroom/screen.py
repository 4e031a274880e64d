"""Terminal output of ``course class`` during and after grading.

On a terminal, a bar shows progress, speed and time; elsewhere there are plain lines. Text from outside is printed
literally, without control characters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from course import bundle, render, syllabus
from course.classroom.model import Entry, Gradebook, Refused
from course.classroom.run import Answer, Counts, Job, fault
from course.classroom.verify import Change, Verification, compare
from course.formats import facts, match
from course.result import CheckResult, Result
from course.syllabus import Exercise
from course.text import clean, mark, say, say_many

NAME = 20
"""Width of the student's name in columns; longer names are cut."""
STATUS_WORDS = {
    "passed": (mark("passed"), "green"),
    "failed": (mark("failed"), "red"),
    "not_started": (mark("not started"), "dim"),
    "not_gradable": (mark("not gradable"), "yellow"),
    "grader_error": (mark("our fault"), "magenta"),
}
"""Status of a result -> its label in a line, and its style."""
CHECKS = {
    "passed": mark("passed"),
    "failed": mark("failed"),
    "not_started": mark("not started"),
    "crashed": mark("crashed"),
    "timeout": mark("timeout"),
    "out_of_memory": mark("out of memory"),
    "skipped": mark("skipped"),
    "grader_error": mark("our fault"),
}
"""Status of a check -> its label in a table."""


class Rate(ProgressColumn):
    """A progress column: gradings per second."""

    def render(self, task: Task) -> Text:
        """Show the rate, once it is known."""
        speed = task.finished_speed or task.speed
        return Text(say("{rate}/s", rate=f"{speed:.1f}") if speed else "", style="dim")


class Board:
    """The progress of a run; use it as a context manager.

    Args:
        console: where to print.
        total: number of submissions to be graded.
        names: student id -> displayed name.
    """

    def __init__(self, console: Console, total: int, names: dict[str, str]) -> None:
        self.console, self.names = console, names
        self.column = min(NAME, max((cell_len(clean(name, one_line=True)) for name in names.values()), default=0))
        self.started = time.monotonic()
        self.progress: Progress | None = None
        if console.is_terminal and not console.is_dumb_terminal and total:
            columns = (BarColumn(), MofNCompleteColumn(), Rate(), TextColumn(say("left:")), TimeRemainingColumn())
            self.progress = Progress(*columns, console=console, transient=True, speed_estimate_period=60)
            self.bar = self.progress.add_task("", total=total)

    def __enter__(self) -> Board:
        """Show the board."""
        if self.progress:
            self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bar; the lines stay."""
        if self.progress:
            self.progress.stop()

    @property
    def seconds(self) -> float:
        """Return the seconds since the board was created."""
        return time.monotonic() - self.started

    def graded(self, job: Job, result: Result) -> None:
        """Print one line for each student who handed in this file."""
        for one in job.submissions:
            line = told(self.names.get(one.student) or one.student, result, self.column)
            if self.console.is_terminal:
                line.truncate(self.console.width, overflow="ellipsis")
            self.console.print(line, soft_wrap=True)
        if self.progress:
            self.progress.advance(self.bar, len(job.submissions))


def told(student: str, result: Result, width: int = NAME) -> Text:
    """Return a line about a submission: student, exercise, points, status, and the cause or the obstacle.

    Args:
        student: the student's name.
        result: the result of the grading.
        width: width of the name in columns.
    """
    word, style = STATUS_WORDS[result.status]
    points = f"{result.points}/{result.max_points}"
    line = Text(f"{_fit(student, width)}  {result.id:<11}  {points:>5}  ")
    line.append(f"{say(word):<12}", style=style)
    line.append(f"  {_reason(result)}".rstrip())
    return line


def _fit(name: str, width: int) -> str:
    text = Text(clean(name, one_line=True))
    text.truncate(width, overflow="ellipsis", pad=True)
    return text.plain


def _reason(result: Result) -> str:
    """Return the first misconception named, or the reason why nothing could be graded."""
    if result.status == "grader_error":
        return clean(fault(result).partition("\n")[0], one_line=True)
    if result.status == "not_gradable":
        return clean(result.message.partition("\n")[0], one_line=True)
    named = (check.cause for check in result.checks)
    return clean(next((one.heading for one in named if one), ""), one_line=True)


def begun(console: Console, answer: Answer, waiting: int, workers: int) -> None:
    """Print what will be graded, and the maximum time for one submission."""
    said = say_many("{count} submission to grade", "{count} submissions to grade", count=waiting)
    bound = say("at most {seconds} s for each", seconds=f"{answer.seconds:g}")
    at_once = say_many("{count} at a time", "{count} at a time", count=workers)
    render.line(console, f"{said}, {at_once}, sandbox {answer.sandbox}, {bound}", "dim")


def refused(console: Console, refusals: Iterable[Refused]) -> None:
    """Print one line for each refused file that may have been meant as a submission."""
    for no in refusals:
        who = no.student.shown if no.student else "?"
        line = Text(f"{_fit(who, NAME)}  ")
        line.append(say("refused"), style="yellow")
        line.append(f"  {clean(no.origin, one_line=True)}: {clean(no.reason, one_line=True)}")
        console.print(line, soft_wrap=True)


def ignored(console: Console, left: Iterable[tuple[str, str]], most: int | None = None) -> None:
    """Print one line for each reason why files were ignored.

    Args:
        console: where to print.
        left: origin and reason.
        most: maximum number of names in a line; None means all.
    """
    files: dict[str, list[str]] = {}
    for origin, reason in left:
        files.setdefault(reason, []).append(clean(origin, one_line=True))
    for reason, origins in files.items():
        line = Text(say("ignored"), style="yellow")
        line.append(f"  {match.listed(origins, most or len(origins))}: {clean(reason, one_line=True)}", style="default")
        console.print(line, soft_wrap=True)


def touched(console: Console, exercise: Exercise, count: int, of: int) -> None:
    """Print how many of an exercise's submissions are affected by a correction."""
    said = say(
        "{exercise}: the checks have changed for {count} of {of} submissions", exercise=exercise.id, count=count, of=of
    )
    if not count:
        said = say("{exercise}: the checks are the same", exercise=exercise.id)
    render.line(console, said, "" if count else "dim")


def outdated(console: Console, graded: Iterable[tuple[str, str, int]]) -> bool:
    """Print how many marks come from checks other than today's; return whether there are any.

    Args:
        console: where to print.
        graded: exercise, hash of the checks, and how many submissions were graded with them.
    """
    found: dict[str, int] = {}
    for slug, checks, count in graded:
        if checks != bundle.of(slug):
            found[slug] = found.get(slug, 0) + count
    for slug in in_course_order(found):
        said = say_many(
            "{exercise}: the checks have changed since {count} submission was graded. Its mark stays as it is until "
            "you grade it again with course class regrade.",
            "{exercise}: the checks have changed since {count} submissions were graded. Their marks stay as they are "
            "until you grade them again with course class regrade.",
            exercise=syllabus.resolve(slug).id,
            count=found[slug],
        )
        render.line(console, said, "yellow")
    return bool(found)


def bundles(console: Console, same: bool | None) -> None:
    """Print whether the checks are the same as in the recorded result."""
    if same:
        render.line(console, say("The checks have not changed since it was graded."), "dim")
    elif same is None:
        render.line(console, say("The result does not record which checks it was graded with."), "yellow")
    else:
        render.line(console, say("The checks have changed since it was graded."), "yellow")


def overridden(console: Console, entry: Entry) -> None:
    """Print the points of an entry after an override was set or removed."""
    what = {"student": entry.student.shown, "exercise": entry.exercise, "points": entry.points}
    if entry.override:
        reason = entry.override.reason
        render.line(console, say("{student}, {exercise}: {points} points by hand ({reason})", **what, reason=reason))
    else:
        render.line(console, say("{student}, {exercise}: {points} points, as graded", **what))


def summary(console: Console, counts: Counts, seconds: float, tasks: int) -> None:
    """Print counts by outcome, the speed, and failures on our side."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    rows = (
        (counts.graded, say("graded"), ""),
        (counts.reused, say("unchanged, so not graded again"), ""),
        (
            counts.not_gradable,
            say("not gradable: the file does not run, or defines none of the expected names"),
            "yellow",
        ),
        (counts.refused, say("refused, for the reasons above"), "yellow"),
        (counts.ours, say("failed because of an error on our side; the next run retries them"), "magenta"),
    )
    for count, what, style in rows:
        table.add_row(Text(str(count), style=style if count else "dim"), Text(what, style=style if count else "dim"))
    console.print()
    console.print(table)
    if tasks and seconds:
        rate = f"{tasks / seconds:.2f}"
        render.line(console, say("{seconds} s, {rate} gradings per second", seconds=f"{seconds:.1f}", rate=rate), "dim")
    for message in counts.faults[:5]:
        render.line(console, message, "magenta")


def marks(console: Console, book: Gradebook, cell: Callable[[Entry], str], legend: str) -> None:
    """Print a table with everyone's points.

    Args:
        console: where to print.
        book: the gradebook of the class.
        cell: returns the text of an entry's cell.
        legend: meaning of the signs in the cells.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim", show_edge=False)
    table.add_column(Text(say("student")))
    for slug in book.exercises:
        table.add_column(Text(slug), justify="right", no_wrap=True)
    if len(book.exercises) > 1:
        table.add_column(Text(say("total")), justify="right", no_wrap=True)
    for student in book.students:
        cells = [Text(cell(entry)) for entry in book.of(student)]
        cells += [Text(f"{book.points(student).normalize():f}")] if len(book.exercises) > 1 else []
        table.add_row(Text(clean(student.shown, one_line=True)), *cells)
    console.print(table)
    render.line(console, legend, "dim")


def standing(console: Console, lines: Sequence[str]) -> None:
    """Print notes about the class as a whole."""
    if lines:
        console.print()
    for line in lines:
        render.line(console, line)


def gone(console: Console, marks: Sequence[tuple[str, str]], folder: str) -> None:
    """Print the student and exercise of marks that no longer count because their file is no longer in the folder."""
    if not marks:
        return
    console.print()
    said = say_many(
        "{count} mark no longer counts, because its file is gone from {folder}: {names}",
        "{count} marks no longer count, because their files are gone from {folder}: {names}",
        count=len(marks),
        folder=folder,
        names=match.listed([f"{name} ({syllabus.resolve(slug).id})" for name, slug in marks]),
    )
    render.line(console, said, "yellow")
    render.line(
        console,
        say("Put the files back and grade again if they should count; keep a second batch in a folder of its own."),
    )


def new_rules(console: Console, changes: Sequence[tuple[Entry, Entry]]) -> None:
    """Print the marks that a new policy or roster changes: each before and after."""
    if not changes:
        return
    console.print()
    render.line(
        console,
        say_many(
            "The new policy or roster changes {count} mark:",
            "The new policy or roster changes {count} marks:",
            count=len(changes),
        ),
        "bold",
    )
    arrow = "→" if console.encoding.startswith("utf") else "->"
    width = min(NAME, max(cell_len(clean(entry.student.shown, one_line=True)) for _, entry in changes))
    for was, entry in changes:
        points = f"{facts.number(was.points)} {arrow} {facts.number(entry.points)}"
        exercise = syllabus.resolve(entry.exercise).id
        console.print(Text(f"{_fit(entry.student.shown, width)}  {exercise:<11}  {points}"), soft_wrap=True)


def verified(console: Console, verification: Verification) -> None:
    """Print the differences between the new results and the recorded one."""
    recorded = verification.recorded
    render.line(console, say("recorded: {status}, {points} points", status=_status(recorded), points=_points(recorded)))
    seeds = (
        say("seed {seed}, as recorded", seed=recorded.seed),
        say("fresh seed {seed}", seed=verification.fresh.seed),
    )
    for result, seed in zip(verification.new, seeds, strict=True):
        said = say("{seed}: {status}, {points} points", seed=seed, status=_status(result), points=_points(result))
        render.line(console, said)
        if result.status == "grader_error":
            render.line(console, f"  {fault(result)}", "magenta")
        changes(console, compare(recorded, result))
    console.print()
    if verification.same:
        render.line(console, say("The result is confirmed: both gradings gave every check the same outcome."), "green")
    else:
        render.line(console, say("The result is not confirmed."), "red")


def changes(console: Console, found: Sequence[Change]) -> None:
    """Print one line for each check with a different outcome."""
    for change in found:
        line = Text(f"  {clean(change.id, one_line=True)}: {_check(change.before)} ")
        line.append(f"→ {_check(change.after)}" if console.encoding.startswith("utf") else f"-> {_check(change.after)}")
        console.print(line, soft_wrap=True)


def regraded(console: Console, name: str, before: Result, after: Result, kept: str = "") -> None:
    """Print points before and after, and the checks that made the difference.

    Args:
        console: where to print.
        name: name of the student.
        before: the result that counted before.
        after: the result that counts now.
        kept: points of an override, which stays in effect.
    """
    arrow = "→" if console.encoding.startswith("utf") else "->"
    line = Text(f"{_fit(name, NAME)}  {after.id:<11}  {_points(before)} {arrow} {_points(after)}")
    if kept:
        line.append("  " + say("the override still applies: {points}", points=kept), style="yellow")
    console.print(line, soft_wrap=True)
    changes(console, compare(before, after))


def _status(result: Result) -> str:
    return say(STATUS_WORDS[result.status][0])


def _points(result: Result) -> str:
    bonus = f" +{result.bonus_points}" if result.bonus_points else ""
    return f"{result.points}/{result.max_points}{bonus}"


def _check(check: CheckResult | None) -> str:
    if check is None:
        return say("no such check")
    return f"{say(CHECKS[check.status])} {check.points}/{check.max_points}"


def in_course_order(slugs: Iterable[str]) -> list[str]:
    """Return these slugs in syllabus order."""
    wanted = set(slugs)
    return [exercise.slug for exercise in syllabus.load() if exercise.slug in wanted]
