"""The plugin of grader/checks/conftest.py, with which authors run the checks as ordinary tests.

The checks are collected as in the judge, with the same draws, substitutes and order, but run in this process, without
sandbox or diagnosis, so that a debugger works (``--pdb``). Never use this for grading.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Generator
from pathlib import Path

import pytest

from course import paths, submission
from grader.errors import Failed, StudentRaised
from grader.judge import check, expect, proxy
from grader.judge.collecting import PATTERNS, CheckFiles, id_of
from grader.judge.compiling import compiled_definition
from grader.student.process import substitute

PASSED = pytest.StashKey[dict[str, bool]]()
"""Id of a check that has run in this session -> True if it passed."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for the submission and the draws."""
    group = parser.getgroup("checks")
    group.addoption("--submission", metavar="FILE", help="the file to check; default: the reference")
    group.addoption("--run-seed", type=int, default=1, metavar="N", help="seed of the draws (default: 1)")


def pytest_configure(config: pytest.Config) -> None:
    """Collect checks, and refuse a submission that cannot be read."""
    for name, pattern in PATTERNS.items():
        config.addinivalue_line(name, pattern)
    config.stash[PASSED] = {}
    config.pluginmanager.register(Authors(), "checks-of-authors")
    if file := config.getoption("--submission"):
        try:
            submission.read(Path(file))
        except submission.NotGradable as reason:
            raise pytest.UsageError(f"--submission {file}: {reason}") from reason


class Authors(CheckFiles):
    """Collects the checks of the given files."""

    def module_of(self, path: Path) -> types.ModuleType:
        """Return the imported check file."""
        return _checks(path)


@functools.cache
def _checks(path: Path) -> types.ModuleType:
    return check.load_file(path, f"grader.checks.{path.stem}")


@functools.cache
def _specs(path: Path) -> dict[str, check.CheckSpec]:
    return {spec.id: spec for spec in check.manifest(_checks(path))}


def _spec_of(item: pytest.Item) -> check.CheckSpec:
    return _specs(item.path)[id_of(item)]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let ``-k mean_pool.value`` choose a check by its id."""
    if item.path.match("check_*.py"):
        item.extra_keyword_matches.add(id_of(item))


@pytest.fixture
def student(request: pytest.FixtureRequest) -> proxy.Student:
    """Return a student in this process: the file, loaded afresh for every check, with the judge's substitutes."""
    item, config = request.node, request.config
    spec, passed = _spec_of(item), config.stash[PASSED]
    for name in spec.after:
        if not passed.get(name, True):
            pytest.skip(f"not run until this check passes: {_specs(item.path)[name].title}")
    reference = paths.solution(item.path.stem.removeprefix("check_"))
    file = config.getoption("--submission")
    module = check.load_file(Path(file) if file else reference, "submission")
    for name in spec.substitutes if reference.is_file() else ():
        tried = [right for other, right in passed.items() if _specs(item.path)[other].function == name]
        if not all(tried) or not tried:
            substitute(module, name, compiled_definition(reference, name))
    expect.seen.clear()
    expect.remarks.clear()
    return proxy.local_student(module, proxy.check_seed(config.getoption("--run-seed"), spec.id))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a check as the judge does, including its notes for the diagnosis."""
    if not pyfuncitem.path.match("check_*.py"):
        return None
    _spec_of(pyfuncitem).run(pyfuncitem.funcargs["student"])
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Store how a check ended; show what the student would read, or a traceback if the fault is ours."""
    report = yield
    if item.path.match("check_*.py"):
        if call.when == "call" or report.outcome != "passed":
            item.config.stash[PASSED][id_of(item)] = report.outcome == "passed"
        if call.excinfo is not None and (text := _told(_spec_of(item).title, call.excinfo.value)):
            report.longrepr = text
    return report


def _told(title: str, error: BaseException) -> str:
    """Return what the student would read about an error; empty if the fault is ours."""
    if isinstance(error, Failed):
        shown = [title, error.message]
        values = (("expected", error.expected), ("got", error.actual), ("hint", error.hint))
        return "\n".join([*shown, *(f"  {label:9} {value}" for label, value in values if value)])
    if isinstance(error, StudentRaised):
        return "\n".join([title, str(error), *(f"  line {line}, in {name}" for line, name in error.frames)])
    return ""
