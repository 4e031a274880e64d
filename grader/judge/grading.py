"""The judge: runs the hidden checks of one exercise against one file, and never shares a process with that file.

pytest runs the checks; a plugin gives every check a student process, classifies how it ended and immediately sends one
event. The judge itself reads the manifest of the checks that must report: a check that did not report did not pass.
"""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import gc
import hashlib
import importlib
import pkgutil
import re
import sys
import tempfile
import time
import traceback
import types
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import _pytest

from course import edition, errors, paths, submission, text
from course.result import CheckResult, Edition, Result, Status, next_command, overall, plain
from course.submission import NotGradable
from course.text import mark, say, translated
from grader import imports, link, wire
from grader.errors import ServerError, StudentGone, StudentRaised
from grader.judge import compiling, expect, launcher, limits, loading, memory, relations, report, trials
from grader.judge.check import CheckSpec, load_file, manifest
from grader.judge.diagnose import Diagnosis, Observed, diagnose, hung_on, observe
from grader.judge.launcher import Launcher, Process, Servers
from grader.judge.proxy import Student, check_seed, local_student
from grader.judge.report import announcement, bounded, cut, explanation, report_of
from grader.judge.running import run_checks
from grader.judge.source import Source
from grader.judge.verdict import DEFINED_AGAIN, OUR_FAULT, Verdicts, sandbox_note
from grader.preloads import PRELOADS
from grader.requests import Request

Emit = Callable[[dict[str, Any]], None]

TOO_MUCH_TIME = mark("your code has run for {seconds} s in total, which is the limit for one grading run")
UNEXPLAINED = mark(
    "The grader itself failed ({error}) while it looked for explanations, so some misconceptions may not be "
    "named this time. The points are not affected. Please tell us."
)
NO_MISCONCEPTIONS = mark(
    "This installation has no misconceptions for {exercise}, so none can be named. The points are not affected."
)
NOT_TO_ITS_END = mark(
    "The file raised {error}{place}. All functions were defined by then, so they were graded; anything below that "
    'line was not run. Move whatever is not part of a function below `if __name__ == "__main__":`.'
)
NOT_TO_ITS_END_IN_A_NOTEBOOK = mark(
    "The notebook raised {error}{place}. All functions were defined by then, so they were graded; no code below that "
    "line was run."
)
SHARED_SECONDS = 3.0
"""Time limit of a check in a reused process; most take milliseconds. A check that takes longer is run again in a
process of its own, with the full time limit."""

MAX_COMPARED, MAX_WITHHELD = 20, 5
"""Comparisons of a visible check that a result lists: without and with substitutes in the process."""


@dataclass
class ProcessTransport:
    """Carries requests to a student process within one check's time limit."""

    process: Process
    seconds: float
    """Remaining part of the time limit; only waiting for the student is counted."""

    def ask(self, frame: bytes) -> bytes:
        """Send one request and return its answer."""
        if self.process.failure is not None:
            raise StudentGone(self.process.failure)
        started = time.monotonic()
        try:
            return self.process.link.ask(frame, self.seconds)
        except (link.LinkTimeout, link.LinkClosed, link.LinkGarbled) as cause:
            self.process.failure = cause
            raise StudentGone(cause) from None
        finally:
            waited = time.monotonic() - started
            self.process.waited += waited
            self.spend(waited)

    def spend(self, seconds: float) -> None:
        """Subtract ``seconds`` from the remaining time."""
        self.seconds -= seconds


def settle() -> None:
    """Do once what every judge forked from this process later would otherwise repeat."""
    report.versions()
    for module in pkgutil.iter_modules(_pytest.__path__, "_pytest."):  # pytest.main imports most of them
        importlib.import_module(module.name)


def grade(request: Request, servers: Servers, emit: Emit) -> None:
    """Grade one file; every event is passed to ``emit``, the result last.

    Args:
        request: the request to grade one file.
        servers: the fork servers for student processes; none if they are spawned.
        emit: takes one event (a dict that can be written as JSON).
    """
    gc.set_threshold(100_000)  # almost none of a judge's objects are cyclic
    text.use(request.lang)
    with tempfile.TemporaryDirectory(prefix="course-judge-") as folder, warnings.catch_warnings():
        warnings.showwarning = lambda *_, **__: None  # they are about our own code, or about a simulated misconception
        snapshot = Path(folder) / "submission.py"
        judge = Judge(request, launcher.open_launcher(request, str(snapshot), servers), emit)
        try:
            judge.read()
            snapshot.write_bytes(judge.source)
            judge.run()
        except NotGradable as reason:
            judge.refuse(str(reason))
        finally:
            judge.launcher.close()


class Judge:
    """One grading in progress."""

    def __init__(self, request: Request, launcher: Launcher, emit: Emit) -> None:
        self.request = request
        self.launcher = launcher
        self.emit = emit
        self.source = b""
        self.file = Source(request.name, b"")
        self.started = datetime.now(timezone.utc)
        self.clock = time.monotonic()
        slug = request.exercise.slug
        self.edition: Edition = edition.graded(slug)
        self.checks_module = load_file(paths.checks(slug), f"grader.checks.check_{slug}")
        every = manifest(self.checks_module, request.exercise.bonus)
        self.specs = self._selected(every)
        self.required = {name for spec in every if not spec.bonus for name in spec.names}
        """Names that a file must define, whatever ``only`` selects; bonus functions are optional."""
        self.reports: dict[str, CheckResult] = {}
        self.observed: dict[str, Observed] = {}
        self.notes: list[str] = []
        self.budget = limits.Budget()
        self._reference: types.ModuleType | None = None
        self._taken: Process | None = None
        self._announced = False
        self.verdicts = Verdicts(request, launcher)

    # --- the whole -------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the file.

        Raises:
            NotGradable: it cannot be read.
        """
        self.source = submission.read(self.request.file)
        self.file = self.verdicts.file = Source(self.request.name, self.source, self.request.cells)

    def run(self) -> None:
        """Run all checks, diagnose the failures, and emit the result."""
        if not self.specs:
            self._announce()
            message = say("this exercise has no check called {only}", only=", ".join(self.request.only))
            self.emit({"event": "fault", "message": message, "exit_code": errors.NOTHING_TO_RUN})
            return
        self.queue = sorted(
            self.specs, key=lambda spec: bool(spec.preloads)
        )  # stable: pedagogical order within each part
        self._announce()
        self._compile()
        self.launcher.prepare(self.queue[0].preloads)
        self._taken = self.launcher.take(self.queue[0].preloads, function=self.queue[0].function)
        self._refuse_if_hopeless(self._taken)
        run_checks(self)
        for spec in self.specs:
            if spec.id not in self.reports:
                self._report(
                    report_of(
                        spec,
                        self._number,
                        self._lang,
                        message=say("this check did not report a result, so it does not count; please tell us"),
                    )
                )
        self._note_definitions()
        if self.edition == "full" and not paths.misconceptions(self.request.exercise.slug).is_file():
            self.notes.append(say(NO_MISCONCEPTIONS, exercise=self.request.exercise.id))
        self.launcher.rest()  # so that no student process slows down what follows
        try:
            with limits.clock(limits.DIAGNOSIS_CPU_SECONDS):
                self._diagnose()
        except limits.Overdue:  # then nothing is explained
            self.emit({"event": "diagnosis", "checks": {}})
        except Exception as error:  # our fault, in the catalogue or here: the points stay valid
            traceback.print_exc()
            self.notes.append(say(UNEXPLAINED, error=type(error).__name__))
            self.emit({"event": "diagnosis", "checks": {}})
        self._result()

    def _note_definitions(self) -> None:
        """Add a note on failed functions that the file defines twice, unless a check already says so."""
        failed = [spec for spec in self.specs if self.reports[spec.id].status in ("failed", "crashed", "timeout")]
        told = [item.explanation.id for item in self.reports.values() if item.explanation]
        if DEFINED_AGAIN not in told:
            self.notes += self.verdicts.defined_again({name for spec in failed for name in spec.names})

    def _compile(self) -> None:
        """Compile the file for all its processes, and have its slow imports preloaded once.

        Raises:
            NotGradable: it does not compile.
        """
        if self.launcher.code_path is None:  # then the first process reports the compiler's error
            return
        name = f"{self.request.exercise.slug}.py"
        compiled = compiling.compile_aside(self.source, name, self.request.exercise.names)
        if compiled.error is not None:
            raise NotGradable(
                loading.import_message(self.request, self.file, StudentRaised.from_wire(compiled.error), ours=True)
            )
        if compiled.status:
            raise NotGradable(
                say(
                    "{file} cannot be compiled within the time and memory limits; does it contain a very "
                    "large or deeply nested expression?",
                    file=self.request.name,
                )
            )
        if compiled.code is not None:
            self.launcher.code_path.write_bytes(compiled.code)
        if wanted := imports.slow(compiled.imports):
            self.launcher.preload(wanted, limits.START_SECONDS - compiling.CPU_SECONDS)

    def refuse(self, message: str) -> None:
        """Report why the file cannot be graded: no points, and every check skipped."""
        self._announce()
        for spec in self.specs:
            skipped = report_of(spec, self._number, self._lang, "skipped", say("not run: the file cannot be graded"))
            self.reports[spec.id] = skipped
        self._result(status="not_gradable", message=message)

    def _announce(self) -> None:
        if self._announced:
            return
        self._announced = True
        self.emit(
            {
                "event": "started",
                "exercise": self._number,
                "slug": self.request.exercise.slug,
                "title": self.request.exercise.title(self._lang),
                "file": self.request.shown or str(self.request.file),
                "seed": self.request.seed,
                "sandbox": self.launcher.level,
                "checks": [plain(announcement(spec, self._lang)) for spec in self.specs],
            }
        )

    def _result(self, status: Status | None = None, message: str = "") -> None:
        checks = [bounded(self.reports[spec.id]) for spec in self.specs]
        status = status or overall(checks)
        exercise = self.request.exercise
        result = Result(
            exercise=exercise.number,
            id=exercise.id,
            slug=exercise.slug,
            title=exercise.title(self._lang),
            file=self.request.shown or str(self.request.file),
            sha256=hashlib.sha256(self.source).hexdigest() if self.source else None,
            started=self.started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self.clock, 3),
            seed=self.request.seed,
            sandbox=self.launcher.level,
            edition=self.edition,
            limits=self._limits(),
            versions=report.versions(),
            lang=self._lang,
            status=status,
            message=message,
            points=0,
            max_points=0,
            next=next_command(status, exercise.id),
            checks=checks,
            only=list(self.request.only),
            notes=self.notes,
        )
        result.count_points()
        self.emit({"event": "result", "result": result.to_json()})

    def _limits(self) -> dict[str, float]:
        """Return the limits of this grading: its longest possible duration, and the parts of that."""
        own = self.request.exercise.limits
        return {
            "import_seconds": own.import_seconds,
            "check_seconds": own.check_seconds,
            "memory_mb": own.memory_mb,
            "student_seconds": limits.STUDENT_SECONDS,
            "examine_seconds": limits.CHECK_CPU_SECONDS,
            "grading_seconds": limits.grading_seconds(),
        }

    @property
    def _number(self) -> int:
        return self.request.exercise.number

    @property
    def _lang(self) -> str:
        return self.request.lang

    def _selected(self, specs: list[CheckSpec]) -> list[CheckSpec]:
        """Return the selected checks and those they depend on; without references, only visible ones."""
        if self.edition == "student":
            specs = [spec for spec in specs if spec.visible]
        wanted = self.request.only
        if not wanted:
            return specs
        chosen = {spec.id for spec in specs if {spec.id, spec.id.split(".")[1], spec.function} & set(wanted)}
        for spec in reversed(specs):
            if spec.id in chosen:
                chosen |= set(spec.after)
                chosen |= {other.id for other in specs if other.function in spec.substitutes}
        return [spec for spec in specs if spec.id in chosen]

    # --- the student process ---------------------------------------------------------------------------------------

    def _refuse_if_hopeless(self, process: Process) -> None:
        """Refuse the file before the first check if no check could say more."""
        names = {name for spec in self.specs for name in spec.names}
        if process.failure is None and process.error is None and names & process.names:
            return
        if self._complete(process):
            with contextlib.suppress(wire.WireError):  # malformed, so not sent by our code: refused below
                error = StudentRaised.from_wire(process.error or {})
                place = self.file.place(error.frames)
                known = error.type if re.fullmatch(r"[\w.]{1,100}", error.type) else "Exception"
                if self.file.is_notebook:
                    self.notes.append(say(NOT_TO_ITS_END_IN_A_NOTEBOOK, error=known, place=place))
                    self.notes.append(say(loading.RUN_IN_A_NOTEBOOK))
                else:
                    self.notes.append(say(NOT_TO_ITS_END, error=known, place=place))
                return
        frames = self.verdicts.stuck(process)
        self._end(process)
        ours = self.launcher.code_path is None
        raise NotGradable(loading.complaint(self.request, self.file, process, frames, names, ours))

    def _complete(self, process: Process) -> bool:
        """Return whether the file defines all required names although it raised an exception."""
        return process.failure is None and process.error is not None and self.required <= process.names

    def _end(self, process: Process, again: bool = False) -> None:
        """End the process, or let it serve ``again``; wait for its status only if it ended by itself."""
        wait = process.failure is not None or bool(process.substitutes)
        process.ended = self.launcher.end(process, wait=wait, again=again)

    # --- one check ----------------------------------------------------------------------------------------------------

    def student_for(self, spec: CheckSpec, alone: bool = False) -> Student:
        """Return a student process for this check, with substitutes for functions that failed.

        Args:
            spec: the check.
            alone: True for a process that has served no other check.
        """
        process, self._taken = self._taken, None
        self._foresee_simulation(spec)
        substitutes = list(self._substitutes_for(spec))
        if process is None:
            self.launcher.import_seconds = min(self.request.exercise.limits.import_seconds, self.budget.student)
            names = tuple(name for name, _ in substitutes)
            process = self.launcher.take(spec.preloads, alone, names, spec.function)
        self.process = process
        following = self._following(spec)
        if following is not None and not substitutes:  # no later check may get a process with substitutes
            self.launcher.prepare(following.preloads)
        expect.seen.clear()
        expect.remarks.clear()
        if process.failure is not None:
            raise StudentGone(process.failure)
        if process.error is not None and not self._complete(process):
            raise StudentRaised.from_wire(process.error)
        seconds = spec.seconds or self.request.exercise.limits.check_seconds
        if process.shared:
            seconds = min(seconds, SHARED_SECONDS)
        left = self.budget.student - self._own_seconds(process)
        transport = ProcessTransport(process, min(seconds, max(left, 0.1)))
        for name, code in substitutes:
            wire.decode(transport.ask(wire.encode(["substitute", name, code])))
        self.student = Student(transport, check_seed(self.request.seed, spec.id))
        return self.student

    def _foresee_simulation(self, spec: CheckSpec) -> None:
        """Import the preloads for simulating this check, while the check waits for a server that imports them, too.

        Only if another check of the same function has already failed; for a correct file, it would be wasted.
        """
        if self.edition == "full" and any(
            item.function == spec.function and item.status in ("failed", "crashed") for item in self.reports.values()
        ):
            for preload in spec.preloads:
                for module in PRELOADS[preload]:
                    importlib.import_module(module)

    def _following(self, spec: CheckSpec) -> CheckSpec | None:
        place = self.queue.index(spec) + 1
        return self.queue[place] if place < len(self.queue) else None

    def waiting_for(self, spec: CheckSpec) -> str | None:
        """Return the title of a check that must pass first but did not; None if there is none."""
        for before in self.specs:
            if before.id in spec.after and (
                before.id not in self.reports or self.reports[before.id].status != "passed"
            ):
                return translated(before.title)
        return None

    def _substitutes_for(self, spec: CheckSpec) -> Iterator[tuple[str, bytes]]:
        """Yield (name, compiled definition) of each substitute: functions that did not pass or were not tried."""
        for name in spec.substitutes if self.edition == "full" else ():
            tried = [item for item in self.reports.values() if item.function == name]
            if not tried or any(item.status != "passed" for item in tried):
                yield name, compiling.compiled_definition(paths.solution(self.request.exercise.slug), name)

    def is_final(self, error: BaseException | None) -> bool:
        """Return whether a check's outcome counts, or (False) the check must be run again in a process of its own.

        One process serves check after check as long as they pass: the file is run afresh before each, but other side
        effects of a check may affect the next one. So no check fails because of a reused process. A function that is
        not started stays so, and an answer that takes too long to examine is the student's own.
        """
        not_started = isinstance(error, StudentRaised) and error.not_started
        if error is None or not_started or isinstance(error, (limits.Overdue, ServerError)) or not self.process.shared:
            return True
        left = dataclasses.replace(self.budget, student=self.budget.student - self._own_seconds(self.process))
        if left.used_up:
            return True
        self.budget = left
        self._end(self.process)
        return False

    def weigh_sharing(self, shared: BaseException | None, alone: BaseException | None) -> None:
        """Turn off reuse if it made a check time out, because it would cost the following checks time, too.

        Args:
            shared: how the check ended in a reused process.
            alone: how it ended in a process of its own.
        """
        if _timed_out(shared) and not _timed_out(alone):
            self.launcher.shares = False

    def _own_seconds(self, process: Process) -> float:
        return limits.own_seconds(process.pid, process.waited, process.before)

    def finish(self, spec: CheckSpec, error: BaseException | None, seconds: float) -> None:
        """Classify how a check ended, and report it."""
        if isinstance(error, ServerError):  # there is no process to look at
            reason = say(OUR_FAULT, reason=str(error))
            self._report(report_of(spec, self._number, self._lang, message=reason))
            return
        process = self.process
        item = report_of(spec, self._number, self._lang)
        item.seconds = round(seconds, 4)
        self.budget.student -= self._own_seconds(process)
        if isinstance(error, limits.Overdue):
            item.status, item.message = (
                "failed",
                say("your result took the grader too long to examine; is it much larger than expected?"),
            )
        else:
            self.verdicts.classify(item, spec, error, process, self._reference_passes)
        frames = self.verdicts.stuck(process)
        if process.substitutes:  # function names in the process may reveal the substitutes
            frames = [(line, name) for line, name in frames if name in self.file.text and self.file.line(line)]
        self._end(process, again=item.status == "passed" or (item.status == "not_started" and not process.substitutes))
        if isinstance(error, StudentGone):
            self.verdicts.classify_gone(item, spec, process, frames)
            if self.budget.student <= 0.1 and item.status == "timeout":
                item.message = say(
                    TOO_MUCH_TIME,
                    seconds=f"{limits.STUDENT_SECONDS:g}",
                )
        item.message += sandbox_note(error)
        item.points = spec.points if item.status == "passed" else 0
        item.remarks = [] if process.substitutes else list(expect.remarks)  # they may quote names from that process
        item.stdout = process.link.printed.decode("utf-8", "replace")
        if spec.visible:
            item.compared = report.listed(expect.seen, MAX_COMPARED)
        else:
            item.expected = item.expected if getattr(error, "reveal", False) else None
            item.actual = item.actual if getattr(error, "reveal", False) else None
        if process.substitutes:
            self._withhold(item, spec, error)
        student = getattr(self, "student", None)
        trace = student.trace if student is not None else []
        exchanged = student.exchanged if student is not None and item.status in ("failed", "crashed") else ()
        self.observed[spec.id] = Observed(spec, item.status, hung_on(error), trace, exchanged)
        self.student = None  # type: ignore[assignment]
        self._report(item)

    def skip(self, spec: CheckSpec, title: str) -> None:
        """Report a check as skipped because another check has not passed."""
        self._report(
            report_of(
                spec, self._number, self._lang, "skipped", say("not run until this check passes: {title}", title=title)
            )
        )

    def leave_out(self, spec: CheckSpec) -> None:
        """Report a check as skipped because no time is left."""
        if self.budget.student <= 0:
            message = say(
                TOO_MUCH_TIME,
                seconds=f"{limits.STUDENT_SECONDS:g}",
            )
        else:
            message = say(
                "the grader has spent {seconds} s in total on examining your results, which is the limit for "
                "one grading run",
                seconds=f"{limits.JUDGE_CPU_SECONDS:g}",
            )
        self._report(report_of(spec, self._number, self._lang, "skipped", message))

    def _withhold(self, item: CheckResult, spec: CheckSpec, error: BaseException | None) -> None:
        """Shorten everything in the report that comes from a process with substitutes."""
        names = ", ".join(name for name, _ in self._substitutes_for(spec))
        item.stdout = (
            say("(output is not shown: this check ran with a substitute for {names})", names=names)
            if item.stdout.strip()
            else ""
        )
        if isinstance(error, StudentRaised) and not error.no_answer:
            known = error.type if isinstance(getattr(builtins, error.type, None), type) else "Exception"
            line = error.frames[-1][0] if error.frames else 0
            place = (
                say(" in line {line} (`{text}`)", line=self.file.number(line), text=self.file.line(line))
                if self.file.line(line)
                else ""
            )
            item.message = say(
                "your code raised {error}{place}. Its message is not shown: this check ran with a "
                "substitute for {names}",
                error=known,
                place=place,
                names=names,
            ) + sandbox_note(error)
            frames = [frame for frame in error.frames if frame[1] in self.file.text and self.file.line(frame[0])]
            if item.traceback is not None:
                item.traceback = self.file.traceback(dataclasses.replace(error, type=known, message="", frames=frames))
        item.message = cut(item.message, limits.MAX_LEAK + 200)
        item.expected = item.expected and cut(item.expected, limits.MAX_LEAK)
        item.actual = item.actual and cut(item.actual, limits.MAX_LEAK)
        if item.compared:
            item.compared = [[cut(text, 80) for text in entry] for entry in report.listed(expect.seen, MAX_WITHHELD)]

    def overdue(self, spec: CheckSpec) -> CheckSpec | None:
        """Return the check in which this check's function timed out, if any; it is not run again after that."""
        return self.verdicts.overdue.get(spec.function)

    def skip_overdue(self, spec: CheckSpec, before: CheckSpec) -> None:
        """Report a check as skipped because its function timed out in the check ``before``."""
        title = translated(before.title)
        limit = f"{before.seconds or self.request.exercise.limits.check_seconds:g}"
        message = say(
            "not run: {function} did not return within {limit} s in another check ({title})",
            function=spec.function,
            limit=limit,
            title=title,
        )
        item = report_of(spec, self._number, self._lang, "skipped", message)
        item.explanation = explanation(
            "follows",
            before.id,
            say("The function did not return in the check {id}, so it was not run again.", id=before.id),
        )
        self._report(item)

    def _report(self, item: CheckResult) -> None:
        self.reports[item.id] = item
        self.emit({"event": "check", "check": plain(bounded(item))})

    # --- simulation ------------------------------------------------------------------------------------------------

    @property
    def reference(self) -> types.ModuleType:
        """The reference solution, loaded when it is first needed."""
        if self._reference is None:
            slug = self.request.exercise.slug
            self._reference = load_file(paths.solution(slug), f"reference_{slug}")
        return self._reference

    def _reference_passes(self, spec: CheckSpec) -> bool:
        if self.edition == "student":
            return True  # without references, this cannot be tested
        seen, remarks = list(expect.seen), list(expect.remarks)
        try:
            spec.run(local_student(self.reference, check_seed(self.request.seed, spec.id)))
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return False
        finally:
            expect.seen[:], expect.remarks[:] = seen, remarks
        return True

    def _diagnose(self) -> None:
        """Explain the failed checks: by misconceptions, relations, state between calls, or changes of the input."""
        references: dict[str, Observed] = {}
        for name, item in self.observed.items() if self.edition == "full" else ():
            if item.status in ("failed", "crashed"):
                references[name] = observe(item.spec, self.reference, self.request.seed)
                if references[name].status != "passed":  # then the check says nothing about the student
                    mine = self.reports[name]
                    mine.status, mine.message = (
                        "grader_error",
                        say(
                            OUR_FAULT,
                            reason=references[name].failing,
                        ),
                    )
                    self.observed[name] = dataclasses.replace(item, status="grader_error")
        found: dict[str, Diagnosis] = {}
        if references:
            found = diagnose(self.request.exercise.slug, self.observed, references, self.request.seed)
            for item in memory.candidates(self.observed, self.reports, found):
                passes = self._passes_without_memory(item.spec)
                if passes is None:  # the next check would time out, too
                    break
                if passes:
                    found[item.spec.id] = memory.diagnosis(item.spec.function)
            found |= self._depending(found, references)
            self._contrast(found)
        named = {}
        for name, diagnosis in found.items():
            mine = self.reports[name]
            text = translated(diagnosis.text)
            if diagnosis.kind in ("misconception", "pair"):
                mine.mistake, mine.hint = diagnosis.id, text or mine.hint
            elif mine.explanation is not None:  # a crash or a loop explains itself
                continue
            mine.explanation = explanation(
                diagnosis.kind, diagnosis.id, text, translated(diagnosis.title) if diagnosis.title else None
            )
            named[name] = {"mistake": mine.mistake, "hint": mine.hint, "explanation": plain(mine.explanation)}
        self.emit({"event": "diagnosis", "checks": named})

    def _contrast(self, explained: Collection[str]) -> None:
        """Add to the message of an unexplained failed check what was right in the same check."""
        for name, item in self.observed.items():
            mine = self.reports[name]
            if item.status == "failed" and name not in explained and mine.explanation is None and item.exchanged:
                seed = self.request.seed
                if right := relations.contrast(item.spec, seed, item.exchanged, self.reference):
                    mine.message = f"{mine.message.rstrip('.')}. {right}"

    def _passes_without_memory(self, spec: CheckSpec) -> bool | None:
        """Return whether a failed check passes if the student's file is loaded afresh before every call.

        None if the process does not answer in time, or has ended.
        """
        seconds = min(SHARED_SECONDS, self.budget.student)
        if seconds < SHARED_SECONDS or list(self._substitutes_for(spec)):
            return False
        seen, remarks = list(expect.seen), list(expect.remarks)
        process = self.launcher.take(spec.preloads, alone=True, function=spec.function)
        try:
            if process.failure is not None:
                return False
            transport = ProcessTransport(process, seconds)
            wire.decode(transport.ask(wire.encode(["forget"])))
            spec.run(Student(transport, check_seed(self.request.seed, spec.id)))
        except StudentGone:
            return None
        except Exception:  # it still fails, in the same or another way: no conclusion
            return False
        finally:
            expect.seen[:], expect.remarks[:] = seen, remarks
            self.budget.student -= self._own_seconds(process)
            self.launcher.end(process, wait=False)
        return True

    def _depending(self, found: Mapping[str, Diagnosis], references: Mapping[str, Observed]) -> dict[str, Diagnosis]:
        """Find changes of the input that make the answer right, for failed checks that nothing else explains."""
        slug = self.request.exercise.slug
        told: dict[str, Diagnosis] = {}
        deadline = time.process_time() + trials.SECONDS_IN_ALL
        for item in trials.candidates(self.observed, self.reports, found):
            if time.process_time() > deadline:
                break
            seconds = min(SHARED_SECONDS, self.budget.student)
            if seconds < SHARED_SECONDS or list(self._substitutes_for(item.spec)):
                continue
            process = self.launcher.take(item.spec.preloads, alone=True, function=item.spec.function)
            try:
                if process.failure is None:
                    ask = ProcessTransport(process, seconds).ask
                    expected = references[item.spec.id].exchanged
                    diagnosis = trials.diagnosis(item, expected, slug, self.request.seed, ask)
                    if diagnosis is not None:
                        told[item.spec.id] = diagnosis
            except StudentGone:  # the next check would time out, too
                break
            finally:
                self.budget.student -= self._own_seconds(process)
                self.launcher.end(process, wait=False)
        return told


def _timed_out(error: BaseException | None) -> bool:
    return isinstance(error, StudentGone) and isinstance(error.cause, link.LinkTimeout)
