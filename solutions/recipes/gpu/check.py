"""A short run of every recipe on a GPU, compared with the CPU, in at most eight minutes; writes one JSON file.

Each step is a process of its own with its own time limit: one that hangs, runs out of memory or crashes the driver is
recorded, and the next one begins. The JSON is written after every step, so that an interrupted check is still useful.
``page`` makes a section of docs/results.md from it, and ``put`` writes it there.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rich.console import Console

from course.text import mark, say, translated
from solutions.recipes import sections
from solutions.recipes.both import both, in_english, shown
from solutions.recipes.errors import RecipeError
from solutions.recipes.files import write_json
from solutions.recipes.gpu.options import NOT_MEASURED, SHORTEST, STEPS, Check, Step, no_gpu

SCHEMA = "course/gpu-check/v1"
MEASURED, REHEARSED = mark("measured on a GPU"), mark("rehearsal on a CPU, not measured on a GPU")
"""Labels of reports."""
LINES = {
    "ok": mark("ok        {name:<20}{seconds:6.1f} s"),
    "different": mark("different {name:<20}{seconds:6.1f} s"),
    "failed": mark("failed    {name:<20}{seconds:6.1f} s"),
    "timeout": mark("timeout   {name:<20}{seconds:6.1f} s"),
    "no time": mark("no time   {name:<20}{seconds:6.1f} s"),
    NOT_MEASURED: mark("-         {name:<20}{seconds:6.1f} s"),
}
"""Outcome of a step -> its line; the first column is ten cells wide in every language."""
TAIL = 2000
"""Characters of a failed step's output that are kept."""
GOOD = ("ok", NOT_MEASURED)
BEGIN, END = "<!-- gpu-check -->", "<!-- end of gpu-check -->"
"""Markers of the section on a page."""
Outcome = dict[str, Any]
Runner = Callable[[Step, Check, Path, float], Outcome]
"""Runs one step in a folder, within a number of seconds."""


def in_a_process(step: Step, told: Check, folder: Path, seconds: float) -> Outcome:
    """Run one step in a process of its own.

    Returns:
        The step's result, or ``{"status": "failed" or "timeout", "reason": ...}`` if there is none.
    """
    request = json.dumps({"name": step.name, "told": told.plain(), "folder": str(folder)})
    return watch([sys.executable, "-m", "solutions.recipes.gpu.steps", request], folder, seconds)


def watch(command: Sequence[str], folder: Path, seconds: float) -> Outcome:
    """Run a process that writes its outcome into a file; when its time is over, end it and all that it started.

    Args:
        command: command line; the name of the file is appended.
        folder: folder for that file and for the output of the process.
        seconds: time limit.
    """
    answer, said = folder / "outcome.json", folder / "said.txt"
    answer.unlink(missing_ok=True)
    with said.open("wb") as file:
        child = subprocess.Popen([*command, str(answer)], stdout=file, stderr=subprocess.STDOUT,
                                 stdin=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
        try:
            code = child.wait(seconds)
        except subprocess.TimeoutExpired:
            reason = both(mark("ended after {seconds:.0f} s"), seconds=seconds)
            return {"status": "timeout", "reason": reason, "said": tail(said)}
        finally:
            end(child)
    try:
        outcome = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        last = tail(said).strip().rpartition("\n")[2]
        reason = both(mark("killed by signal {n}"), n=-code) if code < 0 else both(mark("exit code {n}"), n=code)
        reason = both(mark("{reason}: {last}"), reason=reason, last=last) if last else reason
        return {"status": "failed", "reason": reason, "said": tail(said)}
    if isinstance(outcome, dict):
        return outcome
    return {"status": "failed", "reason": both(mark("the outcome cannot be read"))}


@contextmanager
def ending_with_its_child() -> Iterator[None]:
    """Let SIGTERM, like Ctrl-C, raise an exception within the ``with`` block, so that the step is ended too."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def end(child: subprocess.Popen[bytes]) -> None:
    """End a child and everything that it started."""
    with suppress(ProcessLookupError, PermissionError):  # all processes have already ended
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    child.wait()


def tail(path: Path) -> str:
    """Return the end of a step's output, without control characters."""
    text = path.read_text(encoding="utf-8", errors="replace")[-TAIL:]
    return "".join(character for character in text if character.isprintable() or character == "\n")


# --- The check --------------------------------------------------------------------------------------------------------


def gpu_check(
    told: Check,
    out: Path,
    console: Console,
    runner: Runner | None = None,
    steps: Sequence[Step] = STEPS,
    now: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Run the steps one after the other, until none or no time is left.

    Args:
        told: device and amount of work.
        out: the JSON file; written after every step.
        console: where to print.
        runner: runs a step; None uses a process of its own.
        steps: steps to run.
        now: a clock in seconds.

    Returns:
        The report, as in the file.

    Raises:
        RecipeError: there is no GPU, or the file cannot be written.
    """
    started, runner = now(), runner or in_a_process
    report: dict[str, Any] = {
        "schema": SCHEMA,
        "when": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "rehearsal": told.rehearsal,
        "label": REHEARSED if told.rehearsal else MEASURED,
        "told": told.plain(),
        "finished": False,
        "seconds": 0.0,
        "steps": {},
    }
    write_json(out, report)
    console.print(translated(report["label"]), highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        for step in steps:
            begun, limit = now(), told.patience * step.limit
            left = told.patience * told.budget - (begun - started)
            if left < SHORTEST:
                over = both(mark("the {seconds:.0f} s were used up"), seconds=told.patience * told.budget)
                outcome: Outcome = {"status": "no time", "reason": over}
            else:
                with console.status(step.name):
                    outcome = runner(step, told, Path(folder), min(limit, left))
            if outcome["status"] == NOT_MEASURED:
                outcome = {**outcome, "reason": both(mark("not measured: that takes a GPU"))}
            report["steps"][step.name] = {**outcome, "seconds": now() - begun, "limit": limit}
            report["seconds"] = now() - started
            write_json(out, report)
            console.print(describe(step.name, report["steps"][step.name]), highlight=False, markup=False)
            if step.name == "environment" and not told.rehearsal and outcome["status"] == "failed":
                raise no_gpu(str(outcome["reason"]).rpartition("Error: ")[2])
    report["finished"] = True
    write_json(out, report)
    console.print(f"\n{verdict(report)}\n{out}", highlight=False, markup=False)
    return report


def passed(report: Mapping[str, Any]) -> bool:
    """Return whether every step was as expected, or had nothing to measure."""
    return all(one["status"] in GOOD for one in report["steps"].values())


def verdict(report: Mapping[str, Any]) -> str:
    """Return the verdict of a report as one sentence."""
    steps = report["steps"]
    bad = [name for name, one in steps.items() if one["status"] not in GOOD]
    about = {"count": len(steps), "seconds": report["seconds"], "label": translated(report["label"])}
    if report["finished"]:
        began = say("{count} steps in {seconds:.0f} s, {label}", **about)
    else:
        began = say("{count} steps in {seconds:.0f} s, then interrupted, {label}", **about)
    if bad:
        return say("{steps}: did not succeed: {names}.", steps=began, names=", ".join(bad))
    if unmeasured := [name for name, one in steps.items() if one["status"] == NOT_MEASURED]:
        return say("{steps}: all well. Not measured: {names}.", steps=began, names=", ".join(unmeasured))
    return say("{steps}: all well.", steps=began)


def describe(name: str, one: Mapping[str, Any]) -> str:
    """Return one line about a step."""
    reason = f"  {shown(one['reason'])}" if "reason" in one else ""
    return say(LINES[one["status"]], name=name, seconds=one["seconds"]) + reason


# --- A page -----------------------------------------------------------------------------------------------------------


def read(path: Path) -> dict[str, Any]:
    """Read a report.

    Raises:
        RecipeError: the file is not a report.
    """
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(say("cannot read {path}: {reason}", path=path, reason=error)) from error
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise RecipeError(say("{path} is not a report of gpu-check", path=path))
    return report


TITLE = "## On a GPU"


def put(page_file: Path, report: Mapping[str, Any]) -> None:
    """Write the section into its place on a page.

    Raises:
        RecipeError: the page has no such place, or cannot be read or written.
    """
    sections.put(page_file, BEGIN, END, page(report).rstrip())


def page(report: Mapping[str, Any]) -> str:
    """Return the section for docs/results.md, in Markdown and in English. A dash marks what was not measured."""
    steps = report["steps"]
    with in_english():
        judged = verdict(report)
    about = steps.get("environment", {}).get("result") or {}
    gpu = about.get("gpu") or {}
    lines = [
        TITLE,
        "",
        f"**{capital(report['label'])}.** {gpu.get('name') or about.get('processor') or 'unknown device'}, "
        f"{report['when'][:10]}, {versions_of(about)}; `course run gpu-check`, {judged}",
        "",
        "| recipe | loss off by (fp32) | loss off by (bf16) | texts/s | peak memory | reloaded off by |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in steps.items():
        kind, _, what = name.partition(":")
        if kind in ("method", "pretrain"):
            lines.append(row(what if kind == "method" else f"pretrain, {what}", *cells(one)))
    for name, one in found(steps, "heads").get("heads", {}).items():
        lines.append(row(f"head, {name}", *cells({"result": one})))
    lines += ["", "| recipe | texts/s | × chapter | peak memory |", "|---|---|---|---|"]
    for name, one in found(steps, "speed").get("recipes", {}).items():
        lines.append(row(name, f"{one['samples_per_second']:.0f}", f"{one['ratio']:.1f}", megabytes(one["peak_bytes"])))
    lines += ["", "| a finished run is asked | texts/s | labels as on the CPU |", "|---|---|---|"]
    asked = found(steps, "predict")
    for name, speed in asked.get("texts_per_second", {}).items():
        lines.append(row(name, f"{speed:.0f}", f"{100 * asked['same_labels'][name]:.1f}%"))
    memory = found(steps, "memory")
    size = f"{memory['batch']} × {memory['length']}" if memory else "-"
    columns = ("exercise 10", "with buffers", "measured", "measured / with buffers")
    lines += ["", row(f"training step, {size}", *columns), "|---|---|---|---|---|"]
    for name, one in memory.get("steps", {}).items():
        ratio = "-" if one["ratio"] is None else f"{one['ratio']:.2f}"
        said = (one["formula"], one["predicted"]["total"], one["measured"])
        lines.append(row(name, *map(megabytes, said), ratio))
    bad = {name: one for name, one in steps.items() if one["status"] != "ok"}
    if bad:
        lines += ["", *(f"- {name}: {ending(one)}" for name, one in bad.items())]
    return "\n".join(lines) + "\n"


def capital(text: str) -> str:
    """Capitalise the first letter; the rest stays as it is.

    >>> capital("measured on a GPU")
    'Measured on a GPU'
    """
    return text[:1].upper() + text[1:]


def ending(one: Mapping[str, Any]) -> str:
    """Describe how a step ended other than "ok"; for `NOT_MEASURED` the reason says it all.

    >>> ending({"status": "timeout", "reason": "ended after 60 s"}), ending({"status": "different"})
    ('timeout. ended after 60 s', 'different.')
    """
    reason = str(one.get("reason", ""))
    return reason if one["status"] == NOT_MEASURED else f"{one['status']}. {reason}".rstrip()


def found(steps: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the measurements of a step; an empty dictionary if it did not end well."""
    result: dict[str, Any] = steps.get(name, {}).get("result") or {}
    return result


def cells(one: Mapping[str, Any]) -> list[str]:
    """Return the cells of a row: losses compared with the CPU's, and the recipe's own figures."""
    if not one.get("result"):
        return [one["status"], "-", "-", "-", "-"]
    runs, recipe = one["result"]["runs"], one["result"].get("recipe")
    off = [f"{runs[name]['off_by']:.1e}" for name in ("fp32", "bf16")]
    if recipe is None:
        return [*off, "-", megabytes(runs["fp32"]["peak_bytes"]), "-"]
    speed, peak = f"{recipe['samples_per_second']:.0f}", megabytes(recipe["peak_bytes"])
    return [*off, speed, peak, f"{recipe['reload_difference']:.1e}"]


def row(*cells: str) -> str:
    """Return a line of a table; a bar in a cell is escaped, because it would end the cell."""
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def megabytes(n: float | None) -> str:
    """Format bytes in megabytes.

    >>> megabytes(123_400_000), megabytes(None)
    ('123 MB', '-')
    """
    return "-" if n is None else f"{n / 1e6:.0f} MB"


def versions_of(about: Mapping[str, Any]) -> str:
    """Return the versions that matter most for the figures."""
    known = about.get("versions", {})
    return (
        ", ".join(f"{name} {known[name]}" for name in ("torch", "transformers") if name in known) or "versions unknown"
    )
