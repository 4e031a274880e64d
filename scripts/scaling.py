"""Estimate the cost of very many submissions from the measured cost of a class on this machine: docs/scaling.md.

    python -m scripts.bench --part class --json docs/class.json                        the first measurement
    python -m scripts.bench --part hostile --submissions 20 --json docs/hostile.json   the second
    python -m scripts.scaling --write docs/scaling.md                                  the page, from both
    python -m scripts.scaling --submissions 5000 --price 0.03                          other numbers, printed

Processor time per submission, the speed-up from one job to two, memory, and the cost of a hostile file are measured;
everything else is arithmetic that the page explains.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from grader.judge import limits

ROOT = Path(__file__).resolve().parents[1]
MEASURED = ROOT / "docs" / "class.json"
HOSTILE = ROOT / "docs" / "hostile.json"
SUBMISSIONS = 100_000
CORES = (2, 8, 32, 128)
BUSY = 1.0
"""Initial load average of a measurement above which the page says that others used the machine, too."""
SHARE = 5
"""Percent of hostile files in the example."""


def main() -> None:
    """Print the page, or write it to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS)
    parser.add_argument("--price", type=float, help="of one core for one hour, in your currency")
    parser.add_argument("--json", type=Path, default=MEASURED, help="what scripts.bench --part class wrote")
    parser.add_argument("--hostile", type=Path, default=HOSTILE, help="what scripts.bench --part hostile wrote")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    options = parser.parse_args()
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in (options.json, options.hostile)]
    text = page(*reports, options.submissions, options.price)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


def page(report: dict[str, Any], hostile: dict[str, Any], submissions: int, price: float | None = None) -> str:
    """Return the page in Markdown.

    Args:
        report: measurement of a class.
        hostile: measurement of a class with hostile files.
        submissions: number of submissions to estimate for.
        price: price of one core for one hour; None leaves it to the reader.
    """
    each, speed_up = _figure(report, "seconds_each"), _figure(report, "times_faster")
    memory = [row["bytes"] for row in report["rows"] if row.get("bytes")]
    hours = submissions * each / 3600
    lines = [
        "# Scaling",
        "",
        f"What {submissions:,} submissions of exercise-3 would take, estimated from a class graded here. "
        "`python -m scripts.bench --part class --json docs/class.json` measures, and "
        "`python -m scripts.scaling --write docs/scaling.md` writes this page. "
        "**Only the first and the last table are measured; the rest is arithmetic.**",
        "",
        f"Measured on {_machine(report)}. Half of the files are right and half are wrong.",
        "",
        "| measured | |",
        "|---|---|",
        f"| processor time per submission, all processes | {each:.2f} s |",
        f"| two jobs against one | {speed_up:.1f} × faster |",
        *(f"| memory of the whole run, jobs: {jobs} | {size / 1e6:,.0f} MB |" for jobs, size in enumerate(memory, 1)),
        "",
        f"{submissions:,} submissions are {submissions:,} × {each:.2f} s = {hours:,.1f} core-hours. "
        f"{_cost(hours, price)}",
        "",
        "| cores | hours | hours, if every doubling gained only what it gained here |",
        "|---|---|---|",
    ]
    for cores in CORES:
        doublings, left = 0, cores
        while left > 1:
            doublings, left = doublings + 1, left // 2
        lines.append(f"| {cores} | {hours / cores:,.2f} | {hours / speed_up**doublings:,.2f} |")
    lines += [
        "",
        "The second column assumes that cores do not slow each other down; the third assumes that every doubling gains "
        "only what it gained here. With `--dask`, every worker process has a grader of its own, and only files and "
        "results are sent over the network.",
        "",
        "Not in these numbers: hostile files, other exercises, starting the machines.",
        "",
        "## Hostile files",
        "",
        *_about_hostile(hostile, submissions, each, price),
    ]
    return "\n".join(lines) + "\n"


def _about_hostile(report: dict[str, Any], submissions: int, each: float, price: float | None) -> list[str]:
    """Return lines on what files that waste time cost, and what they do not."""
    longest, bad = limits.grading_seconds(), round(submissions * SHARE / 100)
    hours = bad * longest / 3600
    parts = (("each", "grading of one of the others, median"), ("last", "last result of the others"))
    rows = [
        (_figure(report, f"{key}_alone"), _figure(report, key), name) for key, name in (*parts, ("run", "whole run"))
    ]
    return [
        f"A file cannot change the marks of others, but it can make them wait. Each grading ends after at most "
        f"{limits.grading_seconds():g} seconds, not counting the time that it waits for a processor; until then, it "
        "occupies one of the jobs. `python -m scripts.bench --part hostile --submissions 20 --json docs/hostile.json` "
        "grades a class without and with 5% more files in which every function computes for nine seconds, nearly as "
        "much as a check allows.",
        "",
        f"Measured on {_machine(report)}: {report['rows'][0]['what'].partition(':')[0]}. Marks of the others that "
        f"differ: {_figure(report, 'changed'):g}.{_about_load(report)}",
        "",
        "| measured | without | with hostile files |",
        "|---|---|---|",
        *(f"| {name} | {alone:,.1f} s | {beside:,.1f} s |" for alone, beside, name in rows),
        f"| longest grading of a hostile file | | {_figure(report, 'longest'):,.1f} s |",
        "",
        f"So such a file costs as much as up to {longest / each:,.0f} others. If {SHARE}% of {submissions:,} "
        f"submissions were like that, they alone would take at most {bad:,} × {longest:g} s = {hours:,.0f} core-hours. "
        f"{_cost(hours, price)}",
        "",
        "With more jobs than such files, the others hardly wait. With fewer, a run takes longer, and results of the "
        "others arrive later; none is lost, and none fails for lack of time, because waiting for a processor is not "
        "counted. Once it is clear whose file it is, you can move it to a folder of its own, and grade that one last.",
    ]


def _cost(hours: float, price: float | None) -> str:
    """Return the cost of this many core-hours."""
    if price is None:
        return "Multiply this by the price of one core for one hour, in your currency (or pass it with `--price`)."
    return f"At {price:g} for one core and one hour, that is {hours * price:,.2f}."


def _about_load(report: dict[str, Any]) -> str:
    """Return a note that the machine was busy with other things, if it was."""
    if (load := report["machine"].get("load", 0.0)) < BUSY:
        return ""
    return (
        f" Other processes used the cores as well (load average {load:g}), so all of these times are longer than on "
        "a quiet machine."
    )


def _machine(report: dict[str, Any]) -> str:
    machine = report["machine"]
    return f"{machine['cores']} cores of {machine['processor']}, Python {machine['python']}"


def _figure(report: dict[str, Any], key: str) -> float:
    value: float = next(row[key] for row in report["rows"] if key in row)
    return value


if __name__ == "__main__":
    main()
