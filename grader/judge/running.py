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
    """The part of a grading that is needed for running its checks."""

    request: Request
    checks_module: ModuleType
    queue: list[CheckSpec]
    """Checks to run, in this order."""
    budget: limits.Budget

    def overdue(self, spec: CheckSpec) -> CheckSpec | None:
        """Return the earlier check in which this check's function timed out, if any."""

    def skip_overdue(self, spec: CheckSpec, before: CheckSpec) -> None:
        """Report that a check was not run because its function timed out in an earlier one."""

    def waiting_for(self, spec: CheckSpec) -> str | None:
        """Return the title of a check that must pass before this one, but did not; None if there is none."""

    def skip(self, spec: CheckSpec, title: str) -> None:
        """Report that a check was not run because another one has not passed."""

    def leave_out(self, spec: CheckSpec) -> None:
        """Report that a check was not run because the time for all checks is used up."""

    def student_for(self, spec: CheckSpec, alone: bool) -> Student:
        """Return the student proxy to pass to the check."""

    def is_final(self, error: BaseException | None) -> bool:
        """Return whether the outcome counts, or (False) the check must be run again in a process of its own."""

    def weigh_sharing(self, shared: BaseException | None, alone: BaseException | None) -> None:
        """Compare how a check ended in a reused process and in its own."""

    def finish(self, spec: CheckSpec, error: BaseException | None, seconds: float) -> None:
        """Report how a check ended."""


def run_checks(judge: Judging) -> None:
    """Run the checks in the judge's queue; every check reports to the judge."""
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
    """The pytest plugin: selects and orders the checks, and runs each of them."""

    judge: Judging
    problems: list[str] = field(default_factory=list)

    def module_of(self, path: Path) -> ModuleType:
        """Return the module that the manifest was read from."""
        return self.judge.checks_module

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks in the judge's queue, in its order, which puts slow imports last."""
        queue = {spec.id: place for place, spec in enumerate(self.judge.queue)}
        known = {id_of(item): item for item in items}
        items[:] = sorted((known[name] for name in queue if name in known), key=lambda item: queue[id_of(item)])

    def pytest_runtest_protocol(self, item: pytest.Function) -> bool:
        """Run one check with a student proxy in place of a pytest fixture, and report it ourselves."""
        try:
            self._run(item)
        except Exception as error:  # our fault; the judge reports every check of the manifest that did not report
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
        """Run a check once, and return the exception that it or the student's code raised, if any."""
        try:
            student = self.judge.student_for(spec, alone)
            with self.judge.budget.examining():
                spec.run(student)
        except (Exception, limits.Overdue) as raised:
            return raised
        return None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the reason if the check file cannot be imported, which is our fault."""
        if report.failed:
            self.problems.append(str(report.longrepr))

    def pytest_internalerror(self, excrepr: object) -> None:
        """Keep an internal error of pytest."""
        self.problems.append(str(excrepr))
