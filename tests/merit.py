"""Grades one function in this process: for tests that say what a wrong one may earn and what it must be told."""

from __future__ import annotations

import doctest
import functools
import types
from dataclasses import dataclass

from course import paths
from grader.judge import check, diagnose, expect
from grader.judge.diagnose import Observed
from scripts.flake import module_of


@functools.cache
def specs_of(slug: str) -> tuple[check.CheckSpec, ...]:
    return tuple(check.manifest(check.load_file(paths.checks(slug), f"grader.checks.check_{slug}")))


@functools.cache
def reference_of(slug: str) -> types.ModuleType:
    return module_of(paths.solution(slug).read_text(encoding="utf-8"), f"reference_{slug}")


def composed(slug: str, source: str) -> types.ModuleType:
    """The reference with the definitions of ``source`` in place of its own."""
    return module_of(paths.solution(slug).read_text(encoding="utf-8") + "\n\n" + source, f"composed_{slug}")


@dataclass(frozen=True)
class Graded:
    """What the checks of one function saw."""

    slug: str
    seed: int
    observed: dict[str, Observed]

    @functools.cached_property
    def names(self) -> dict[str, str]:
        """Check -> the misconception that it was told; worked out when asked for, since simulation takes its time."""
        reference = reference_of(self.slug)
        references = {name: diagnose.observe(item.spec, reference, self.seed) for name, item in self.observed.items()}
        found = diagnose.diagnose(self.slug, self.observed, references, self.seed)
        return {name: one.id for name, one in found.items()}

    @property
    def points(self) -> int:
        return sum(item.spec.points for item in self.observed.values() if item.status == "passed")

    @property
    def lost(self) -> set[str]:
        """Checks that did not pass, those that wait for another one left out."""
        return {name.split(".")[1] for name, item in self.observed.items() if item.status not in ("passed", "skipped")}

    @property
    def named(self) -> set[str]:
        return set(self.names.values())


def grade(slug: str, function: str, source: str, seed: int = 5) -> Graded:
    """Run the checks of a function as the judge would."""
    module = composed(slug, source)
    observed: dict[str, Observed] = {}
    for spec in specs_of(slug):
        if spec.function != function:
            continue
        if any(observed[name].status != "passed" for name in spec.after if name in observed):
            observed[spec.id] = Observed(spec, "skipped", "", [])
            continue
        observed[spec.id] = diagnose.observe(spec, module, seed)
    assert observed, f"{slug} has no checks of {function}"
    return Graded(slug, seed, observed)


def remarked(slug: str, check_id: str, source: str, seed: int = 5) -> list[str]:
    """What a check says of a file that it lets pass."""
    from grader.judge.proxy import check_seed, local_student

    (spec,) = (spec for spec in specs_of(slug) if spec.id == check_id)
    expect.remarks.clear()
    try:
        spec.run(local_student(composed(slug, source), check_seed(seed, spec.id)))
        return list(expect.remarks)
    finally:
        expect.remarks.clear()


def examples_that_fail(slug: str, module: types.ModuleType, names: set[str]) -> list[str]:
    """Examples of the reference's docstrings, run with the functions of another module."""
    failed: list[str] = []
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(verbose=False)
    for name in sorted(names):
        text = getattr(reference_of(slug), name).__doc__ or ""
        test = parser.get_doctest(text, dict(vars(module)), name, None, 0)
        runner.run(test, out=failed.append)
    return failed
