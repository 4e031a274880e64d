"""For authors: ``python -m pytest grader/checks/check_lora.py --submission FILE`` runs checks as ordinary tests.

They run in one process, without sandbox or diagnosis, so that a debugger works (``--pdb``). Never use this for grading.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course import paths
from grader.errors import Failed, StudentRaised
from grader.judge import check, proxy


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for the submission and the seed."""
    group = parser.getgroup("checks")
    group.addoption("--submission", metavar="FILE", help="the file to check; default: the reference")
    group.addoption("--run-seed", type=int, default=1, metavar="N", help="seed of the draws (default: 1)")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect check files as tests."""
    return Checks.from_parent(parent, path=file_path) if file_path.match("check_*.py") else None


class Checks(pytest.File):
    """The checks of one exercise."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one test for each check, in the order of the file."""
        slug = self.path.stem.removeprefix("check_")
        submission = self.config.getoption("--submission") or paths.solution(slug)
        module = check.load_file(Path(submission), "submission")
        for spec in check.manifest(check.load_file(self.path, f"grader.checks.{self.path.stem}")):
            yield Check.from_parent(self, name=spec.id, spec=spec, module=module)


class Check(pytest.Item):
    """One check of the submission."""

    def __init__(self, *, spec: check.CheckSpec, module: Any, **fields: Any) -> None:
        super().__init__(**fields)
        self.spec, self.module = spec, module

    def runtest(self) -> None:
        """Run the check with this seed."""
        seed = proxy.check_seed(self.config.getoption("--run-seed"), self.spec.id)
        self.spec.run(proxy.local_student(self.module, seed))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what the student would read, or a traceback if the fault is ours."""
        error = excinfo.value
        if isinstance(error, Failed):
            shown = [self.spec.title, error.message]
            shown += [
                f"  {label:9} {value}"
                for label, value in (("expected", error.expected), ("got", error.actual))
                if value
            ]
            hint = error.hint if isinstance(error.hint, str) or error.hint is None else error.hint.get("en")
            return "\n".join([*shown, f"  hint      {hint}"] if hint else shown)
        if isinstance(error, StudentRaised):
            return "\n".join(
                [self.spec.title, str(error), *(f"  line {line}, in {name}" for line, name in error.frames)]
            )
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the location of the check, for pytest's reports."""
        return self.path, None, self.spec.id
