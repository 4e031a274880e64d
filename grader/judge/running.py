"""Runs the checks with pytest; a plugin gives every check a student process and reports how it ended."""

from __future__ import annotations

import os
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Protocol

import pytest

from course import paths
from grader.judge import limits
from grader.judge.check import CheckSpec
from grader.judge.collecting import PATTERNS, CheckFiles, id_of
from grader.judge.proxy import Student
from grader.requests import Request


class Judging(Protocol):
    """The grading that the checks belong to, as far as running them needs it."""

    request: Request
    checks_module: ModuleType
    queue: list[CheckSpec]
    """What to run, in this order."""
    budget: limits.Budget

    def overdue(self, spec: CheckSpec) -> CheckSpec | None:
        """If the function of this check did not come to an end in an earlier one: that one."""

    def skip_overdue(self, spec: CheckSpec, before: CheckSpec) -> None:
        """Report that a check was not run since an earlier one never ended."""

    def waiting_for(self, spec: CheckSpec) -> str | None:
        """The title of a check that has to pass before this one, and has not."""

    def skip(self, spec: CheckSpec, title: str) -> None:
        """Report that a check was not run since another one has not passed."""

    def leave_out(self, spec: CheckSpec) -> None:
        """Report that a check was not run since the time for all of them is over."""

    def student_for(self, spec: CheckSpec, alone: bool) -> Student:
        """What the check is handed in the place of a fixture."""

    def is_final(self, error: BaseException | None) -> bool:
        """Whether a check that ended so need not be run again in a process of its own."""

    def weigh_sharing(self, shared: BaseException | None, alone: BaseException | None) -> None:
        """Compare how a check ended in a process that it shared with how it ended in its own."""

    def finish(self, spec: CheckSpec, error: BaseException | None, seconds: float) -> None:
        """Report how a check ended."""


def run_checks(judge: Judging) -> None:
    """Run what stands in the judge's queue; every check reports to the judge."""
    path = paths.checks(judge.request.exercise.slug)
    arguments = [
        str(path),
        f"--rootdir={path.parent}",
        f"--confcutdir={path.parent}",
        f"-c{os.devnull}",
        "--import-mode=importlib",
        "--noconftest",
        "--disable-plugin-autoload",
        "-pno:cacheprovider",
        "-pno:terminal",
        "-pno:logging",
        "-pno:warnings",
        "-pno:doctest",
        "-pno:junitxml",
        "-pno:unittest",
        "-pno:faulthandler",
        "-pno:threadexception",
        "-pno:unraisableexception",
        "-pno:skipping",
        "-pno:tmpdir",
        "-pno:monkeypatch",
        "-pno:recwarn",
        "-pno:debugging",
        "-pno:pastebin",
        "-pno:stepwise",
        "-pno:setuponly",
        "-pno:setupplan",
        "--capture=no",
        *(f"-o{name}={pattern}" for name, pattern in PATTERNS.items()),
    ]
    plugin = Plugin(judge)
    code = pytest.main(arguments, plugins=[plugin])
    if code != pytest.ExitCode.OK:
        print(f"pytest ended with {code!r}", plugin.problems, file=sys.stderr)


@dataclass
class Plugin(CheckFiles):
    """Tells pytest which checks to run, in which order, and what to do with each."""

    judge: Judging
    problems: list[str] = field(default_factory=list)

    def module_of(self, path: Path) -> ModuleType:
        """Return the module that the manifest was read from."""
        return self.judge.checks_module

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what was asked for; put the checks that need slow imports last."""
        queue = {spec.id: place for place, spec in enumerate(self.judge.queue)}
        known = {id_of(item): item for item in items}
        items[:] = sorted((known[name] for name in queue if name in known), key=lambda item: queue[id_of(item)])

    def pytest_runtest_protocol(self, item: pytest.Function) -> bool:
        """Run one check, with a student process in the place of a fixture, and report it ourselves."""
        try:
            self._run(item)
        except Exception as error:  # our fault; the manifest knows that this check did not report
            traceback.print_exception(error, file=sys.stderr)
        return True

    def _run(self, item: pytest.Function) -> None:
        judge = self.judge
        spec = next(spec for spec in judge.queue if spec.id == id_of(item))
        if before := judge.overdue(spec):
            judge.skip_overdue(spec, before)
            return
        if title := judge.waiting_for(spec):
            judge.skip(spec, title)
            return
        if judge.budget.used_up:
            judge.leave_out(spec)
            return
        started = time.monotonic()
        error = shared = self._try(spec, alone=False)
        if not judge.is_final(shared):
            error = self._try(spec, alone=True)
            judge.weigh_sharing(shared, error)
        judge.finish(spec, error, time.monotonic() - started)

    def _try(self, spec: CheckSpec, alone: bool) -> BaseException | None:
        """Run a check once; what it, or the student's code, has raised."""
        try:
            student = self.judge.student_for(spec, alone)
            with self.judge.budget.examining():
                spec.run(student)
        except (Exception, limits.Overdue) as raised:
            return raised
        return None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A check file that does not import is our fault; keep the reason for stderr."""
        if report.failed:
            self.problems.append(str(report.longrepr))

    def pytest_internalerror(self, excrepr: object) -> None:
        """The same for pytest itself."""
        self.problems.append(str(excrepr))
