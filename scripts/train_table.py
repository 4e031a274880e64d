"""Accuracies of the three methods over several seeds: the table that the lessons and docs/bench.md quote.

    python -m scripts.train_table --seeds 5 --json docs/training.json     measure what is missing, then print the table
    python -m scripts.train_table --seeds 0 --quote                       put the table of what is there into the pages

Every run is ``course run finetune --method M --learning-rate R --seed N``, one epoch on Rotten Tomatoes with everything
else as it comes. It is written down as soon as it ends, so an interrupted table goes on where it stopped. Runs of one
seed come one after the other: whenever it is stopped, the methods have been given about the same seeds, and the table
says how many.

What is not written down: seconds. They depend on the processor and on what else it does; `course run bench` compares
speeds side by side. Accuracies depend on neither.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import files, paths

SETTINGS: tuple[tuple[str, float], ...] = (
    ("lora", 3e-3),
    ("full", 1e-4),
    ("head", 1e-2),
    ("lora", 1e-3),
    ("full", 2e-5),
    ("lora", 3e-4),
)
"""Method and peak rate. The first three are the recipe's own; then less for LoRA, the chapter's, the usual advice."""
NAMES = {"lora": "LoRA, r = 8", "full": "full", "head": "head alone"}
QUOTED_IN = (Path("docs/bench.md"), Path("course/lessons/en/lora.md"))
SCHEMA = "course/training/v1"
SPLIT = "near-duplicates"
"""How today's recipe splits. Runs without it were split by a hash of the text, and are not mixed with those."""


@dataclass(frozen=True)
class Row:
    """One line of the table: several seeds of one setting."""

    method: str
    learning_rate: float
    accuracies: tuple[float, ...]
    """On the test texts, one per seed."""

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return statistics.fmean(self.accuracies)

    @property
    def standard_error(self) -> float:
        """Of that mean: another set of seeds, on the same test texts, would move it by about so much."""
        n = len(self.accuracies)
        return statistics.stdev(self.accuracies) / math.sqrt(n) if n > 1 else math.nan


def wanted(seeds: int) -> list[tuple[int, str, float]]:
    """All runs, seed by seed: first the recipe's own settings, then the others.

    >>> wanted(2)[0], len(wanted(2))
    ((0, 'lora', 0.003), 12)
    """
    own, others = SETTINGS[:3], SETTINGS[3:]
    return [(seed, *setting) for part in (own, others) for seed in range(seeds) for setting in part]


def comparable(runs: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The runs of today's split; where there are none yet, those of the one before."""
    return [run for run in runs if run.get("split") == SPLIT] or runs


def rows(runs: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The settings in their order, each with all seeds that were run."""
    found, runs = [], comparable(runs)
    for setting in SETTINGS:
        own = sorted((run["seed"], run["accuracy"]) for run in runs if (run["method"], run["learning_rate"]) == setting)
        if own:
            found.append(Row(*setting, tuple(accuracy for _, accuracy in own)))
    return found


def decimals(value: float) -> str:
    """A share as tables write it: ``.823``."""
    return f"{value:.3f}".removeprefix("0")


def markdown(runs: Sequence[Mapping[str, Any]]) -> str:
    """The table as the lessons and docs/bench.md quote it, best setting first."""
    lines = ["| method | learning rate | seeds | test accuracy | lowest, highest |", "|---|---|---|---|---|"]
    for row in sorted(rows(runs), key=lambda row: -row.mean):
        rate = f"{row.learning_rate:.0e}".replace("e-0", "e-")
        n, accuracy, ends = len(row.accuracies), decimals(row.mean), "-"
        if n > 1:
            accuracy += f" ± {decimals(row.standard_error)}"
            ends = f"{decimals(min(row.accuracies))}, {decimals(max(row.accuracies))}"
        lines.append(f"| {NAMES[row.method]} | {rate} | {n} | {accuracy} | {ends} |")
    return "\n".join(lines)


def quote(page: Path, table: str) -> None:
    """Put the table in the place of the one that the page has."""
    text = page.read_text(encoding="utf-8")
    head = table.splitlines()[0]
    if text.count(head) != 1:
        raise SystemExit(f"{page} must hold the table once; its first line is: {head}")
    before, _, rest = text.partition(head)
    _, blank, after = rest.partition("\n\n")
    page.write_text(before + table + blank + after, encoding="utf-8")


def measure(seed: int, method: str, rate: float, threads: int | None) -> dict[str, Any]:
    """One run of the recipe, and what of its result the table needs."""
    options = ["--method", method, "--learning-rate", str(rate), "--seed", str(seed)]
    options += ["--threads", str(threads)] if threads else []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "solutions.recipes", "finetune", *options, "--out", folder]
        subprocess.run(command, cwd=paths.ROOT, stdout=subprocess.DEVNULL, check=True)
        result = json.loads((Path(folder) / "result.json").read_text(encoding="utf-8"))
    return {
        "method": method,
        "learning_rate": rate,
        "seed": seed,
        "accuracy": result["test"]["accuracy"],
        "validation_accuracy": result["validation"]["accuracy"],
        "split": SPLIT,
        "test_texts": result["test"]["n"],
        "training_texts": result["data"]["train"],
        "trainable": result["parameters"]["trainable"],
        "total": result["parameters"]["total"],
        "training_loss": result["training_loss"],
        "precision": result["precision"],
        "threads": result["threads"],
        "processor": result["processor"],
        "versions": result["versions"],
    }


def load(path: Path) -> list[dict[str, Any]]:
    """The runs that were measured already."""
    if not path.exists():
        return []
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.get("schema") != SCHEMA:
        raise SystemExit(f"{path} does not hold runs of this script: schema {content.get('schema')!r}")
    runs: list[dict[str, Any]] = content["runs"]
    return runs


def main() -> None:
    """Measure what is missing, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="runs of every setting; 0 only prints")
    parser.add_argument("--threads", type=int, help="CPU threads")
    parser.add_argument("--json", type=Path, default=Path("docs/training.json"), help="where the runs are kept")
    parser.add_argument("--quote", action="store_true", help="put the table into the pages that quote it")
    arguments = parser.parse_args()

    runs = load(arguments.json)
    done = {(run["seed"], run["method"], run["learning_rate"]) for run in runs if run.get("split") == SPLIT}
    for seed, method, rate in wanted(arguments.seeds):
        if (seed, method, rate) in done:
            continue
        runs.append(measure(seed, method, rate, arguments.threads))
        text = json.dumps({"schema": SCHEMA, "runs": runs}, indent=2) + "\n"
        files.write_bytes(arguments.json, text.encode())
        print(f"{method} {rate:g}, seed {seed}: {runs[-1]['accuracy']:.3f}", flush=True)
    print(markdown(runs))
    for page in QUOTED_IN if arguments.quote else ():
        quote(page, markdown(runs))


if __name__ == "__main__":
    main()
