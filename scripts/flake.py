"""Look for flaky verdicts: grade the same files repeatedly, each time with another seed.

    python -m scripts.flake lora --gradings 200 --threads 1 2            the reference
    python -m scripts.flake lora --variants --gradings 20 --threads 1 2  every variant, with the checks it can affect

    python -m scripts.flake objectives --wrong 12 --gradings 50 --threads 1  a sample of the wrong files of tests/wrong

The checks run in this process, through the same dispatcher and wire as in a student process. Every verdict other than
"passed" is printed with its seed; for wrong files, every check that passes with some seeds and fails with others. The
exit code is 1 if there is any.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import sys
import types
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from course import paths
from grader.judge import check, diagnose, limits


def main() -> None:
    """Run the selected checks, print every other verdict than passed, and the number of gradings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("slug")
    parser.add_argument("--gradings", type=int, default=200, help="seeds per file")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="torch threads, one round each")
    parser.add_argument("--variants", action="store_true", help="the variants instead of the reference")
    parser.add_argument("--wrong", type=int, metavar="N", help="so many wrong files, chosen by --first-seed")
    parser.add_argument("--only", nargs="+", metavar="CHECK", help="ids of checks, such as LoRALinear.merge")
    options = parser.parse_args()

    specs = check.manifest(check.load_file(paths.checks(options.slug), f"grader.checks.check_{options.slug}"))
    if options.wrong:
        sys.exit(1 if unsteady(options.slug, specs, options) else 0)
    files = list(variants(options.slug) if options.variants else reference(options.slug))
    verdicts = wrong = 0
    for threads in options.threads:
        torch.set_num_threads(threads)
        for name, module, own in files:
            touched = [spec for spec in specs if own is None or own & {*spec.names, *spec.substitutes}]
            touched = [spec for spec in touched if not options.only or spec.id in options.only]
            for seed in range(options.first_seed, options.first_seed + options.gradings):
                for spec in touched:
                    verdicts += 1
                    seen = diagnose.observe(spec, module, seed)
                    if seen.status != "passed":
                        wrong += 1
                        print(
                            f"{name} {spec.id} seed {seed} threads {threads}: {seen.status}, {seen.failing}", flush=True
                        )
    print(
        f"{options.slug}: {len(files)} file(s) x {options.gradings} seeds x threads {options.threads}: "
        f"{verdicts:,} verdicts, {wrong} not passed"
    )
    sys.exit(1 if wrong or not verdicts else 0)


def unsteady(slug: str, specs: list[check.CheckSpec], options: argparse.Namespace) -> int:
    """Print the checks of wrong files whose verdict depends on the seed; return how many were examined."""
    paths_of_all = sorted((paths.ROOT / "tests" / "wrong" / slug).glob("*.py"))
    sample = random.Random(options.first_seed).sample(paths_of_all, min(options.wrong, len(paths_of_all)))
    torch.set_num_threads(options.threads[0])
    looked_at = found = 0
    for name, module, own in composed(slug, sample):
        for spec in specs:
            if not own & set(spec.names):
                continue
            seeds: dict[bool, list[int]] = {True: [], False: []}
            for seed in range(options.first_seed, options.first_seed + options.gradings):
                seeds[passes(spec, module, seed)].append(seed)
            looked_at += 1
            if seeds[True] and seeds[False]:
                found += 1
                print(f"{name} {spec.id}: passed {len(seeds[True])}, failed {len(seeds[False])}", flush=True)
    print(f"{slug}: {len(sample)} wrong files x {options.gradings} seeds: {looked_at} checks, {found} unsteady")
    return found or not looked_at


def passes(spec: check.CheckSpec, module: types.ModuleType, seed: int) -> bool:
    """Return whether a check passes; one that exceeds its time limit does not."""
    try:
        with limits.clock(10):
            return diagnose.observe(spec, module, seed).status == "passed"
    except limits.Overdue:
        return False


def reference(slug: str) -> Iterator[tuple[str, types.ModuleType, set[str] | None]]:
    """Yield the reference, which all checks apply to."""
    yield "reference", module_of(paths.solution(slug).read_text(encoding="utf-8"), "reference"), None


def variants(slug: str) -> Iterator[tuple[str, types.ModuleType, set[str] | None]]:
    """Yield each variant with the names that it redefines."""
    yield from composed(slug, sorted(paths.variants(slug).glob("*.py")))


def composed(slug: str, files: Sequence[Path]) -> Iterator[tuple[str, types.ModuleType, set[str]]]:
    """Yield the reference with the definitions of each file in place of its own."""
    before = paths.solution(slug).read_text(encoding="utf-8")
    for path in files:
        text = path.read_text(encoding="utf-8")
        own = {name for node in ast.parse(text).body if (name := getattr(node, "name", None))}
        future = "".join(re.findall(r"^from __future__ import .*\n", text, re.MULTILINE))
        text = re.sub(r"^from __future__ import .*\n", "\n", text, flags=re.MULTILINE)
        yield path.stem, module_of(f"{future}{before}\n\n{text}", path.stem), own


def module_of(source: str, name: str) -> types.ModuleType:
    """Create a module from source text, as a student process does."""
    module = types.ModuleType(f"graded {name}")
    module.__file__ = f"<{name}>"
    sys.modules[module.__name__] = module  # dataclasses looks there
    exec(compile(source, module.__file__, "exec", dont_inherit=True), module.__dict__)
    return module


if __name__ == "__main__":
    main()
