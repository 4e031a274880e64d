"""Measure how often a wrong answer is explained, and how often wrongly, on files written without the catalogue.

    python -m scripts.naming                      every file of tests/wrong
    python -m scripts.naming --split held_back    the files that nobody looked at while the catalogue grew
    python -m scripts.naming lora -v              one exercise, file by file
    python -m scripts.naming --pairs 200          instead, this many pairs of misconceptions of each exercise
    python -m scripts.naming training --pairs 40 --seed 2

A file of ``tests/wrong`` states its true cause in its first line. ``tests/wrong/EXPLAINED.toml`` lists the explanations
that are right for it; any other counts as wrong until a person has judged it. Files are graded by the real grader,
each with the checks of the function that it is about.

A pair is the reference with two misconceptions at once, chosen by ``--seed``, and judged in this process. In two
functions, both should be named; in one function, where each can hide the other, at least one; and never anything else
except entries that ``tests/wrong/PAIRS.toml`` lists as true of the two together.
"""

from __future__ import annotations

import argparse
import functools
import random
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import paths, selection, syllabus
from course.compat import tomllib
from course.grader import Grader
from grader.judge import check, diagnose, limits
from grader.judge.diagnose import Misconception, Observed

FOLDER = paths.ROOT / "tests" / "wrong"
GOAL = 0.8
"""Share of the caught files that must be explained."""
SPLITS = ("development", "held_back")
BOTH_GOAL, ONE_GOAL = 0.95, 0.6
"""Share of pairs in two functions that must have both named; and of pairs in one function with at least one named."""
PAIR_LIMIT = 60
"""Processor seconds for one pair; two misconceptions together can cause an endless loop."""


@dataclass(frozen=True)
class Wrong:
    """One wrong submission."""

    path: Path
    cause: str
    function: str
    """The wrong function; only its checks run."""
    accepted: frozenset[str]
    """Explanations, as ``kind:id``, that state the true cause, or one of two."""

    @property
    def slug(self) -> str:
        """Return the exercise's slug."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """Return ``slug/file``."""
        return f"{self.slug}/{self.path.stem}"


@dataclass(frozen=True)
class Outcome:
    """The grader's result for a file."""

    file: Wrong
    caught: bool
    explanations: frozenset[str]
    """``kind:id`` of every explanation of its failed checks, except ``follows``."""

    @property
    def verdict(self) -> str:
        """Return ``full marks``, ``unexplained``, ``explained`` or ``explained wrongly``."""
        if not self.caught:
            return "full marks"
        if self.explanations - self.file.accepted:
            return "explained wrongly"
        return "explained" if self.explanations else "unexplained"


def load(slugs: Sequence[str] = (), split: str | None = None) -> list[Wrong]:
    """Load the files, in the order of their names.

    Raises:
        ValueError: a file does not state its cause and function, or a list names a file that does not exist.
    """
    explained = tomllib.loads((FOLDER / "EXPLAINED.toml").read_text(encoding="utf-8"))
    splits = tomllib.loads((FOLDER / "SPLIT.toml").read_text(encoding="utf-8"))
    found = {}
    for path in sorted(FOLDER.glob("*/*.py")):
        name = f"{path.parent.name}/{path.stem}"
        first, second = path.read_text(encoding="utf-8").splitlines()[:2]
        if not (first.startswith("# cause: ") and second.startswith("# function: ")):
            raise ValueError(f"{name} does not begin with its cause and its function")
        cause, function = first.removeprefix("# cause: "), second.removeprefix("# function: ").strip()
        found[name] = Wrong(path, cause, function, frozenset(explained.get(name, ())))
    listed = {name for part in SPLITS for name in splits[part]}
    if strays := (listed ^ found.keys()) | (explained.keys() - found.keys()):
        raise ValueError(f"the files of tests/wrong and the lists beside them differ: {', '.join(sorted(strays)[:5])}")
    wanted = listed if split is None else set(splits[split])
    return [file for name, file in found.items() if name in wanted and (not slugs or file.slug in slugs)]


def outcomes(files: Sequence[Wrong], seed: int) -> Iterator[Outcome]:
    """Grade all files with one host.

    Raises:
        RuntimeError: a file could not be graded at all.
    """
    with Grader() as grader:
        for file in files:
            known = selection.load(file.slug)
            groups, _ = known.resolve([file.function]) if known else ((), ())
            if not groups:
                raise RuntimeError(f"{file.name}: no check is about {file.function}")
            events = list(grader.grade(exercise=file.slug, file=file.path, seed=seed, only=groups))
            last = events[-1]
            if last["event"] != "result" or last["result"]["status"] in ("grader_error", "not_gradable"):
                raise RuntimeError(f"{file.name}: {last.get('message') or last['result']}")
            yield judged(file, [check for check in last["result"]["checks"] if check["function"] in groups])


def judged(file: Wrong, checks: Sequence[dict[str, Any]]) -> Outcome:
    """Return the outcome of a file from the checks of its function."""
    told = [check["explanation"] for check in checks if check["explanation"]]
    return Outcome(
        file,
        caught=any(check["status"] != "passed" for check in checks),
        explanations=frozenset(f"{one['kind']}:{_sorted(one['id'])}" for one in told if one["kind"] != "follows"),
    )


def _sorted(name: str) -> str:
    """Return the two names of a pair in alphabetical order."""
    return " + ".join(sorted(name.split(" + ")))


@dataclass(frozen=True)
class Pair:
    """Two misconceptions of one exercise at once."""

    slug: str
    first: Misconception
    second: Misconception
    both: Misconception
    """The two as one edit of the reference."""

    @property
    def in_one_function(self) -> bool:
        """Return whether both are about the same function."""
        return self.first.function == self.second.function


@dataclass(frozen=True)
class PairOutcome:
    """The judge's result for a pair."""

    pair: Pair
    caught: frozenset[str]
    """Functions with a failed check."""
    named: frozenset[str]
    """Misconceptions that were named; a named pair counts as its two members."""
    seconds: float
    """Processor seconds."""

    @property
    def wrong(self) -> frozenset[str]:
        """Return names that are neither of the two, nor kin of one of them, nor listed as true of both together."""
        own = {self.pair.first.name, self.pair.second.name, *also_true(self.pair)}
        kin = {one.kin for one in (self.pair.first, self.pair.second)} - {""}
        known = {one.name: one.kin for one in diagnose.load_misconceptions(paths.misconceptions(self.pair.slug))}
        return frozenset(name for name in self.named - own if known.get(name) not in kin)

    @property
    def verdict(self) -> str:
        """Return ``not caught``, ``named wrong``, ``both named``, ``one named`` or ``unnamed``."""
        if self.caught < {self.pair.first.function, self.pair.second.function}:
            return "not caught"
        if self.wrong:
            return "named wrong"
        right = len(self.named - also_true(self.pair))
        return "both named" if right > 1 else "one named" if right else "unnamed"


def also_true(pair: Pair) -> frozenset[str]:
    """Return the other misconceptions that are allowed to be named for a pair."""
    listed = tomllib.loads((FOLDER / "PAIRS.toml").read_text(encoding="utf-8"))
    return frozenset(listed.get(f"{pair.slug}/{pair.first.name} + {pair.second.name}", ()))


def sampled_pairs(slug: str, n: int, seed: int) -> list[Pair]:
    """Return ``n`` different pairs of an exercise, or fewer if there are not enough; edits of one place are no pair."""
    known = diagnose.load_misconceptions(paths.misconceptions(slug))
    places = [(i, j) for i in range(len(known)) for j in range(i)]
    random.Random(f"{slug} {seed}").shuffle(places)
    found: list[Pair] = []
    for i, j in places:
        if len(found) == n:
            break
        first, second = known[j], known[i]
        both = diagnose.compose(slug, first, second)
        if both is not None:
            found.append(Pair(slug, first, second, both))
    return found


@functools.cache
def specs_of(slug: str) -> tuple[check.CheckSpec, ...]:
    """Return the checks of an exercise."""
    return tuple(check.manifest(check.load_file(paths.checks(slug), f"grader.checks.check_{slug}")))


@functools.cache
def reference_seen(slug: str, check_id: str, seed: int) -> Observed:
    """Run a check on the reference."""
    (spec,) = (spec for spec in specs_of(slug) if spec.id == check_id)
    return diagnose.observe(spec, diagnose.reference_module(slug), seed)


def paired(pair: Pair, seed: int) -> PairOutcome:
    """Run the checks of both functions as the judge would, and explain what failed.

    If a check has a substitute for the other function, that function is replaced, as in a grading.

    Raises:
        limits.Overdue: it takes too long.
    """
    started = time.process_time()
    caught, named = set(), set()
    with limits.clock(PAIR_LIMIT):
        whole = diagnose.edited_module(pair.slug, pair.both)
        for own, other in dict.fromkeys(((pair.first, pair.second), (pair.second, pair.first))):
            alone = None if pair.in_one_function else diagnose.edited_module(pair.slug, own)
            observed: dict[str, Observed] = {}
            for spec in specs_of(pair.slug):
                if spec.function != own.function:
                    continue
                if any(observed[name].status != "passed" for name in spec.after if name in observed):
                    observed[spec.id] = Observed(spec, "skipped", "", [])
                    continue
                module = alone if alone is not None and other.function in spec.substitutes else whole
                observed[spec.id] = diagnose.observe(spec, module, seed)
            if any(item.status in ("failed", "crashed") for item in observed.values()):
                caught.add(own.function)
            references = {name: reference_seen(pair.slug, name, seed) for name in observed}
            for told in diagnose.diagnose(pair.slug, observed, references, seed).values():
                if told.kind in ("misconception", "pair"):
                    named |= set(told.id.split(" + "))
            if pair.in_one_function:
                break
    return PairOutcome(pair, frozenset(caught), frozenset(named), time.process_time() - started)


def report_pairs(slugs: Sequence[str], n: int, seed: int, verbose: bool) -> bool:
    """Judge this many pairs of each exercise and print the rates; return whether all goals are met."""
    outcomes: list[PairOutcome] = []
    overdue = 0
    for slug in slugs:
        pairs = sampled_pairs(slug, n, seed)
        for number, pair in enumerate(pairs, start=1):
            try:
                outcome = paired(pair, seed)
            except limits.Overdue:
                overdue += 1
                print(f"{'too slow':12} {slug}: {pair.both.name}", flush=True)
                continue
            outcomes.append(outcome)
            if verbose or outcome.verdict in ("named wrong", "not caught"):
                told = ", ".join(sorted(outcome.named)) or "-"
                print(f"{outcome.verdict:12} {slug}: {pair.both.name}\n{'':12}   named: {told}", flush=True)
            if number % 20 == 0:
                print(f"{slug}: {number} of {len(pairs)}", file=sys.stderr, flush=True)
    met = bool(outcomes)
    for what, one in (("in two functions", False), ("in one function", True)):
        found = [outcome for outcome in outcomes if outcome.pair.in_one_function == one]
        counts = {
            verdict: sum(outcome.verdict == verdict for outcome in found)
            for verdict in ("not caught", "named wrong", "both named", "one named", "unnamed")
        }
        right = counts["both named"] + one * counts["one named"]
        print(f"{len(found)} pairs {what}: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
        met &= not counts["not caught"] and not counts["named wrong"]
        met &= right >= (ONE_GOAL if one else BOTH_GOAL) * len(found)
    seconds = [outcome.seconds for outcome in outcomes]
    print(f"{sum(seconds) / max(1, len(seconds)):.2f} s of processor time per pair; {overdue} pairs were too slow")
    return met and not overdue


def main() -> None:
    """Print the rates; the exit code is 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("slugs", nargs="*", metavar="SLUG")
    parser.add_argument("--split", choices=SPLITS)
    parser.add_argument("--pairs", type=int, metavar="N", help="so many pairs of misconceptions of each exercise")
    parser.add_argument("--seed", type=int, default=1, help="of the checks, and of the choice of pairs")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line per file")
    options = parser.parse_args()
    if options.pairs:
        warnings.simplefilter("ignore")
        known = [exercise.slug for exercise in syllabus.load() if not exercise.planned]
        if strangers := set(options.slugs) - set(known):
            parser.error(f"no exercise called {min(strangers)}")
        sys.exit(0 if report_pairs(options.slugs or known, options.pairs, options.seed, options.verbose) else 1)

    files = load(options.slugs, options.split)
    if not files:
        sys.exit("no file to grade")
    counts = dict.fromkeys(("explained", "unexplained", "explained wrongly", "full marks"), 0)
    for outcome in outcomes(files, options.seed):
        counts[outcome.verdict] += 1
        if options.verbose or outcome.verdict in ("explained wrongly", "full marks"):
            told = ", ".join(sorted(outcome.explanations)) or "-"
            print(
                f"{outcome.verdict:18} {outcome.file.name}: {told}\n{'':18}   true cause: {outcome.file.cause}",
                flush=True,
            )
    caught = len(files) - counts["full marks"]
    print(f"{len(files)} wrong files, {caught} caught")
    for verdict in ("explained", "unexplained", "explained wrongly"):
        print(f"  {verdict:18} {counts[verdict]:4}  {counts[verdict] / max(1, caught):.0%}")
    met = caught == len(files) and counts["explained"] >= GOAL * caught and not counts["explained wrongly"]
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
