"""A report as a person reads it in a terminal, written while the events arrive.

Whatever comes from the student's file (messages, values, output) is printed as text and never interpreted: no markup,
no control characters. Without UTF-8, colours or a terminal the same facts appear in plain ASCII.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.status import Status
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from course import advice, shell
from course.advice import Advice
from course.doctor import Finding
from course.hints import Hint
from course.reference import LibraryWay
from course.report import Check, Report, Tally, untouched
from course.syllabus import Exercise
from course.text import language, say
from course.workspace import Memory

WIDTH = 100
"""Longer lines read badly, however wide the terminal is."""
CLIP = 240
"""Characters of an expected or actual value that are shown without -v."""
FRAME_LINES = 8
"""Lines of a traceback's last frame that are shown without -v."""
LESSON_WIDTH = 76
"""Of lessons: their diagrams are drawn for it, and their prose reads well at it."""
MARGIN = 20
"""At most, before the doctor's advice: commands in it fit a line of 80 columns, so that they can be copied."""
GAP = 3
"""Columns between a title and its points."""

SYMBOLS = {
    "passed": ("✓", "+", "green"),
    "failed": ("✗", "x", "red"),
    "not_started": ("○", "o", "dim"),
    "crashed": ("✗", "x", "red"),
    "timeout": ("⏱", "T", "red"),
    "out_of_memory": ("✗", "M", "red"),
    "skipped": ("–", "-", "dim"),
    "grader_error": ("!", "!", "magenta"),
}
"""Status -> symbol, symbol in ASCII, style."""
STATE_STYLES = {"planned": "dim", "ready": "", "started": "yellow", "passed": "green"}

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Characters that move the cursor, change colours or turn the direction of writing; not tab and newline."""


def make_console(no_color: bool = False) -> Console:
    """A console on the current stdout that interprets nothing in what it prints."""
    plain = no_color or bool(os.environ.get("NO_COLOR"))
    return Console(
        highlight=False, markup=False, emoji=False, color_system=None if plain else "auto", width=_non_terminal_width()
    )


def _non_terminal_width() -> int | None:
    """Rich asks the terminal behind stdin even if stdout is a file; a log should not depend on that."""
    return None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 80


def _ascii(console: Console) -> bool:
    """Whether symbols beyond ASCII would arrive as question marks."""
    return not console.encoding.lower().startswith("utf")


def _watched(console: Console) -> bool:
    """Whether something may move on the screen; a forced colour (FORCE_COLOR in a CI log) is no spectator."""
    return console.file.isatty() and not console.is_dumb_terminal


def clean(text: str) -> str:
    r"""The text with control characters spelt out.

    >>> clean("\x1b[2Jgone")
    '\\x1b[2Jgone'
    """
    return CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n"))


class Screen:
    """Prints one grading."""

    def __init__(self, console: Console, verbose: bool = False) -> None:
        """Print nothing yet.

        Args:
            console: where to.
            verbose: also show what visible checks compared, captured output and whole tracebacks.
        """
        self.console = console
        self.verbose = verbose
        self.width = min(console.width, WIDTH)
        self.ascii = _ascii(console)
        self._live = _watched(console)
        """Somebody reads along; a file or a pipe gets the checks at the end, in the order of the exercise."""
        self._movement = "line" if self.ascii else "dots"
        self._held: list[Check] = []
        """Checks that have ended while nobody reads along."""
        self._compact = False
        """The last line printed was one that stands for a whole function."""
        self._spinner: Status | None = None
        self._titled = False
        """The header stands already."""
        self._function: str | None = None
        self._headed = False
        """The heading of the current function stands already."""
        self._seen: set[str] = set()
        """Functions that have had a heading; checks that need a slow import come last, so one may return."""
        self._waiting: list[Check] = []
        """Checks of the current function, held back while one line may be enough for all of them."""
        self._hinted: set[str] = set()
        """Functions that have had their hint."""
        self._pointed = False
        """The lesson has been pointed to."""
        self._untouched: dict[str, list[Check]] = {}
        """Functions of which only the skeleton was found; they come at the end, on one line each."""

    # --- while it runs -------------------------------------------------------------------------------------------

    def wait(self) -> None:
        """Show that something happens before the first event, if somebody is watching."""
        if self._live:
            self._spinner = self.console.status(say("grade.warming"), spinner=self._movement)
            self._spinner.start()

    def rest(self) -> None:
        """Stop the movement; harmless if there is none."""
        if self._spinner:
            self._spinner.stop()
            self._spinner = None

    def started(self, report: Report) -> None:
        """The header: what is graded, and how."""
        self._title(report)
        facts = say("grade.header", file=shorten(report.file), seed=report.seed, sandbox=report.sandbox)
        self._text(facts, style="dim")

    def checked(self, report: Report, check: Check) -> None:
        """One check has ended."""
        if self._spinner:
            symbol, _ = self._symbol(check.status or "grader_error")
            counts = {"done": len(report.checks), "count": len(report.announced)}
            words = say("grade.checking", symbol=symbol, function=clean(check.function), **counts)
            first = len(report.checks) == 1  # a new spinner is drawn at once, a new text with its next movement
            self._spinner.update(Text(words), spinner=self._movement if first else None)
        if self._live:
            self._take(check)
        else:
            self._held.append(check)

    def _take_held(self, report: Report) -> None:
        """Print what was held back; the checks as they ended, since the diagnosis is told in a place of its own."""
        functions = [check.function for check in report.announced.values()]
        order = {check_id: position for position, check_id in enumerate(report.announced)}
        announced = [check for check in self._held if check.id in order]
        self._held = [check for check in self._held if check.id not in order]
        for check in sorted(announced, key=lambda check: (functions.index(check.function), order[check.id])):
            self._take(check)
        for check in self._held:
            self._take(check)
        self._held = []

    def _take(self, check: Check) -> None:
        if check.function != self._function:
            self._end_function()
            self._function = check.function
        self._waiting.append(check)
        if self._headed or not (check.quiet or (check.passed and not self.verbose)):
            self._print_waiting()

    def _end_function(self) -> None:
        """Nothing more comes of the current function for now."""
        if untouched(self._waiting) and not self._headed:
            self._untouched.setdefault(self._waiting[0].function, []).extend(self._waiting)
            self._waiting = []
        elif self._waiting and all(check.passed for check in self._waiting) and not (self._headed or self.verbose):
            self._print_passed()
        else:
            self._print_waiting()
        self._function = None
        self._headed = False

    def _print_passed(self) -> None:
        """One line for a function all of whose checks passed."""
        function, checks = self._waiting[0].function, self._waiting
        points = f"{sum(check.points for check in checks)}/{sum(check.max_points for check in checks)}"
        self._one_line("passed", self._heading(function), say("grade.passed", count=len(checks)), points)
        self._waiting = []

    def _heading(self, function: str) -> str:
        again = function in self._seen
        self._seen.add(function)
        return say("grade.continued", function=function) if again else function

    def _one_line(self, status: str, heading: str, words: str, points: str) -> None:
        if not self._compact:
            self.console.print()
        self._compact = True
        label = Text(clean(heading), style="bold")
        label.append("  " + words, style="dim")
        self._row(*self._symbol(status), label, points, indent=0)

    def _print_waiting(self) -> None:
        if self._waiting and not self._headed:
            function = self._waiting[0].function
            self._waiting = self._untouched.pop(function, []) + self._waiting
            self.console.print()
            self._text(self._heading(function), style="bold")
            self._headed = True
            self._compact = False
        for check in self._waiting:
            self._print_check(check)
        self._waiting = []

    def _print_untouched(self) -> None:
        """One line for each function that found only the skeleton, not one for each of its checks."""
        for function, checks in self._untouched.items():
            points = sum(check.max_points for check in checks)
            self._one_line("not_started", function, say("grade.untouched", count=len(checks)), f"0/{points}")
        self._untouched = {}

    def _print_check(self, check: Check) -> None:
        status = check.status or "grader_error"
        symbol, style = self._symbol(status)
        title = Text(clean(check.title), style="dim" if check.quiet else "")
        self._row(symbol, style, title, f"{check.points}/{check.max_points}", indent=2)
        if not check.passed:
            self._print_trouble(check, status, style)
        if self.verbose:
            self._print_details(check)

    def _print_trouble(self, check: Check, status: str, style: str) -> None:
        message = check.message or say(f"status.{status}")
        self._text(message, style="dim" if check.quiet else style, indent=6)
        if check.quiet:
            return
        if not (self.verbose and check.compared) or _told(check):
            self._pair(say("grade.expected"), check.expected)
            self._pair(say("grade.actual"), check.actual)
        if where := _where(check):
            self._text(where, indent=6)
        if check.traceback:
            self._print_traceback(check.traceback)
        if check.hint and check.function not in self._hinted:  # the first one of each function is enough at a time
            self._hinted.add(check.function)
            self._text(say("grade.hint", hint=check.hint), style="yellow", indent=6)
        if check.lesson and not self._pointed:
            self._pointed = True
            self._text(say("grade.lesson", lesson=check.lesson), style="dim", indent=6)

    def _print_traceback(self, traceback: str) -> None:
        lines = clean(traceback).rstrip().splitlines()
        frames = [position for position, line in enumerate(lines) if line.lstrip().startswith("File ")]
        shown = lines if self.verbose else lines[frames[-1] if frames else 0 :][:FRAME_LINES]
        for line in shown:
            self._text(line, style="dim", indent=6)

    def _print_details(self, check: Check) -> None:
        """What -v adds."""
        told = _told(check)
        for what, expected, actual in (line for line in check.compared if len(line) == 3 and line != told):
            if expected == actual:
                self._pair(say("grade.compared", what=what), actual)
                continue
            self._text(say("grade.compared", what=what), indent=6)
            self._pair(say("grade.expected"), expected, indent=8)
            self._pair(say("grade.actual"), actual, indent=8)
        if check.stdout:
            self._text(say("grade.printed"), style="dim", indent=6)
            for line in clean(check.stdout).rstrip().splitlines():
                self._text(line, indent=8)
        if check.seconds is not None:
            self._text(say("grade.took", seconds=f"{check.seconds:.2f}"), style="dim", indent=6)

    # --- when it is over -----------------------------------------------------------------------------------------

    def finished(self, report: Report, following: Advice) -> None:
        """Everything that only the whole can say; the last line is the next command."""
        self.rest()
        self._take_held(report)
        self._end_function()
        self._print_untouched()
        if not self._titled:
            self._title(report)
            self._text(shorten(report.file), style="dim")
        if report.status == "not_gradable":
            self._not_gradable(report)
        else:
            self._misunderstandings(report)
            if report.checks and report.status != "not_started":
                self._summary(report)
            self._verdict(report)
            self._warnings(report)
        next_step(self.console, following)

    def _misunderstandings(self, report: Report) -> None:
        found = report.misunderstandings()
        if not found:
            return
        body = Text()
        for position, one in enumerate(found):
            if position:
                body.append("\n\n")
            body.append(clean(one.name).replace("-", " "), style="bold yellow")
            body.append("\n" + clean(one.hint))
            explains = ", ".join(check.id for check in one.checks)
            body.append("\n" + say("grade.explains", count=len(one.checks), checks=explains), style="dim")
        self.console.print()
        title: Text | None = Text(say("grade.misunderstood"), style="bold yellow")
        if title and title.cell_len + 6 > self.width:  # corners, a line and a blank on each side
            self.console.print(title)
            title = None
        self.console.print(
            Panel(
                body,
                title=title,
                title_align="left",
                border_style="yellow",
                box=box.ASCII if self.ascii else box.ROUNDED,
                padding=(1, 2),
                width=self.width,
            )
        )

    def _summary(self, report: Report) -> None:
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim", show_edge=False)
        table.add_column(Text(say("grade.function")), no_wrap=True)
        table.add_column(Text(say("grade.checks")), justify="right", no_wrap=True)
        table.add_column("")
        table.add_column(Text(say("grade.points")), justify="right", no_wrap=True)
        for tally in report.tallies():
            table.add_row(*self._tally(tally))
        self.console.print()
        self.console.print(table)

    def _tally(self, tally: Tally) -> Iterable[Text]:
        done = tally.passed == tally.checks
        style = "green" if done else "dim" if tally.untouched else "red"
        full, empty = ("#", ".") if self.ascii else ("█", "░")
        length = 10 * tally.points // tally.max_points if tally.max_points else 0
        yield Text(clean(tally.function), style="" if not tally.untouched else "dim")
        yield Text(f"{tally.passed}/{tally.checks}")
        yield Text(full * length + empty * (10 - length), style=style)
        yield Text(f"{tally.points}/{tally.max_points}")

    def _verdict(self, report: Report) -> None:
        self.console.print()
        if report.status == "grader_error":
            self._text(say("fault.ours"), style="bold magenta")
            if report.message:
                self._text(report.message)
            for check in report.missing if report.fault is None else []:
                self._text(say("fault.missing", check=check.id))
            if report.seed is not None:
                self._text(say("fault.report_seed", seed=report.seed))
            else:
                self._text(say("fault.report"))
            return
        if report.status == "not_started":
            first = report.failed[0].function
            self._text(say("grade.not_started", function=first), style="bold")
            return
        counts = {
            "passed": sum(check.passed for check in report.checks.values()),
            "count": len(report.checks),
            "points": report.points,
            "max_points": report.max_points,
        }
        good = report.status == "passed"
        self._text(
            say("grade.all_passed" if good else "grade.some_passed", **counts), style="bold green" if good else "bold"
        )
        visible = sum(check.visible for check in report.checks.values())
        hidden = len(report.checks) - visible
        self._text(say("grade.visibility", count=visible, hidden=hidden), style="dim")
        if report.partial:
            self._text(say("grade.partial"), style="yellow")

    def _warnings(self, report: Report) -> None:
        if report.sandbox in ("limits", "none"):
            self._text(say(f"sandbox.{report.sandbox}"), style="yellow")

    def _not_gradable(self, report: Report) -> None:
        self.console.print()
        self._text(say("grade.not_gradable"), style="bold red")
        for line in clean(report.message or "").rstrip().splitlines():
            self._text(line, indent=2)

    # --- pieces --------------------------------------------------------------------------------------------------

    def _title(self, report: Report) -> None:
        self._titled = True
        title = Text(report.exercise, style="bold cyan")
        title.append("  " + clean(report.title), style="bold")
        self.console.print(title)

    def _symbol(self, status: str) -> tuple[str, str]:
        pretty, plain, style = SYMBOLS[status]
        return plain if self.ascii else pretty, style

    def _row(self, symbol: str, style: str, label: Text, points: str, indent: int) -> None:
        """Symbol, text and points; the points end at the right margin of the first line."""
        margin = indent + 2
        room = self.width - margin - len(points) - GAP
        for position, line in enumerate(label.wrap(self.console, room)):
            line.rstrip()
            if position == 0:
                head = Text(" " * indent)
                head.append(symbol, style=style)
                head.append(" " * (margin - indent - max(cell_len(symbol), 1)))
                head.append_text(line)
                head.append(" " * (self.width - head.cell_len - len(points)))
                head.append(points, style="dim")
                self.console.print(head, soft_wrap=True)
            else:
                self.console.print(Text(" " * margin).append_text(line), soft_wrap=True)

    def _text(self, text: str, style: str = "", indent: int = 0, hang: int = 0) -> None:
        """Paragraphs; wrapped lines keep the indentation, ``hang`` columns deeper, and no line ends in blanks."""
        for part in clean(text).splitlines() or [""]:
            margin = indent + len(part) - len(part.lstrip())
            room = max(self.width - margin - hang, 20)
            for position, line in enumerate(Text(part.strip(), style=style).wrap(self.console, room)):
                line.rstrip()
                self.console.print(Text(" " * (margin + (hang if position else 0))).append_text(line), soft_wrap=True)

    def _pair(self, name: str, value: str | None, indent: int = 6) -> None:
        if value is None:
            return
        text = value if self.verbose else textwrap.shorten(value, CLIP, placeholder=" ...")
        lines = clean(text).splitlines() or [""]
        hang = cell_len(name) + 2
        self._text(f"{name}  {lines[0]}", indent=indent, hang=hang)
        for line in lines[1:]:
            self._text(line, indent=indent + hang)


def _told(check: Check) -> tuple[str, ...] | None:
    """The comparison that the message and the pair below it are about, if it is one of those that -v lists."""
    for line in check.compared:
        if (
            not check.passed
            and line[1:] == (check.expected, check.actual)
            and (check.message or "").startswith(line[0])
        ):
            return line
    return None


def _where(check: Check) -> str | None:
    """Where the largest difference is, as far as the message has not said it."""
    difference = check.difference
    if difference is None:
        return None
    parts = []
    message = check.message or ""
    if difference.max_abs is not None and f"{difference.max_abs:.3g}" not in message:
        parts.append(say("difference.absolute", value=f"{difference.max_abs:.3g}"))
    if difference.index is not None:
        parts.append(say("difference.index", index=difference.index))
    if difference.max_rel is not None:
        parts.append(say("difference.relative", value=f"{difference.max_rel:.3g}"))
    if difference.tolerance is not None and f"{difference.tolerance:g}" not in message:
        parts.append(say("difference.tolerance", value=f"{difference.tolerance:g}"))
    return say("difference.largest", parts=", ".join(parts)) if parts else None


def shorten(path: str) -> str:
    """The path as seen from here, where that is shorter."""
    try:
        relative = str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path
    return relative if len(relative) < len(path) else path


def next_step(console: Console, following: Advice) -> None:
    """Why, and on the very last line what to type."""
    console.print()
    console.print(Text(following.reason, style="dim"), soft_wrap=True)
    console.print(Text(clean(shell.typed(following.command)), style="bold cyan"), soft_wrap=True)


def line(console: Console, text: str, style: str = "") -> None:
    """One line that is wrapped by nobody."""
    console.print(Text(clean(text), style=style), soft_wrap=True)


def exercises(console: Console, syllabus: Iterable[Exercise], memories: Mapping[str, Memory]) -> None:
    """The table of ``course list``."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim", show_edge=False)
    table.add_column(Text(say("list.number")), justify="right", no_wrap=True)
    table.add_column(Text(say("list.exercise")))
    table.add_column(Text(say("list.name")), no_wrap=True)
    table.add_column(Text(say("list.points")), justify="right", no_wrap=True)
    table.add_column(Text(say("list.time")), justify="right", no_wrap=True)
    table.add_column(Text(say("list.state")), no_wrap=True)
    for exercise in syllabus:
        memory = memories.get(exercise.slug)
        state = advice.state(exercise, memory)
        score = {"points": memory.points, "max_points": memory.max_points} if memory else {}
        hours, minutes = divmod(exercise.minutes, 60)
        table.add_row(
            Text(str(exercise.number)),
            Text(exercise.title(language())),
            Text(exercise.slug, style="cyan"),
            Text(str(exercise.points)),
            Text(say("list.minutes", hours=hours, minutes=minutes)),
            Text(say(f"list.{state}", **score), style=STATE_STYLES[state]),
            style="dim" if exercise.planned else "",
        )
    console.print(table)


def hints(console: Console, shown: Iterable[Hint]) -> None:
    """Hints with their headings."""
    for position, one in enumerate(shown):
        if position:
            console.print()
        _hint(console, one)


def _hint(console: Console, one: Hint) -> None:
    if one.note:
        line(console, one.note, style="dim")
    if one.heading:
        line(console, one.heading, style="bold yellow")
    if one.markdown:
        markdown(console, one.text)
    else:
        console.print(Text(clean(one.text)), width=min(console.width, WIDTH))


def findings(console: Console, found: Sequence[Finding]) -> None:
    """What the doctor saw."""
    ascii_only = _ascii(console)
    symbols = {
        True: ("+" if ascii_only else "✓", "green"),
        False: ("x" if ascii_only else "✗", "red"),
        None: ("-", "yellow"),
    }
    margin = max(cell_len(finding.name) for finding in found) + 2
    section = None
    for finding in found:
        if finding.section != section:
            if section is not None:
                console.print()
            section = finding.section
            line(console, say(f"doctor.{section}"), style="bold")
        symbol, style = symbols[finding.ok]
        text = Text("  ").append(symbol, style=style).append(" " + finding.name)
        text.append(" " * (margin - cell_len(finding.name)) + clean(finding.value))
        console.print(text, soft_wrap=True)
        if finding.advice:
            for words in finding.advice.splitlines():
                line(console, " " * min(margin + 4, MARGIN) + words, style="yellow")
    ill = sum(finding.ok is False for finding in found)
    console.print()
    line(console, say("doctor.ill", count=ill) if ill else say("doctor.well"), style="bold")


def markdown(console: Console, text: str) -> None:
    """A lesson or a hint; written by us, so it may be formatted."""
    console.print(Markdown(text, hyperlinks=False), width=min(console.width, LESSON_WIDTH))


def code(console: Console, text: str) -> None:
    """Python source, in colour where there is some; its lines are not broken, so that it can be saved and run."""
    if console.color_system is None:
        console.print(Text(text.rstrip("\n")), soft_wrap=True)
        return
    highlighted = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(text)
    console.print(highlighted, soft_wrap=True, end="")


def difference(console: Console, lines: Iterable[str]) -> None:
    """A unified diff; one side of it is a learner's text."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for one in lines:
        line(console, one, style=styles.get(one[:1], ""))


def library(console: Console, versions: Mapping[str, str], ways: Iterable[LibraryWay]) -> None:
    """How the libraries do what the functions are about."""
    known = ", ".join(f"{name} {version}" for name, version in versions.items())
    line(console, say("solution.library", versions=known), style="bold")
    for way in ways:
        console.print(Text.assemble("  ", (way.function, "cyan"), "  ", way.api), soft_wrap=True)
        line(console, f"      {way.remark}", style="dim")


@contextlib.contextmanager
def pager(console: Console) -> Iterator[None]:
    """Page through what is printed inside, if somebody sits there; short texts stay on the screen."""
    if not (console.is_terminal and sys.stdin.isatty()):
        yield
        return
    with console.capture() as captured:
        yield
    os.environ.setdefault("LESS", "-FRX")  # quit if it fits, colours, leave the text on the screen
    click.echo_via_pager(captured.get(), color=console.color_system is not None)


@contextlib.contextmanager
def waiting(console: Console, text: str) -> Iterator[None]:
    """Show that something happens, if somebody is watching."""
    if _watched(console):
        with console.status(text, spinner="line" if _ascii(console) else "dots"):
            yield
    else:
        yield
