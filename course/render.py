"""Print a grading to the terminal as its events arrive, and the output of the other learner commands.

Text from the student's file (messages, values, output) is printed literally and never interpreted: no markup,
no control characters. Without UTF-8, colours or a terminal, the same facts appear in plain ASCII.
"""

from __future__ import annotations

import contextlib
import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.panel import Panel
from rich.status import Status
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from course import advice, edition, shell, spelling, syllabus, wrapping
from course.advice import Advice
from course.doctor import Finding
from course.hints import Hint
from course.reference import LibraryWay
from course.result import NOT_DEFINED, CheckResult, Result, Tally, not_defined, not_started
from course.selection import BONUS, CONTINUED
from course.session import Grading
from course.syllabus import Exercise
from course.text import clean, language, listed, mark, say, say_many
from course.workspace import Memory

WIDTH = 100
"""Maximum line width in columns; longer lines are hard to read, however wide the terminal is."""
CLIP = 240
"""Maximum characters of an expected or actual value without -v."""
TRACEBACK_LINES = 24
"""Maximum lines of a traceback without -v."""
NO_VALUE = "-"
"""Placeholder for a missing value in a comparison."""
WORTH_SAYING = 0.1
"""Minimum seconds of a check for which ``-v`` shows how long it took."""
LABEL = 10
"""Maximum columns of a label that has its value next to it."""
LESSON_WIDTH = 76
"""Width of lessons: their diagrams are drawn for it, and prose is easy to read at this width."""
MARGIN = 20
"""Maximum margin before the doctor's advice: commands in it fit a line of 80 columns, so that they can be copied."""
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
"""Status -> symbol, ASCII symbol, style."""
STATUS_SENTENCES = {
    "failed": mark("does not hold"),
    "not_started": mark("not started"),
    "crashed": mark("your code raised an exception"),
    "timeout": mark("took too long and was stopped"),
    "out_of_memory": mark("needed too much memory and was stopped"),
    "skipped": mark("waiting for another check to pass"),
    "grader_error": mark("the grader failed here; this is our fault, not yours"),
}
"""Text for a check that did not pass and has no message."""
NOTES = {
    "crashed": mark("(crashed)"),
    "timeout": mark("(too slow)"),
    "out_of_memory": mark("(too much memory)"),
    "skipped": mark("(not run)"),
}
"""Text after the title of a check that did not pass; empty if the symbol says it all."""
SANDBOXES = {
    "limits": mark(
        "The sandbox on this system only limits time and memory ('limits'). That is fine for your own work; do "
        "not grade other people's files like this."
    ),
    "none": mark(
        "There is no sandbox on this system ('none'): the file ran with your own permissions. That is fine for "
        "your own work; do not grade other people's files like this."
    ),
}
"""Warnings about a sandbox that is missing or incomplete."""
STATES = {
    "planned": mark("planned"),
    "ready": mark("ready"),
    "started": mark("{points} of {max_points}"),
    "passed": mark("passed"),
}
"""Progress of a learner with an exercise."""
LEFT_OUT = mark("not in this edition")
VISIBLE = mark("visible checks pass")
COLUMNS = {
    "no.": mark("no."),
    "exercise": mark("exercise"),
    "name": mark("name"),
    "points": mark("points"),
    "time": mark("time"),
    "state": mark("state"),
}
"""Columns of ``course list``."""
TITLE = 28
"""Minimum width of a title in ``course list``, before another column is left out."""
STATE_STYLES = {"planned": "dim", "ready": "", "started": "yellow", "passed": "green"}
SECTIONS = {
    "system": mark("System"),
    "packages": mark("Packages"),
    "offline": mark("For training"),
    "grader": mark("Grader"),
}
"""Sections of the doctor's report."""


def make_console(no_color: bool = False) -> Console:
    """Return a console on the current stdout that prints text literally."""
    plain = no_color or bool(os.environ.get("NO_COLOR"))
    return Console(
        highlight=False, markup=False, emoji=False, color_system=None if plain else "auto", width=_non_terminal_width()
    )


def _non_terminal_width() -> int | None:
    """Return a fixed width if stdout is not a terminal: Rich would use that of the terminal behind stdin."""
    return None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 80


def _ascii(console: Console) -> bool:
    """Return whether symbols beyond ASCII would be printed as question marks."""
    return not console.encoding.lower().startswith("utf")


def _watched(console: Console) -> bool:
    """Return whether animation is useful; a forced colour (FORCE_COLOR in a CI log) does not imply a reader."""
    return console.file.isatty() and not console.is_dumb_terminal


def _still_hidden(result: Result) -> str:
    """Return the sentence of a student edition about the checks that it does not have."""
    here, exercise = edition.student(), syllabus.find(result.slug)
    if here is None or exercise is None:
        return say(
            "This is a student edition: only the visible checks run here; the hidden checks run "
            "when you hand in your work."
        )
    asked, bonus = here.of(exercise.slug, exercise.functions), here.of(exercise.slug, exercise.bonus)
    words = say_many(
        "1 hidden check runs when you hand in your work ({points} points).",
        "{count} hidden checks run when you hand in your work ({points} points).",
        count=asked.checks,
        points=asked.points,
    )
    if bonus.checks:
        words += " " + say_many(
            "There is 1 more for the bonus functions ({points} points).",
            "There are {count} more for the bonus functions ({points} points).",
            count=bonus.checks,
            points=bonus.points,
        )
    return words


class Screen:
    """Prints one grading."""

    def __init__(self, console: Console, verbose: bool = False) -> None:
        """Create a screen; nothing is printed yet.

        Args:
            console: where to print.
            verbose: also show what visible checks compared, captured output and whole tracebacks.
        """
        self.console = console
        self.verbose = verbose
        self.width = min(console.width, WIDTH)
        self.ascii = _ascii(console)
        self._live = _watched(console)
        """True if a person is watching; a file or a pipe gets the checks at the end, in the order of the exercise."""
        self._movement = "line" if self.ascii else "dots"
        self._held: list[CheckResult] = []
        """Checks that have ended while nobody is watching."""
        self._compact = False
        """True if the last line printed stands for a whole function."""
        self._spinner: Status | None = None
        self._titled = False
        """True once the header has been printed."""
        self._function: str | None = None
        self._headed = False
        """True once the heading of the current function has been printed."""
        self._seen: set[str] = set()
        """Functions that have had a heading; checks that need a slow import come last, so a function can return."""
        self._waiting: list[CheckResult] = []
        """Checks of the current function, held back while one line may be enough for all of them."""
        self._pointed = False
        """True once the lesson has been mentioned."""
        self._skeletons: dict[str, list[CheckResult]] = {}
        """Functions found only as in the skeleton; they are printed at the end, one line each."""

    # --- while it runs -------------------------------------------------------------------------------------------

    def wait(self) -> None:
        """Show a spinner before the first event, if a person is watching."""
        if self._live:
            self._spinner = self.console.status(say("Starting the grader ..."), spinner=self._movement)
            self._spinner.start()

    def rest(self) -> None:
        """Stop the spinner, if any."""
        if self._spinner:
            self._spinner.stop()
            self._spinner = None

    def started(self, grading: Grading) -> None:
        """Print the header: file, exercise and settings."""
        self._title(grading)
        file = clean(shorten(grading.file), one_line=True)
        facts = say("{file}, seed {seed}, sandbox {sandbox}", file=file, seed=grading.seed, sandbox=grading.sandbox)
        self._text(facts, style="dim")

    def checked(self, grading: Grading, check: CheckResult) -> None:
        """Print a check that has ended."""
        if self._spinner:
            symbol, _ = self._symbol(check.status or "grader_error")
            counts = {"done": len(grading.checks), "count": len(grading.announced)}
            words = say(
                "{symbol} {function}  {done} of {count} checks", symbol=symbol, function=clean(check.function), **counts
            )
            first = len(grading.checks) == 1  # a new spinner is drawn at once, a new text only with the next frame
            self._spinner.update(Text(words), spinner=self._movement if first else None)
        if self._live:
            self._take(check)
        else:
            self._held.append(check)

    def _take_held(self, result: Result) -> None:
        """Print the checks held back, in the order of the exercise."""
        functions = [check.function for check in result.checks]
        order = {check.id: position for position, check in enumerate(result.checks)}
        final = {check.id: check for check in result.checks}  # as updated by the diagnosis
        held = [final.get(check.id, check) for check in self._held]
        last = len(order)
        self._held = []
        for check in sorted(
            held,
            key=lambda check: (
                functions.index(check.function) if check.id in order else last,
                order.get(check.id, last),
            ),
        ):
            self._take(check)

    def _take(self, check: CheckResult) -> None:
        if check.function != self._function:
            self._end_function()
            self._function = check.function
        self._waiting.append(check)
        if self._headed or not (check.quiet or (check.passed and not self.verbose) or self._absent()):
            self._print_waiting()

    def _absent(self) -> bool:
        """Return whether the checks so far only found that the function is missing; one line is then enough."""
        causes = [check for check in self._waiting if not check.quiet]
        first = causes[0].explanation if causes else None
        return (
            not self.verbose
            and first is not None
            and first.id == NOT_DEFINED
            and all(check.message == causes[0].message for check in causes)
        )

    def _end_function(self) -> None:
        """Finish the current function, of which nothing more comes for now."""
        if not_started(self._waiting) and not self._headed:
            self._skeletons.setdefault(self._waiting[0].function, []).extend(self._waiting)
            self._waiting = []
        elif self._waiting and all(check.passed for check in self._waiting) and not (self._headed or self.verbose):
            self._print_passed()
        elif self._absent() and not self._headed:
            points = f"0/{sum(check.max_points for check in self._waiting)}"
            words = say_many(
                "not in your file (1 check)", "not in your file ({count} checks)", count=len(self._waiting)
            )
            first = self._waiting[0]
            self._one_line("failed", self._heading(first), words, points)
            if first.message != not_defined(first.function):  # it can exist under another name
                self._text(first.message, style="dim", indent=2)
            self._waiting = []
        else:
            self._print_waiting()
        self._function = None
        self._headed = False

    def _print_passed(self) -> None:
        """Print one line for a function all of whose checks passed."""
        checks = self._waiting
        points = f"{sum(check.points for check in checks)}/{sum(check.max_points for check in checks)}"
        words = say_many("1 check", "{count} checks", count=len(checks))
        if remarks := sum(bool(check.remarks) for check in checks):
            words += ", " + say_many("1 remark", "{count} remarks", count=remarks)
        self._one_line("passed", self._heading(checks[0]), words, points)
        self._waiting = []

    def _heading(self, check: CheckResult) -> str:
        function = check.function
        again = function in self._seen
        self._seen.add(function)
        name = say(BONUS, function=function) if check.bonus else function
        return say(CONTINUED, function=name) if again else name

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
            self._waiting = self._skeletons.pop(function, []) + self._waiting
            self.console.print()
            self._text(self._heading(self._waiting[0]), style="bold")
            self._headed = True
            self._compact = False
        for check in self._waiting:
            self._print_check(check)
        self._waiting = []

    def _print_skeletons(self) -> None:
        """Print one line for each function of which only the skeleton was found, instead of one per check."""
        for checks in self._skeletons.values():
            points = sum(check.max_points for check in checks)
            self._one_line(
                "not_started",
                self._heading(checks[0]),
                say_many("not started (1 check)", "not started ({count} checks)", count=len(checks)),
                f"0/{points}",
            )
        self._skeletons = {}

    def _print_check(self, check: CheckResult) -> None:
        status = check.status or "grader_error"
        symbol, style = self._symbol(status)
        title = Text(clean(check.title, one_line=True), style="dim" if check.quiet else "")
        in_full = self.verbose or status == "grader_error"
        if not in_full and (note := _note(check)):
            title.append("  " + note, style="dim")
        self._row(symbol, style, title, f"{check.points}/{check.max_points}", indent=2)
        if in_full and not check.passed:
            self._print_trouble(check, indent=6)
        for remark in check.remarks if check.passed else ():
            self._text(say("accepted, but {remark}", remark=remark), style="dim", indent=6)
        if self.verbose:
            self._print_details(check)

    def _print_trouble(self, check: CheckResult, indent: int) -> None:
        """Print all that is known of a check that did not pass."""
        status = check.status or "grader_error"
        style = self._symbol(status)[1]
        message = check.message or say(STATUS_SENTENCES[status])
        self._text(message, style="dim" if check.quiet else style, indent=indent)
        if check.quiet:
            return
        if not (self.verbose and check.compared) or _told(check):
            self._pair(say("expected"), check.expected, indent=indent)
            self._pair(say("got     "), check.actual, indent=indent)
        if where := _where(check):
            self._text(where, indent=indent)
        if check.traceback:
            self._print_traceback(check.traceback, message, indent=indent)
        explanation = check.explanation
        if explanation and not check.cause:
            words = explanation.text
            if explanation.kind == "crash":
                words = say("what this means: {text}", text=words)
            self._text(words, style="yellow", indent=indent)
        if check.hint and not (explanation and check.hint == explanation.text):  # printed separately
            self._text(say("hint: {hint}", hint=check.hint), style="yellow", indent=indent)
        if check.lesson and not self._pointed:
            self._pointed = True
            self._text(say("lesson: {lesson}", lesson=check.lesson), style="dim", indent=indent)

    def _print_traceback(self, traceback: str, message: str, indent: int) -> None:
        """Print the frames in the student's file, without the last line: the message has already been printed."""
        text = clean(traceback).rstrip()
        lines = textwrap.dedent(text.removesuffix("\n" + clean(message).rstrip())).rstrip().splitlines()
        if not self.verbose and len(lines) > TRACEBACK_LINES:
            half = TRACEBACK_LINES // 2
            lines = [*lines[:half], "...", *lines[-half:]]
        for line in lines:
            self._text(line, style="dim", indent=indent)

    def _print_details(self, check: CheckResult) -> None:
        """Print the details for -v."""
        told = _told(check)
        compared = dict.fromkeys(tuple(entry) for entry in check.compared or () if entry != told)
        for entry in compared:  # repeating the line would add nothing
            if len(entry) == 1:  # the number of omitted comparisons
                self._text(entry[0], style="dim", indent=6)
            if len(entry) != 3:
                continue
            what, expected, actual = entry
            if expected == actual:
                self._pair(say("{what}:", what=clean(what, one_line=True)), actual)
                continue
            self._text(say("{what}:", what=what), indent=6)
            self._pair(say("expected"), expected, indent=8)
            self._pair(say("got     "), actual, indent=8)
        if check.stdout:
            self._text(say("your code printed:"), style="dim", indent=6)
            for line in clean(check.stdout).rstrip().splitlines():
                self._text(line, indent=8)
        if check.seconds is not None and check.seconds >= WORTH_SAYING:
            self._text(say("took {seconds} s", seconds=f"{check.seconds:.2f}"), style="dim", indent=6)

    # --- when it is over -----------------------------------------------------------------------------------------

    def finished(self, result: Result, following: Advice) -> None:
        """Print everything that depends on the whole result; the last line is the next command."""
        self.rest()
        self._take_held(result)
        self._end_function()
        self._print_skeletons()
        if not self._titled:
            self._title(result)
            self._text(clean(shorten(result.file), one_line=True), style="dim")
        if result.status == "not_gradable":
            self._not_gradable(result)
        else:
            self._first(result)
            self._causes(result)
            if result.checks and result.status != "not_started":
                self._summary(result)
            self._verdict(result)
            self._warnings(result)
        for note in result.notes:
            self._text(clean(note), style="dim", hang=2)
        next_step(self.console, following)

    def _first(self, result: Result) -> None:
        """Print the check to look at first: one failed check in full; the others are only counted."""
        check = result.first_to_look_at()
        if check is None or result.status not in ("failed", "passed"):  # passed: it belongs to a bonus function
            return
        self.console.print()
        name = clean(check.id, one_line=True)
        if self.verbose:  # already printed above, in full
            self._text(f"{say('Look at this first')}: {name}", style="bold")
            return
        self._rule(say("Look at this first"), name)
        symbol, style = self._symbol(check.status or "grader_error")
        self._text(f"{symbol} {clean(check.title, one_line=True)}", style="bold", hang=2)
        self._print_trouble(check, indent=2)
        others = sum(not other.quiet for other in result.failed) - 1
        if others > 0:
            self.console.print()
            self._text(
                say_many(
                    "One more check did not pass: -v shows it in full.",
                    "{count} more checks did not pass: -v shows them in full.",
                    count=others,
                ),
                style="dim",
            )

    def _rule(self, title: str, name: str) -> None:
        """Print a rule with a title at its left and a name at its right, or below if there is no room."""
        dash = "-" if self.ascii else "─"
        room = self.width - cell_len(title) - cell_len(name) - 10
        line = Text(dash * 2 + " ", style="red").append(title, style="bold").append(" ")
        if room >= 0:
            line.append(dash * (room + 2)).append(f" {name} ", style="cyan").append(dash * 2)
        else:
            line.append(dash * max(0, self.width - line.cell_len))
        self.console.print(line, soft_wrap=True)
        if room < 0:
            self._text(name, style="cyan")

    def _causes(self, result: Result) -> None:
        found = result.causes()
        if not found:
            return
        body = Text()
        for position, one in enumerate(found):
            if position:
                body.append("\n\n")
            body.append(clean(one.heading, one_line=True), style="bold yellow")
            body.append("\n" + clean(one.text))
            explains = ", ".join(clean(check.id, one_line=True) for check in one.checks)
            body.append("\n" + say("This explains: {checks}", count=len(one.checks), checks=explains), style="dim")
        self.console.print()
        title: Text | None = Text(say("Likely misconceptions"), style="bold yellow")
        if title and title.cell_len + 6 > self.width:  # corners, a line and a blank on each side
            self.console.print(title)
            title = None
        panel = Panel(
            wrapping.styled(body),
            title=title,
            title_align="left",
            border_style="yellow",
            box=box.ASCII if self.ascii else box.ROUNDED,
            padding=(1, 2),
            width=self.width,
        )
        self.console.print(wrapping.Filled(panel))

    def _summary(self, result: Result) -> None:
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim", show_edge=False)
        table.add_column(Text(say("function")), no_wrap=True)
        table.add_column(Text(say("checks")), justify="right", no_wrap=True)
        table.add_column("")
        table.add_column(Text(say("points")), justify="right", no_wrap=True)
        for tally in result.tallies():
            if tally.bonus and tally.not_started:
                continue
            table.add_row(*self._tally(tally))
        self.console.print()
        self.console.print(table)

    def _tally(self, tally: Tally) -> Iterable[Text]:
        done = tally.passed == tally.checks
        style = "green" if done else "dim" if tally.not_started else "red"
        full, empty = ("#", ".") if self.ascii else ("█", "░")
        length = 10 * tally.points // tally.max_points if tally.max_points else 0
        name = say("{function} (bonus)", function=tally.function) if tally.bonus else tally.function
        yield Text(clean(name), style="" if not tally.not_started else "dim")
        yield Text(f"{tally.passed}/{tally.checks}")
        yield Text(full * length + empty * (10 - length), style=style)
        yield Text(f"{tally.points}/{tally.max_points}")

    def _verdict(self, result: Result) -> None:
        self.console.print()
        if result.status == "grader_error":
            self._text(say("The grader failed. This is our fault, not yours."), style="bold magenta")
            if result.message:
                self._text(result.message)
            else:
                for check in result.failed:
                    if check.status == "grader_error":
                        self._text(check.message)
            if result.seed is not None:
                self._text(
                    say(
                        "Please report it with the lines above, the seed {seed} and the output of: course doctor",
                        seed=result.seed,
                    )
                )
            else:
                self._text(say("Please report it with the lines above and the output of: course doctor"))
            return
        if result.status == "not_started":
            first = result.failed[0].function
            self._text(
                say(
                    "Nothing is written yet, so nothing is wrong. {function} is a good place to start.", function=first
                ),
                style="bold",
            )
            return
        asked = [check for check in result.checks if not check.bonus]
        counts = {
            "passed": sum(check.passed for check in asked),
            "count": len(asked),
            "points": result.points,
            "max_points": result.max_points,
        }
        good = result.status == "passed"
        partly = result.edition == "student"
        if not asked:
            words = ""
        elif good and partly and not result.partial:
            words = say("All visible checks passed: {points} of {max_points} points.", **counts)
        elif good:
            words = say_many(
                "The check passed: {points} of {max_points} points.",
                "All {count} checks passed: {points} of {max_points} points.",
                **counts,
            )
        elif partly:
            words = say("{passed} of {count} visible checks passed: {points} of {max_points} points.", **counts)
        else:
            words = say("{passed} of {count} checks passed: {points} of {max_points} points.", **counts)
        if words:
            self._text(words, style="bold green" if good else "bold")
        if result.max_bonus_points and not all(check.quiet for check in result.checks if check.bonus):
            self._text(
                say(
                    "Bonus: {points} of {max_points} points, counted separately.",
                    points=result.bonus_points,
                    max_points=result.max_bonus_points,
                ),
                style="bold",
            )
        visible = sum(check.visible for check in result.checks)
        if partly:
            self._text(_still_hidden(result), style="yellow")
            self._text(say("-v shows what the checks compared."), style="dim")
        else:
            self._text(
                say_many(
                    "1 visible check (-v shows what it compared), {hidden} hidden (their values stay hidden).",
                    "{count} visible checks (-v shows what they compared), {hidden} hidden (their values stay hidden).",
                    count=visible,
                    hidden=len(result.checks) - visible,
                ),
                style="dim",
            )
        for name, remark in result.remarks():
            words = say("Accepted, but {remark}", remark=remark)
            if name.partition(".")[0] not in remark:
                words = say("Accepted in {check}, but {remark}", check=name, remark=remark)
            self._text(words, style="yellow", hang=2)
        if result.partial:
            self._text(
                say("Only the selected checks ran; this does not count as grading the whole exercise."),
                style="yellow",
            )
        elif good and result.edition == "full":
            self._text(
                say("How the reference does it: course solution {exercise}", exercise=result.exercise), style="dim"
            )

    def _warnings(self, result: Result) -> None:
        if result.sandbox in SANDBOXES:
            self._text(say(SANDBOXES[result.sandbox]), style="yellow")

    def _not_gradable(self, result: Result) -> None:
        self.console.print()
        self._text(say("This file cannot be graded yet."), style="bold red")
        for line in clean(result.message or "").rstrip().splitlines():
            self._text(line, indent=2)

    # --- building blocks -----------------------------------------------------------------------------------------

    def _title(self, graded: Grading | Result) -> None:
        self._titled = True
        title = Text(graded.id, style="bold cyan")
        title.append("  " + clean(graded.title, one_line=True), style="bold")
        self.console.print(title)

    def _symbol(self, status: str) -> tuple[str, str]:
        pretty, plain, style = SYMBOLS[status]
        return plain if self.ascii else pretty, style

    def _row(self, symbol: str, style: str, label: Text, points: str, indent: int) -> None:
        """Print symbol, text and points; the points end at the right margin of the first line."""
        margin = indent + 2
        room = self.width - margin - len(points) - GAP
        for position, line in enumerate(wrapping.wrap(label, self.console, room)):
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
        """Print paragraphs; wrapped lines keep the indentation, ``hang`` columns deeper, without trailing blanks."""
        for part in clean(text).splitlines() or [""]:
            margin = indent + len(part) - len(part.lstrip())
            room = max(self.width - margin, 20)
            whole = Text(part.strip(), style=style)
            lines = wrapping.wrap(whole, self.console, room)
            if hang and len(lines) > 1:  # lines after the first have less room
                rest = Text(whole.plain[len(lines[0].plain) :].strip(), style=style)
                lines = [lines[0], *wrapping.wrap(rest, self.console, max(room - hang, 20))]
            for position, line in enumerate(lines):
                line.rstrip()
                self.console.print(Text(" " * (margin + (hang if position else 0))).append_text(line), soft_wrap=True)

    def _pair(self, name: str, value: str | None, indent: int = 6) -> None:
        if value is None:
            return
        text = value if self.verbose else textwrap.shorten(value, CLIP, placeholder=" ...")
        lines = clean(text).splitlines() or [""]
        fits = len(lines) == 1 and indent + cell_len(name) + 2 + cell_len(lines[0]) <= self.width
        if cell_len(name) > LABEL and not fits:
            self._text(name, indent=indent)
            for line in lines:
                self._text(line, indent=indent + 2)
            return
        hang = cell_len(name) + 2
        self._text(f"{name}  {lines[0]}", indent=indent, hang=hang)
        for line in lines[1:]:
            self._text(line, indent=indent + hang)


def _note(check: CheckResult) -> str:
    """Return a short note next to the title of a check that did not pass."""
    if check.passed:
        return ""
    if check.follows and check.explanation and not check.quiet:
        name = clean(check.explanation.id, one_line=True)  # of a check, or of a possible cause of this failure
        return say("(as in {check})", check=name) if "." in name else say("(may follow from the others)")
    return say(NOTES[check.status]) if check.status in NOTES else ""


def _told(check: CheckResult) -> list[str] | None:
    """Return the comparison that the message and the values below it are about, if -v would list it."""
    for line in check.compared or ():
        if (
            not check.passed
            and len(line) == 3
            and (check.expected or NO_VALUE).startswith(line[1])  # the difference can lie beyond the part shown
            and (check.actual or NO_VALUE).startswith(line[2])
            and (check.message or "").startswith(line[0])
        ):
            return line
    return None


def _where(check: CheckResult) -> str | None:
    """Return the position of the largest difference, unless the message has already given it."""
    difference = check.difference
    if difference is None:
        return None
    parts = []
    message = check.message or ""
    if difference.max_abs is not None and f"{difference.max_abs:.3g}" not in message:
        parts.append(f"{difference.max_abs:.3g}")
    if difference.index:
        parts.append(say("at {index}", index=difference.index))
    if difference.max_rel is not None:
        parts.append(say("{value} relative to the expected value", value=f"{difference.max_rel:.3g}"))
    if difference.tolerance is not None and f"{difference.tolerance:g}" not in message:
        parts.append(say("tolerance {value}", value=f"{difference.tolerance:g}"))
    return say("largest difference: {parts}", parts=listed(parts)) if parts else None


def shorten(path: str) -> str:
    """Return the path relative to the current directory, if that is shorter."""
    try:
        relative = str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path
    return relative if len(relative) < len(path) else path


def next_step(console: Console, following: Advice) -> None:
    """Print the reason and, on the very last line, the next command."""
    console.print()
    console.print(Text(clean(following.reason, one_line=True), style="dim"), soft_wrap=True)
    console.print(Text(clean(shell.typed(following.command), one_line=True), style="bold cyan"), soft_wrap=True)


def line(console: Console, text: str, style: str = "") -> None:
    """Print one line without wrapping."""
    console.print(Text(clean(text), style=style), soft_wrap=True)


def exercises(console: Console, listed: Iterable[Exercise], memories: Mapping[str, Memory]) -> None:
    """Print the table of ``course list``."""
    rows = []
    for exercise in listed:
        memory = memories.get(exercise.slug)
        state = advice.state(exercise, memory)
        score = {"points": memory.points, "max_points": memory.max_points} if memory else {}
        words = STATES[state] if state != "passed" or edition.student() is None else VISIBLE
        reached = say(LEFT_OUT if edition.left_out(exercise) else words, **score)
        if memory and memory.bonus_points:
            reached = say("{state}, bonus {points}", state=reached, points=memory.bonus_points)
        row = {
            "no.": Text(str(exercise.number)),
            "exercise": Text(exercise.title(language())),
            "name": Text(exercise.slug, style="cyan"),
            "points": Text(str(exercise.points)),
            "time": Text(_duration(exercise.minutes)),
            "state": Text(reached, style=STATE_STYLES[state]),
        }
        rows.append((row, "dim" if exercise.planned else ""))
    columns = _fitting([row for row, _ in rows], console.width)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim", show_edge=False)
    for name in columns:
        right = name in ("no.", "points", "time")
        table.add_column(Text(say(COLUMNS[name])), justify="right" if right else "left", no_wrap=name != "exercise")
    for row, style in rows:
        if "state" not in columns:
            row["exercise"] = Text("\n").join([row["exercise"], row["state"]])
        row["exercise"] = wrapping.styled(row["exercise"])
        table.add_row(*(row[name] for name in columns), style=style)
    console.print(wrapping.Filled(table))


def _duration(minutes: int) -> str:
    if minutes < 60:
        return say("{minutes} min", minutes=minutes)
    return say("{hours}:{minutes:02d} h", hours=minutes // 60, minutes=minutes % 60)


def _fitting(rows: Sequence[Mapping[str, Text]], width: int) -> list[str]:
    """Return the columns of ``course list`` that leave room for the titles; the last to be dropped is the state."""
    columns = list(COLUMNS)
    for dropped in ("time", "points", "name", "state"):
        others = [name for name in columns if name != "exercise"]
        taken = sum(
            GAP + max(cell_len(text) for text in (say(COLUMNS[name]), *(row[name].plain for row in rows)))
            for name in others
        )
        widest = max((row["exercise"].cell_len for row in rows), default=0)
        if width - taken >= min(widest, TITLE):
            break
        columns.remove(dropped)
    return columns


def hints(console: Console, shown: Iterable[Hint]) -> None:
    """Print hints with their headings."""
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
        for words in wrapping.wrap(Text(clean(one.text)), console, min(console.width, WIDTH)):
            words.rstrip()
            console.print(words, soft_wrap=True)


def findings(console: Console, found: Sequence[Finding]) -> None:
    """Print the doctor's findings."""
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
            line(console, say(SECTIONS[section]), style="bold")
        symbol, style = symbols[finding.ok]
        text = Text("  ").append(symbol, style=style).append(" " + finding.name)
        text.append(" " * (margin - cell_len(finding.name)) + clean(finding.value))
        console.print(text, soft_wrap=True)
        if finding.advice:
            for words in finding.advice.splitlines():
                line(console, " " * min(margin + 4, MARGIN) + words, style="yellow")
    ill = sum(finding.ok is False for finding in found)
    console.print()
    line(
        console,
        say_many("One thing is missing.", "{count} things are missing.", count=ill)
        if ill
        else say("Everything that the course needs is here."),
        style="bold",
    )


def markdown(console: Console, text: str) -> None:
    """Print a lesson or a hint; we wrote it, so it can be formatted."""
    text = spelling.encodable_markdown(text, console.encoding)  # before its lines and tables are laid out
    console.print(wrapping.Filled(wrapping.Lines(text)), width=min(console.width, LESSON_WIDTH))


def code(console: Console, text: str) -> None:
    """Print Python source, in colour if possible; lines are not broken, so that it can be saved and run."""
    if console.color_system is None:
        console.print(Text(text.rstrip("\n")), soft_wrap=True)
        return
    highlighted = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(text)
    console.print(highlighted, soft_wrap=True, end="")


def difference(console: Console, lines: Iterable[str]) -> None:
    """Print a unified diff; one side of it is a learner's text."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for one in lines:
        line(console, one, style=styles.get(one[:1], ""))


def library(console: Console, versions: Mapping[str, str], ways: Iterable[LibraryWay]) -> None:
    """Print how the libraries do what the functions do."""
    known = ", ".join(f"{name} {version}" for name, version in versions.items())
    line(console, say("How the libraries do it ({versions}):", versions=known), style="bold")
    for way in ways:
        console.print(Text.assemble("  ", (way.function, "cyan"), "  ", way.api), soft_wrap=True)
        line(console, f"      {way.remark}", style="dim")


@contextlib.contextmanager
def pager(console: Console) -> Iterator[None]:
    """Page the output of the block if a person is at the terminal; short texts stay on the screen."""
    if not (console.is_terminal and sys.stdin.isatty()):
        yield
        return
    with console.capture() as captured:
        yield
    os.environ.setdefault("LESS", "-FRX")  # quit if it fits, show colours, leave the text on the screen
    shown = spelling.encodable(captured.get(), console.encoding)  # click does not check the stream
    click.echo_via_pager(shown, color=console.color_system is not None)


@contextlib.contextmanager
def waiting(console: Console, text: str) -> Iterator[None]:
    """Show a spinner, if a person is watching."""
    if _watched(console):
        with console.status(text, spinner="line" if _ascii(console) else "dots"):
            yield
    else:
        yield
