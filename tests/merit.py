"""Grading of one function in this process: for tests of what a wrong one may earn, and which explanation it gets."""

from __future__ import annotations

import doctest
import functools
import types
from collections.abc import Callable
from dataclasses import dataclass

from course import paths
from grader.judge import check, diagnose, expect
from grader.judge.diagnose import Diagnosis, Observed
from scripts.flake import module_of


@functools.cache
def specs_of(slug: str) -> tuple[check.CheckSpec, ...]:
    return tuple(check.manifest(check.load_file(paths.checks(slug), f"grader.checks.check_{slug}")))


@functools.cache
def reference_of(slug: str) -> types.ModuleType:
    return module_of(paths.solution(slug).read_text(encoding="utf-8"), f"reference_{slug}")


@functools.cache
def seen_of_reference(slug: str, check_id: str, seed: int) -> Observed:
    """Return what one check observes of the reference."""
    (spec,) = (spec for spec in specs_of(slug) if spec.id == check_id)
    return diagnose.observe(spec, reference_of(slug), seed)


def composed(slug: str, source: str) -> types.ModuleType:
    """Return the reference with its definitions replaced by those of ``source``."""
    return module_of(paths.solution(slug).read_text(encoding="utf-8") + "\n\n" + source, f"composed_{slug}")


@dataclass(frozen=True)
class Graded:
    """The observations of one function's checks."""

    slug: str
    seed: int
    observed: dict[str, Observed]

    @functools.cached_property
    def explained(self) -> dict[str, Diagnosis]:
        """Check -> the diagnosis of its failure; computed on demand, since simulation takes time."""
        references = {name: seen_of_reference(self.slug, name, self.seed) for name in self.wrong}
        return diagnose.diagnose(self.slug, self.observed, references, self.seed)

    @property
    def names(self) -> dict[str, str]:
        """Check -> the misconception in its explanation."""
        return {name: one.id for name, one in self.explained.items()}

    @property
    def wrong(self) -> set[str]:
        """Checks that failed."""
        return {name for name, item in self.observed.items() if item.status in ("failed", "crashed")}

    @property
    def earned(self) -> set[str]:
        """Checks that passed."""
        return {name for name, item in self.observed.items() if item.status == "passed"}

    @property
    def points(self) -> int:
        return sum(self.observed[name].spec.points for name in self.earned)

    @property
    def lost(self) -> set[str]:
        """Checks that did not pass, except those that wait for another."""
        return {name.split(".")[1] for name, item in self.observed.items() if item.status not in ("passed", "skipped")}

    @property
    def named(self) -> set[str]:
        return set(self.names.values())


def grade(slug: str, function: str, source: str, seed: int = 5) -> Graded:
    """Run the checks of a function as the judge does."""
    module = composed(slug, source)
    return grade_module(slug, function, lambda: module, seed)


def grade_module(slug: str, function: str, module: Callable[[], types.ModuleType], seed: int) -> Graded:
    """Run the checks of a function in a loaded file; ``module`` is called before each check."""
    observed: dict[str, Observed] = {}
    for spec in specs_of(slug):
        if spec.function != function:
            continue
        if any(observed[name].status != "passed" for name in spec.after if name in observed):
            observed[spec.id] = Observed(spec, "skipped", "", [])
            continue
        observed[spec.id] = diagnose.observe(spec, module(), seed)
    assert observed, f"{slug} has no checks of {function}"
    return Graded(slug, seed, observed)


def remarked(slug: str, check_id: str, source: str, seed: int = 5) -> list[str]:
    """Return the remarks of a check on a file that passes it."""
    from grader.judge.proxy import check_seed, local_student

    (spec,) = (spec for spec in specs_of(slug) if spec.id == check_id)
    expect.remarks.clear()
    try:
        spec.run(local_student(composed(slug, source), check_seed(seed, spec.id)))
        return list(expect.remarks)
    finally:
        expect.remarks.clear()


def examples_that_fail(slug: str, module: types.ModuleType, names: set[str]) -> list[str]:
    """Return the examples of the reference's docstrings that fail with the functions of another module."""
    failed: list[str] = []
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(verbose=False)
    for name in sorted(names):
        text = getattr(reference_of(slug), name).__doc__ or ""
        test = parser.get_doctest(text, dict(vars(module)), name, None, 0)
        runner.run(test, out=failed.append)
    return failed
