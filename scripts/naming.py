"""Measure how often a wrong answer is explained, and how often wrongly, on files written without the catalogue.

    python -m scripts.naming                      every file of tests/wrong
    python -m scripts.naming --split held_back    those that nobody looked at while the catalogue grew
    python -m scripts.naming lora -v              one exercise, file by file

A file of ``tests/wrong`` states its true cause in its first line. ``tests/wrong/EXPLAINED.toml`` lists the explanations
that are right for it; any other one counts as wrong until a person has judged it. Files are graded by the real grader,
each with the checks of the function that it is about.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import paths, selection
from course.compat import tomllib
from course.grader import Grader

FOLDER = paths.ROOT / "tests" / "wrong"
GOAL = 0.8
"""Of the caught files, how many must be explained."""
SPLITS = ("development", "held_back")


@dataclass(frozen=True)
class Wrong:
    """One wrong submission."""

    path: Path
    cause: str
    function: str
    """The function that is wrong; only its checks run."""
    accepted: frozenset[str]
    """Explanations, as ``kind:id``, that tell the true cause, or one of two."""

    @property
    def slug(self) -> str:
        """The exercise."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """``slug/file``."""
        return f"{self.slug}/{self.path.stem}"


@dataclass(frozen=True)
class Outcome:
    """What the grader made of it."""

    file: Wrong
    caught: bool
    explanations: frozenset[str]
    """``kind:id`` of every explanation of its failed checks, but ``follows``."""

    @property
    def verdict(self) -> str:
        """``full marks``, ``unexplained``, ``explained`` or ``explained wrongly``."""
        if not self.caught:
            return "full marks"
        if self.explanations - self.file.accepted:
            return "explained wrongly"
        return "explained" if self.explanations else "unexplained"


def load(slugs: Sequence[str] = (), split: str | None = None) -> list[Wrong]:
    """The files, in the order of their names.

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
    """Grade them all in one warm grader.

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
    """What the checks of its function say about a file."""
    told = [check["explanation"] for check in checks if check["explanation"]]
    return Outcome(
        file,
        caught=any(check["status"] != "passed" for check in checks),
        explanations=frozenset(f"{one['kind']}:{_sorted(one['id'])}" for one in told if one["kind"] != "follows"),
    )


def _sorted(name: str) -> str:
    """The two names of a pair in the order of the alphabet."""
    return " + ".join(sorted(name.split(" + ")))


def main() -> None:
    """Print the rates; the exit code is 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("slugs", nargs="*", metavar="SLUG")
    parser.add_argument("--split", choices=SPLITS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-v", "--verbose", action="store_true", help="a line per file")
    options = parser.parse_args()

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
