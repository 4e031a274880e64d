"""The terminal output of a run: a progress bar, a table at the end, and the next command."""

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

from course import shell
from course.text import mark, say, say_many
from solutions.recipes.data import Split
from solutions.recipes.functions import Functions
from solutions.recipes.saving import weights_file
from solutions.recipes.splitting import describe_dropped
from solutions.recipes.training import OnStep, Step


def describe_data(data: Split) -> str:
    """Return a sentence fragment with the sizes of the parts and the numbers of dropped texts."""
    parts = say(
        "{train:,} texts to train, {validation:,} to validate, {test:,} to test",
        train=len(data.train),
        validation=len(data.validation),
        test=len(data.test),
    )
    dropped = describe_dropped(data.counts)
    near = data.counts.get("near_duplicates", 0)
    notes = [say("dropped: {what}", what=dropped)] if dropped else []
    notes += [say("kept together: {count} near-duplicates", count=near)] if near else []
    return f"{parts} ({'; '.join(notes)})" if notes else parts


def describe_mine(taken: Functions) -> str:
    """Return lines about which functions are yours, and which are not started."""
    lines = [say("yours: {names}", names=", ".join(taken.yours))]
    if taken.reference:
        lines.append(say("not started, so taken from the reference: {names}", names=", ".join(taken.reference)))
    if taken.not_passed:
        names = ", ".join(taken.not_passed)
        lines.append(say("did not pass when you last graded, but used anyway: {names}", names=names))
    return "\n".join(lines)


def describe_steps(done: int, of: int, stops_early: bool = False) -> str:
    """Return a sentence with the number of steps, for the time before their duration is known.

    Args:
        done: optimizer steps before the run was interrupted; 0 for a new one.
        of: optimizer steps in all.
        stops_early: whether early stopping can end the training before that.
    """
    if done:
        return say("training: continues after step {step:,} of {count:,}", step=done, count=of)
    if stops_early:
        return say_many("training: at most 1 step", "training: at most {count:,} steps", count=of)
    return say_many("training: 1 step", "training: {count:,} steps", count=of)


ESTIMATE_AFTER = 4
"""Steps before the duration is estimated: the first one warms up, and one batch is too few to judge by."""


class Clock:
    """Measures speed and remaining time from the second step on, because the first one includes one-time set-up."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        """Create a clock that starts when the first step has ended."""
        self.now = now
        self.first: tuple[float, float] | None = None
        """Time at which the first step ended, and its share of the work."""
        self.texts = 0
        """Texts since the first step."""

    def tick(self, step: Step) -> tuple[float, float] | None:
        """Return texts per second so far and the remaining seconds; None after the first step."""
        if self.first is None:
            self.first = self.now(), step.share
            return None
        self.texts += step.texts
        seconds, share = self.now() - self.first[0], step.share - self.first[1]
        if seconds <= 0 or share <= 0:  # the clock is too coarse for so small a model
            return None
        return self.texts / seconds, seconds * (1 - step.share) / share


@contextmanager
def progress(console: Console, unit: str = mark("texts")) -> Iterator[OnStep]:
    """Show loss, speed and remaining time: as a bar on a terminal, elsewhere as a line from time to time.

    A few steps after the start, one line says how long the training will take on this machine.

    Args:
        console: where to print.
        unit: unit of ``Step.texts``; marked for the catalogue.
    """
    bar = Progress(
        BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[words]}"), console=console, transient=True
    )
    clock, task, shown, loss = Clock(), bar.add_task("training", total=1.0, words=say("the first step")), -1, "-"

    def on_step(step: Step) -> None:
        nonlocal shown, loss
        tenth = int(10 * step.number / step.of)
        due = not console.is_terminal and clock.first is not None and tenth > shown
        known = step.current() if due or step.number == step.of else step.loss
        loss = loss if known is None else f"{known:.3f}"
        told = clock.tick(step)
        if told is None:
            bar.update(task, completed=step.share)
            return
        speed, left = told
        words = say(
            "step {number} of {of}  loss {loss}  {speed:,.1f} {unit}/s  {time} left",
            number=step.number,
            of=step.of,
            loss=loss,
            speed=speed,
            unit=say(unit),
            time=duration(left),
        )
        bar.update(task, completed=step.share, words=words)
        if due:
            shown = tenth
            console.print(words, highlight=False)
        if step.number == ESTIMATE_AFTER < step.of:
            whole = duration(left / (1 - step.share))
            console.print(
                say("training will take about {time} here ({count:,} steps)", time=whole, count=step.of),
                highlight=False,
            )

    with bar:
        yield on_step


def duration(seconds: float) -> str:
    """Format seconds in words.

    >>> duration(8.6), duration(200), duration(7260)
    ('9 s', '3 min 20 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return say("{seconds} s", seconds=whole)
    if whole < 3600 and whole % 60:
        return say("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
    if whole < 3600:
        return say("{minutes} min", minutes=whole // 60)
    return say("{hours} h {minutes} min", hours=whole // 3600, minutes=whole % 3600 // 60)


def print_result(console: Console, result: dict[str, Any], out: Path) -> None:
    """Print a small table, and the next command last."""
    parameters = result["parameters"]
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    saved = out / weights_file(result["method"])
    rows = {
        say("test"): describe_score(result["test"]),
        say("validation"): describe_score(result["validation"]),
        say("trained"): say(
            "{trainable:,} of {total:,} parameters ({percent:.3g}%)",
            trainable=parameters["trainable"],
            total=parameters["total"],
            percent=100 * parameters["trainable_ratio"],
        ),
        say("training"): say(
            "{seconds:.1f} s, {speed:.0f} texts/s; the whole run {whole:.1f} s",
            seconds=result["seconds"],
            speed=result["samples_per_second"],
            whole=result["total_seconds"],
        ),
        say("saved"): say("{path} ({size}), reloaded and checked: same predictions", path=saved, size=size(saved)),
        say("pictures"): ", ".join(result["pictures"])
        or say("none; for curves: {command}", command=shell.typed(result["pictures_missing"])),
    }
    if result["best_epoch"] is not None:
        rows[say("kept")] = say(
            "the weights of epoch {epoch} of {of}", epoch=result["best_epoch"] + 1, of=len(result["training_loss"])
        )
    for name, value in rows.items():
        table.add_row(name, escape(value))
    console.print(table, highlight=False)
    mine = result["config"]["mine"]
    command = ["course", "run", "predict", str(out), *(["--mine", mine] if mine else []), "a warm and funny film"]
    told = say("Next: {command}", command=shell.typed(shlex.join(command)))
    console.print(f"\n{told}", highlight=False, markup=False, soft_wrap=True)


def describe_score(figures: dict[str, float]) -> str:
    """Return accuracy or error, with its standard error, as a phrase."""
    error = f" ± {figures['standard_error']:.3f}" if "standard_error" in figures else ""
    if "rmse" in figures:
        told = say("RMSE {figure}", figure=f"{figures['rmse']:.3f}{error}")
    else:
        told = say("accuracy {figure}", figure=f"{figures['accuracy']:.3f}{error}")
    if "n" in figures:
        told = say("{score} on {count:,} texts", score=told, count=figures["n"])
    if "rmse_of_mean" in figures:
        told = say("{score}; always predicting the mean: {rmse:.3f}", score=told, rmse=figures["rmse_of_mean"])
    return told


def size(path: Path) -> str:
    """Format the size of a file in words."""
    n = path.stat().st_size
    return f"{n / 1e6:.1f} MB" if n >= 1e6 else f"{n / 1e3:.0f} kB"
