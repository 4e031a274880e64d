"""Mutation testing of the references: a small change in a reference must fail a check.

    python -m scripts.mutants                       every mutant of every exercise
    python -m scripts.mutants heads --jobs 4        one exercise
    python -m scripts.mutants --sample 100          this many of each exercise, chosen by --seed

The mutants come from cosmic-ray's operators (``pip install -c constraints.txt -e ".[mutation]"``): a comparison shifts
by one or is reversed, a number grows or shrinks by one, plus becomes minus, True becomes False, a loop is
removed. Each is judged in this process by the checks of the functions that it changes. Surviving mutants are printed
as a diff; those that no caller could tell from the reference are listed in ``tests/mutants.toml``, with the reason. The
exit code is 1 if any other mutant survives.

Not included are mutants that are hardly ever executed (arithmetic in place of bit operations and the like), and changes
of docstrings, annotations, examples and code that the exercise gives.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import functools
import multiprocessing
import os
import random
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from course import paths, syllabus
from course.compat import tomllib
from grader.judge import check, diagnose, limits
from scripts.flake import module_of

LISTED = paths.ROOT / "tests/mutants.toml"
SECONDS = 20
"""Processor seconds for all checks of one mutant, which can contain an endless loop."""
SEED = 1
"""Seed of the checks."""
SWAPS = (
    ("Add", "Sub"),
    ("Sub", "Add"),
    ("Mul", "Div"),
    ("Div", "Mul"),
    ("FloorDiv", "Div"),
    ("Mod", "FloorDiv"),
    ("Pow", "Mul"),
)
COMPARISONS = (
    ("Lt", "LtE"),
    ("Lt", "GtE"),
    ("LtE", "Lt"),
    ("LtE", "Gt"),
    ("Gt", "GtE"),
    ("Gt", "LtE"),
    ("GtE", "Gt"),
    ("GtE", "Lt"),
    ("Eq", "NotEq"),
    ("NotEq", "Eq"),
    ("Is", "IsNot"),
    ("IsNot", "Is"),
)
OPERATORS = (
    *(f"core/ReplaceBinaryOperator_{one}_{other}" for one, other in SWAPS),
    *(f"core/ReplaceComparisonOperator_{one}_{other}" for one, other in COMPARISONS),
    *(
        f"core/{name}"
        for name in (
            "AddNot",
            "NumberReplacer",
            "ReplaceAndWithOr",
            "ReplaceOrWithAnd",
            "ReplaceTrueWithFalse",
            "ReplaceFalseWithTrue",
            "ReplaceBreakWithContinue",
            "ReplaceContinueWithBreak",
            "ReplaceUnaryOperator_Delete_Not",
            "ReplaceUnaryOperator_USub_UAdd",
            "ZeroIterationForLoop",
            "RemoveDecorator",
        )
    ),
)


@dataclass(frozen=True)
class Mutant:
    """A reference with one small change."""

    slug: str
    source: str
    definition: str
    """The top-level class, function or constant that has changed."""
    change: str
    """``old line -> new line``."""


def mutants(slug: str) -> Iterator[Mutant]:
    """Yield every mutant of a reference that differs from it in more than comments and docstrings."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    source, graded = paths.solution(slug).read_text(encoding="utf-8"), syllabus.resolve(slug).names
    before = outline(source)
    seen = {tuple(before.values())}
    for name in OPERATORS:
        operator, place = get_operator(name)(), 0
        while (text := mutate_code(source.encode(), operator, place)) is not None:
            place += 1
            mutated = text.decode() if isinstance(text, bytes) else str(text)
            try:
                after = outline(mutated)
            except SyntaxError:
                continue
            if tuple(after.values()) in seen:
                continue
            seen.add(tuple(after.values()))
            changed = [key for key, dump in after.items() if before.get(key) != dump]
            if changed[0] in graded or changed[0].startswith("_") or changed[0].isupper():  # otherwise it is given code
                yield Mutant(slug, mutated, changed[0], shown(source, mutated))


def outline(source: str) -> dict[str, str]:
    """Return the top-level definitions by name, without docstrings, annotations and imports."""
    found = {}
    for place, node in enumerate(ast.parse(source).body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(inner) is not None:
                inner.body = inner.body[1:] or [ast.Pass()]
            if isinstance(inner, ast.FunctionDef):
                inner.returns = None
            if isinstance(inner, ast.arg):
                inner.annotation = None
            if isinstance(inner, ast.AnnAssign):
                inner.annotation = ast.Constant(None)
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        name = getattr(node, "name", None) or getattr(targets[0], "id", f"line {place}")
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            found[name] = ast.dump(node)
    return found


def shown(source: str, mutated: str) -> str:
    """Return the line that has changed, before and after."""
    lines = list(difflib.ndiff(source.splitlines(), mutated.splitlines()))
    old = [line[2:].strip() for line in lines if line.startswith("- ")]
    new = [line[2:].strip() for line in lines if line.startswith("+ ")]
    return f"{' '.join(old)} -> {' '.join(new)}"


@functools.cache
def specs_of(slug: str) -> tuple[check.CheckSpec, ...]:
    """Return the checks of an exercise."""
    return tuple(check.manifest(check.load_file(paths.checks(slug), f"grader.checks.check_{slug}")))


def survives(mutant: Mutant) -> bool:
    """Return whether every check that the change can affect passes."""
    specs = specs_of(mutant.slug)
    reached = [spec for spec in specs if mutant.definition in spec.names] or specs  # a helper affects all
    warnings.simplefilter("ignore")
    try:
        with limits.clock(SECONDS):
            module = module_of(mutant.source, f"mutant_{mutant.slug}")
            return all(diagnose.observe(spec, module, SEED).status == "passed" for spec in reached)
    except Exception:  # any exception on import: such a file does not pass
        return False
    except limits.Overdue:
        return False


def equivalent() -> dict[tuple[str, str], str]:
    """Return (slug, change) -> the reason why no caller can tell it from the reference."""
    entries = tomllib.loads(LISTED.read_text(encoding="utf-8")).get("equivalent", [])
    return {(entry["slug"], entry["change"]): entry["why"] for entry in entries}


def main() -> None:
    """Judge the mutants and print the survivors and the score."""
    known = {exercise.slug for exercise in syllabus.load() if not exercise.planned}
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("slugs", nargs="*", choices=[*sorted(known), []])
    parser.add_argument("--sample", type=int, metavar="N", help="so many of each exercise")
    parser.add_argument("--seed", type=int, default=0, help="chooses the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    unlisted = 0
    for slug in options.slugs or sorted(known):
        unlisted += report(slug, options.sample, options.seed, options.jobs)
    sys.exit(1 if unlisted else 0)


def report(slug: str, sample: int | None, seed: int, jobs: int) -> int:
    """Judge the mutants of one exercise; return how many unlisted ones survive."""
    found = list(mutants(slug))
    total = len(found)
    if sample is not None and sample < total:
        found = random.Random(seed).sample(found, sample)
    if jobs > 1:
        with multiprocessing.get_context("spawn").Pool(jobs) as pool:
            outcomes = pool.map(survives, found, chunksize=4)
    else:
        outcomes = [survives(mutant) for mutant in found]
    listed = equivalent()
    alive = [mutant for mutant, lives in zip(found, outcomes, strict=True) if lives]
    same = [mutant for mutant in alive if (slug, mutant.change) in listed]
    others: Sequence[Mutant] = [mutant for mutant in alive if mutant not in same]
    for mutant in others:
        print(f"{slug}: survives in {mutant.definition}: {mutant.change}", flush=True)
    killed, real = len(found) - len(alive), len(found) - len(same)
    share = f"{killed / real:.1%}" if real else "nothing"
    print(
        f"{slug}: {len(found)} of {total} mutants, {killed} killed, {len(same)} equivalent, {len(others)} survive: "
        f"{share} of those that are not equivalent",
        flush=True,
    )
    return len(others)


if __name__ == "__main__":
    main()
