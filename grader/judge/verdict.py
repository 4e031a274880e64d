"""Classifies how a check ended: its status, its message, and any explanation that needs no simulation."""

from __future__ import annotations

import difflib
import re
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence

from course.result import CheckResult
from course.text import mark, say, translated
from grader import link, wire
from grader.errors import Failed, NotDefined, StudentGone, StudentRaised
from grader.judge import crashes, refusals
from grader.judge.check import CheckSpec
from grader.judge.launcher import Launcher, Process
from grader.judge.report import explanation
from grader.judge.source import Source
from grader.requests import Request
from grader.wire import MAX_FRAMES

OUR_FAULT = mark("the check itself is broken ({reason}). This is not your fault; please tell us")
TOO_MUCH_MEMORY = mark("your code asked for more memory than a check is allowed ({limit} MiB)")
ENDED = {
    "disk": mark("it wrote more to disk than is allowed"),
    "threads": mark("it started more threads than are allowed"),
}
"""Reason for killing a student process -> sentence of the report."""
RENAMED = mark("your file does not define `{name}`; is `{other}` the same function under another name?")
DEFINED_AGAIN = "defined-again"
"""Id of the explanation of a function whose skeleton follows the student's own definition."""
LONGEST_NAME = 80
"""Longest name from a file that is quoted in a sentence."""
ALIKE = 0.9
"""Similarity from which two names may differ by a typing error."""


WITHOUT_KIND = ("KeyError", "AssertionError")
"""Exceptions whose message consists only of random input: on the same line, they have the same cause."""


class Verdicts:
    """The verdicts of one grading: each cause is explained once; other checks with the same cause refer to that."""

    def __init__(self, request: Request, launcher: Launcher) -> None:
        self.request = request
        self.launcher = launcher
        self.file = Source(request.name, b"")
        """The submission; set once it has been read."""
        self.overdue: dict[str, CheckSpec] = {}
        """Function -> check in which it timed out."""
        self._crashes: dict[tuple[object, ...], CheckSpec] = {}
        """Function, exception and place -> first check with this crash."""

    def classify(
        self,
        item: CheckResult,
        spec: CheckSpec,
        error: BaseException | None,
        process: Process,
        usable: Callable[[CheckSpec], bool],
    ) -> None:
        """Set the status, message and explanation in ``item`` from the error that ended a check.

        Args:
            item: the result of the check.
            spec: the check.
            error: the exception; None if the check passed.
            process: the student process.
            usable: returns whether the reference passes a check.
        """
        if error is None:
            item.status = "passed"
        elif isinstance(error, Failed):
            item.status = "failed"
            item.message = error.message
            item.expected, item.actual, item.difference = error.expected, error.actual, error.difference
            item.hint = error.hint and translated(error.hint)
            if isinstance(error, NotDefined) and not set(spec.names) <= process.names:
                if alike := self._renamed(spec, process):
                    item.message = say(RENAMED, name=alike[0], other=alike[1])
                elif spec.bonus:  # bonus functions are optional
                    item.status, item.message = "not_started", say("`{name}` is not in your file", name=spec.function)
                    return
                missing = ", ".join(name for name in spec.names if name not in process.names)
                text = say(
                    "The grader looks for {function} at the top level of your file, under the name in the "
                    "skeleton. It does not find a function defined inside another function, inside a class, or "
                    "under an `if` whose condition is false.",
                    function=missing,
                )
                self._explain_once(item, spec, (error.message,), lambda: ("not-defined", text))
        elif isinstance(error, StudentRaised):
            item.status = "not_started" if error.not_started else "out_of_memory" if error.memory else "crashed"
            if error.not_started:
                # The name comes from the student process; with substitutes, it may reveal parts of them.
                name = spec.function if process.substitutes else error.message or spec.function
                item.message = say("`{name}` is not written yet", name=name)
                for one in (name, name.partition(".")[0]):
                    if len(places := self.file.definitions(one)) > 1 and item.status == "not_started":
                        self._explain_stub(item, spec, one, places)
            elif error.memory:
                item.message = say(
                    TOO_MUCH_MEMORY,
                    limit=self.request.exercise.limits.memory_mb,
                )
            elif error.type == "EOFError" and "EOF when reading" in error.message:
                item.message = say("your code asks for input, but there is nobody to answer")
            elif error.type == "BdbQuit":
                item.message = say("your code starts the debugger, but there is nobody to answer")
            else:
                item.message = str(error)
            if item.status == "crashed":
                self._explain_crash(item, spec, error, process)
            elif not error.not_started:
                item.traceback = self.file.traceback(error)
        elif isinstance(error, (wire.WireError, StudentGone)):
            item.status = "crashed"
            item.message = say("the result of your code could not be read: {reason}", reason=str(error))
        elif usable(spec):
            # The check could not process an unexpected answer; it passes with the reference, so the answer is at fault.
            item.status = "failed"
            item.message = say(
                "your code returned something that the check cannot use ({reason})",
                reason=f"{type(error).__name__}: {error}"[:300],
            )
        else:
            item.message = say(
                OUR_FAULT,
                reason=f"{type(error).__name__}: {error}"[:300],
            )
            traceback.print_exception(error, file=sys.stderr)

    def _renamed(self, spec: CheckSpec, process: Process) -> tuple[str, str] | None:
        """Return a name that the file lacks, and a similar one in it that the exercise does not use; None if none."""
        missing = [name for name in spec.names if name not in process.names]
        return renamed(missing, process.names - set(self.request.exercise.names))

    def _explain_stub(self, item: CheckResult, spec: CheckSpec, name: str, places: Sequence[int]) -> None:
        """Explain that Python uses the skeleton of a function, which follows the student's own definition."""
        item.status = "failed"
        item.message = say(
            "`{name}` is defined more than once (lines {lines}), and Python uses the last definition, which is not "
            "written yet",
            name=name,
            lines=self.lines(places),
        )
        text = say("A later definition replaces an earlier one of the same name. Keep yours, and delete the other one.")
        self._explain_once(item, spec, (name, *places), lambda: (DEFINED_AGAIN, text))

    def defined_again(self, names: Iterable[str]) -> list[str]:
        """Return a sentence for each of these functions and their methods that the file defines more than once."""
        return [
            say(
                "`{name}` is defined more than once in your file (lines {lines}); Python uses the last definition.",
                name=name,
                lines=self.lines(places),
            )
            for name, places in self.file.all_definitions().items()
            if name.partition(".")[0] in names and len(places) > 1
        ]

    def lines(self, places: Sequence[int]) -> str:
        """Return lines of the file as part of a sentence."""
        return ", ".join(str(self.file.number(line)) for line in places)

    def _explain_crash(self, item: CheckResult, spec: CheckSpec, error: StudentRaised, process: Process) -> None:
        """Add a sentence and the traceback within the student's file, once for each cause."""
        # Sizes are random in each check, and so are keys and the names of classes.
        kind = "" if error.type in WITHOUT_KIND else re.sub(r"'[^']*'|\d+", "#", error.message)

        def known() -> tuple[str, str] | None:
            item.traceback = self.file.traceback(error)
            # A process with substitutes could quote from the reference.
            found = crashes.explain(error.type, error.message, quoting=not process.substitutes)
            if found and found[0] == crashes.ARGUMENTS and not error.frames:
                return "signature-changed", say(
                    "The check calls {function} with the arguments in the skeleton's signature, but your "
                    "function does not accept them.",
                    function=spec.function,
                )
            if found is None and error.frames:
                line, _ = error.frames[-1]
                text = self.file.line(line)
                if re.match(r"raise\b", text):
                    return "own-error", say(
                        "Your own code raises this error in line {line} (`{text}`). The check expected a result "
                        "here: for which input does the condition before that line hold?",
                        line=self.file.number(line),
                        text=text,
                    )
                return "uncaught-exception", say(
                    "Python stopped at line {line} (`{text}`). Print the types and shapes of what that line uses, "
                    "for the input of this check.",
                    line=self.file.number(line),
                    text=text,
                )
            return found

        self._explain_once(item, spec, (error.type, kind, *error.frames[-1:]), known)

    def _explain_once(
        self, item: CheckResult, spec: CheckSpec, cause: tuple[object, ...], known: Callable[[], tuple[str, str] | None]
    ) -> None:
        """Explain the first check of a function that ended for this cause; other checks refer to it."""
        first = self._crashes.setdefault((spec.function, *cause), spec)
        if first is not spec:
            title = translated(first.title)
            item.explanation = explanation(
                "follows",
                first.id,
                say(
                    "This is the same error as in {id} ({title}) above: fix that error first.",
                    id=first.id,
                    title=title,
                ),
            )
        elif found := known():
            item.explanation = explanation("crash", *found)

    def stuck(self, process: Process) -> list[tuple[int, str]]:
        """Return the stack in the student's file after a timeout: (line, function), outermost first."""
        if not isinstance(process.failure, link.LinkTimeout):
            return []
        dump = self.launcher.stack(process).decode("utf-8", "replace")
        name = re.escape(f"{self.request.exercise.slug}.py")
        found = re.findall(rf'^  File "{name}", line (\d{{1,9}}) in ([^\n]{{1,100}})$', dump, re.MULTILINE)
        return [(int(line), function) for line, function in found[:MAX_FRAMES]][::-1]

    def classify_gone(
        self, item: CheckResult, spec: CheckSpec, process: Process, frames: list[tuple[int, str]]
    ) -> None:
        """Set the status, message and explanation in ``item`` from how the student process ended.

        Args:
            item: the result of the check.
            spec: the check.
            process: the student process, which has ended.
            frames: its stack in the file, if it did not answer in time.
        """
        limit = spec.seconds or self.request.exercise.limits.check_seconds
        reason = process.ended.reason if process.ended else None
        if reason == "server":
            item.status = "grader_error"
            item.message = say(
                OUR_FAULT,
                reason="the process that starts student processes has ended",
            )
        elif reason == "memory":
            item.status = "out_of_memory"
            item.message = say(
                TOO_MUCH_MEMORY,
                limit=self.request.exercise.limits.memory_mb,
            )
        elif isinstance(process.failure, link.LinkTimeout) or reason == "overdue" or _cpu_limit_hit(process):
            item.status = "timeout"
            self.overdue.setdefault(spec.function, spec)
            times = {"seconds": f"{limit:g}", "limit": f"{limit:g}"}
            if frames:
                line, _ = frames[-1]
                place = {"line": self.file.number(line), "text": self.file.line(line)}
                item.message = say(
                    "timed out after {seconds} s (limit {limit} s) in line {line} (`{text}`)", **times, **place
                )
                item.traceback = "\n".join(self.file.frames(frames))
                text = self._where_it_hangs(frames, times["seconds"])
            else:
                item.message = say("timed out after {seconds} s (limit {limit} s)", **times)
                text = say(
                    "Your code was still running after {seconds} s (line unknown). Is there a loop that never ends?",
                    seconds=times["seconds"],
                )
            item.explanation = explanation("loop", "time-limit", text)
        else:
            item.status = "crashed"
            item.message = say("your code ended its own process: {how}", how=how_ended(process))

    def _where_it_hangs(self, frames: list[tuple[int, str]], seconds: str) -> str:
        """Return a sentence about the loop that did not end, or about the line that was running."""
        loop = self.file.loop(frames)
        line = loop or frames[-1][0]
        sentence = (
            mark(
                "After {seconds} s, your code was still in the loop in line {line} (`{text}`). Which condition should "
                "end the loop, and does it ever become true?"
            )
            if loop
            else mark(
                "After {seconds} s, your code was still executing line {line} (`{text}`). It may be in an endless "
                "loop. Which condition should end the loop, and does it ever become true?"
            )
        )
        return say(sentence, seconds=seconds, line=self.file.number(line), text=self.file.line(line))


def renamed(missing: Iterable[str], others: Iterable[str]) -> tuple[str, str] | None:
    """Return a name that a file lacks, and a similar name in it; None if there is no such pair.

    Args:
        missing: names that the file should define, but does not.
        others: names in the file that the exercise does not use.
    """
    known = [
        name
        for name in sorted(others)
        if name.isidentifier() and not name.startswith("_") and len(name) <= LONGEST_NAME
    ]
    return next(((name, other) for name in missing for other in known if _look_alike(name, other)), None)


def _look_alike(name: str, other: str) -> bool:
    """Return whether two names consist of (almost) the same letters, as ``cosine_warmup`` and ``warmupCosine`` do."""
    letters, those = (one.replace("_", "").lower() for one in (name, other))
    return sorted(letters) == sorted(those) or difflib.SequenceMatcher(None, letters, those).ratio() >= ALIKE


def how_ended(process: Process) -> str:
    """Return a sentence on how a process ended unexpectedly."""
    ended = process.ended
    if isinstance(process.failure, (link.LinkGarbled, wire.WireError)):
        return say("it sent a malformed reply")
    if ended is None:
        return say("the reason is unknown")
    if ended.reason in ENDED:
        return say(ENDED[ended.reason])
    if ended.exit_code is not None:
        return say("exit code {code}", code=ended.exit_code)
    return say("signal {number}", number=ended.signal)


def sandbox_note(error: BaseException | None) -> str:
    """Return a line that names the sandbox's restriction if it caused the error; empty otherwise."""
    refused = refusals.what(error.type, error.message) if isinstance(error, StudentRaised) else None
    return "\n" + say(refusals.SENTENCES[refused]) if refused else ""


def _cpu_limit_hit(process: Process) -> bool:
    return process.ended is not None and process.ended.signal == getattr(signal, "SIGXCPU", None)
