"""What very many submissions would take, computed from what a class took on this machine: docs/scaling.md.

    python -m scripts.bench --part class --json docs/class.json    the measurement
    python -m scripts.scaling --write docs/scaling.md              the page, from it
    python -m scripts.scaling --submissions 5000 --price 0.03      other numbers, printed

Processor time per submission, the speed-up from one job to two, and memory are measured; everything else is arithmetic
that the page writes out.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from grader.judge import limits

ROOT = Path(__file__).resolve().parents[1]
MEASURED = ROOT / "docs" / "class.json"
SUBMISSIONS, PRICE = 100_000, 0.04
CORES = (2, 8, 32, 128)


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS)
    parser.add_argument("--price", type=float, default=PRICE, help="of one core for one hour, in any currency")
    parser.add_argument("--json", type=Path, default=MEASURED, help="what scripts.bench --part class wrote")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    options = parser.parse_args()
    text = page(json.loads(options.json.read_text(encoding="utf-8")), options.submissions, options.price)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


def page(report: dict[str, Any], submissions: int, price: float) -> str:
    """The Markdown."""
    rows = report["rows"]
    each = next(row["seconds_each"] for row in rows if "seconds_each" in row)
    speed_up = next(row["times_faster"] for row in rows if "times_faster" in row)
    memory = [row["bytes"] for row in rows if row.get("bytes")]
    hours = submissions * each / 3600
    machine = report["machine"]
    lines = [
        "# Scaling",
        "",
        f"What {submissions:,} submissions of exercise-3 would take, estimated from a class graded here. "
        "`python -m scripts.bench --part class --json docs/class.json` measures, and "
        "`python -m scripts.scaling --write docs/scaling.md` writes this page. "
        "**Only the first table is measured; the second is arithmetic.**",
        "",
        f"Measured on {machine['cores']} cores of {machine['processor']}, Python {machine['python']}. "
        "Half of the files are right and half are wrong.",
        "",
        "| measured | |",
        "|---|---|",
        f"| processor time per submission, all processes | {each:.2f} s |",
        f"| two jobs against one | {speed_up:.1f} × faster |",
        *(f"| memory of the whole run, jobs: {jobs} | {size / 1e6:,.0f} MB |" for jobs, size in enumerate(memory, 1)),
        "",
        f"{submissions:,} submissions are {submissions:,} × {each:.2f} s = {hours:,.1f} core-hours, which cost "
        f"{hours * price:,.2f} at {price:g} per core and hour (an assumption; set your own price with `--price`).",
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
        f"Not in these numbers: hostile files, which may take up to {limits.grading_seconds():g} seconds each; other "
        "exercises; starting the machines.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
