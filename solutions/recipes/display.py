"""What a run shows to a person: a bar while it trains, a table in the end, and the next command."""

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from solutions.recipes.data import Split
from solutions.recipes.functions import Functions
from solutions.recipes.saving import weights_file
from solutions.recipes.training import OnStep, Step


def describe_data(data: Split) -> str:
    """The parts, and what was dropped: a sentence fragment."""
    parts = f"{len(data.train):,} texts to train, {len(data.validation):,} to validate, {len(data.test):,} to test"
    reasons = [reason for reason in ("blank", "duplicates", "contradictory") if data.counts[reason]]
    dropped = ", ".join(f"{data.counts[reason]} {reason}" for reason in reasons)
    near = data.counts.get("near_duplicates", 0)
    notes = [f"dropped: {dropped}"] if dropped else []
    notes += [f"kept together: {near} near-duplicates"] if near else []
    return f"{parts} ({'; '.join(notes)})" if notes else parts


def describe_mine(taken: Functions) -> str:
    """Which functions are yours, and which are not started."""
    lines = [f"yours: {', '.join(taken.yours)}"]
    if taken.reference:
        lines.append(f"not started, so taken from the reference: {', '.join(taken.reference)}")
    if taken.not_passed:
        lines.append(f"did not pass when you last graded, and used all the same: {', '.join(taken.not_passed)}")
    return "\n".join(lines)


ESTIMATE_AFTER = 4
"""Steps: the first one warms up, and one batch is too few to judge by."""


class Clock:
    """Speed and remaining time, from the second step on; the first step pays for what is only set up once."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        """Start when the first step has ended."""
        self.now = now
        self.first: tuple[float, float] | None = None
        """When the first step ended, and the share of the work that it was."""
        self.texts = 0
        """After the first step."""

    def tick(self, step: Step) -> tuple[float, float] | None:
        """Texts per second so far, and the seconds that remain; None after the first step."""
        if self.first is None:
            self.first = self.now(), step.share
            return None
        self.texts += step.texts
        seconds, share = self.now() - self.first[0], step.share - self.first[1]
        if seconds <= 0 or share <= 0:  # a clock that is too coarse for so small a model
            return None
        return self.texts / seconds, seconds * (1 - step.share) / share


@contextmanager
def progress(console: Console, unit: str = "texts") -> Iterator[OnStep]:
    """Tell loss, speed and the time that remains: as a bar on a terminal, elsewhere as a line now and then.

    A few steps after the beginning one line says how long the training will take on this machine.

    Args:
        console: where to.
        unit: what ``Step.texts`` counts.
    """
    bar = Progress(
        BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[words]}"), console=console, transient=True
    )
    clock, task, shown, loss = Clock(), bar.add_task("training", total=1.0, words="the first step"), -1, "-"

    def on_step(step: Step) -> None:
        nonlocal shown, loss
        loss = loss if step.loss is None else f"{step.loss:.3f}"
        told = clock.tick(step)
        if told is None:
            bar.update(task, completed=step.share)
            return
        speed, left = told
        words = f"step {step.number} of {step.of}  loss {loss}  {speed:,.1f} {unit}/s  {duration(left)} left"
        bar.update(task, completed=step.share, words=words)
        if not console.is_terminal and (tenth := int(10 * step.number / step.of)) > shown:
            shown = tenth
            console.print(words, highlight=False)
        if step.number == ESTIMATE_AFTER < step.of:
            whole = left / (1 - step.share)
            console.print(f"training will take about {duration(whole)} here ({step.of:,} steps)", highlight=False)

    with bar:
        yield on_step


def duration(seconds: float) -> str:
    """Seconds as a person says them.

    >>> duration(8.6), duration(200), duration(7260)
    ('9 s', '3 min 20 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def print_result(console: Console, result: dict[str, Any], out: Path) -> None:
    """A small table; last of all the next command."""
    parameters = result["parameters"]
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    saved = out / weights_file(result["method"])
    rows = {
        "test": describe_score(result["test"]),
        "validation": describe_score(result["validation"]),
        "trained": f"{parameters['trainable']:,} of {parameters['total']:,} numbers "
        f"({100 * parameters['trainable_ratio']:.3g}%)",
        "training": f"{result['seconds']:.1f} s, {result['samples_per_second']:.0f} texts/s; "
        f"the whole run {result['total_seconds']:.1f} s",
        "saved": f"{saved} ({size(saved)}), reloaded and checked: same predictions",
        "pictures": ", ".join(result["pictures"]) or f"none; for curves: {result['pictures_missing']}",
    }
    if result["best_epoch"] is not None:
        rows["kept"] = f"the weights of epoch {result['best_epoch'] + 1} of {len(result['training_loss'])}"
    for name, value in rows.items():
        table.add_row(name, escape(value))
    console.print(table, highlight=False)
    mine = result["config"]["mine"]
    command = ["course", "run", "predict", str(out), *(["--mine", mine] if mine else []), "a warm and funny film"]
    console.print(f"\nNext: {shlex.join(command)}", highlight=False, markup=False, soft_wrap=True)


def describe_score(figures: dict[str, float]) -> str:
    """Accuracy or error, and by how much chance could move it."""
    n = f" on {figures['n']:,} texts" if "n" in figures else ""
    if "rmse" in figures:
        base = f"; always the mean: {figures['rmse_of_mean']:.3f}" if "rmse_of_mean" in figures else ""
        error = f" ± {figures['standard_error']:.3f}" if "standard_error" in figures else ""
        return f"RMSE {figures['rmse']:.3f}{error}{n}{base}"
    return f"accuracy {figures['accuracy']:.3f} ± {figures['standard_error']:.3f}{n}"


def size(path: Path) -> str:
    """Bytes as a person says them."""
    n = path.stat().st_size
    return f"{n / 1e6:.1f} MB" if n >= 1e6 else f"{n / 1e3:.0f} kB"
