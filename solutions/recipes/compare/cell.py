"""One cell of a table, in this process: ``python -m solutions.recipes.compare.cell`` reads its task from stdin.

A fine-tuned cell is ``course run finetune`` with that configuration, in a temporary folder. The run keeps, beside the
configuration: ``test``, ``validation``, ``parameters``, the numbers of texts, steps, ``seconds`` and
``cpu_seconds`` of the training, ``peak_memory_bytes``, ``saved_bytes`` (the file of the weights), for numbers the
``errors`` on the test texts, with ``--mine`` which functions were yours and which the reference's, and the machine.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from course import text
from solutions.recipes.compare.store import Cell, Run
from solutions.recipes.errors import Diverged, NothingStarted
from solutions.recipes.files import write_json

KEPT = (
    "test", "validation", "parameters", "training_loss", "steps", "seconds", "cpu_seconds", "total_seconds",
    "peak_memory_bytes", "device", "processor", "precision", "threads", "versions",
)  # fmt: skip
"""Fields of a result that are kept."""
DIVERGED = "the loss is no longer a finite number"
"""Reason that is written into the file of the runs, which is in English."""
DIGITS = 4
"""Decimals of an error on a test text; the targets have no more."""


def fine_tuned(cell: Cell, folder: Path, threads: int) -> Run:
    """Fine-tune a model, and return the figures that the tables use."""
    from rich.console import Console

    from solutions.recipes.finetune import PREDICTIONS, finetune
    from solutions.recipes.saving import weights_file

    config, out = replace(cell.config, threads=threads), folder / "run"
    console = Console(quiet=True)
    try:
        try:
            result = finetune(config, out, console, drawing=False)
        except NothingStarted:  # none of your functions is used by this method, but another row of the table uses one
            result = finetune(replace(config, mine=None), out, console, drawing=False)
    except Diverged as error:
        return {"diverged": error.message if text.language() == "en" else DIVERGED}
    run: Run = {name: result[name] for name in KEPT}
    if result["mine"]["yours"]:
        run["mine"] = result["mine"]
    run["texts"] = {name: result["data"][name] for name in ("train", "validation", "test")}
    run["saved_bytes"] = (out / weights_file(config.method)).stat().st_size
    if config.task == "regression":
        lines = (out / PREDICTIONS).read_text(encoding="utf-8").splitlines()
        said = [json.loads(line) for line in lines]
        run["errors"] = [round(one["predicted"] - one["true"], DIGITS) for one in said]
    return run


def bag_of_words(cell: Cell, folder: Path, threads: int) -> Run:
    """Train and test the baseline without a neural network."""
    from solutions.recipes.compare.tfidf import tfidf

    return tfidf(replace(cell.config, threads=threads), folder)


def with_transformers(cell: Cell, folder: Path, threads: int) -> Run:
    """Train and test with the Trainer of transformers."""
    from solutions.recipes.compare.with_trainer import with_trainer

    return with_trainer(replace(cell.config, threads=threads))


def memory_of_a_step(cell: Cell, folder: Path, threads: int) -> Run:
    """Return the bytes of a training step, measured and predicted."""
    from solutions.recipes.compare.memory_model import measure

    return measure(replace(cell.config, threads=threads), cell.checkpointing)


KINDS: dict[str, Callable[[Cell, Path, int], Run]] = {
    "finetune": fine_tuned,
    "tfidf": bag_of_words,
    "trainer": with_transformers,
    "memory": memory_of_a_step,
}


def end_with_the_parent() -> None:
    """End this process when its standard input closes, because then the parent process has gone."""
    while os.read(0, 1):
        pass
    os._exit(1)


def main() -> None:
    """Run the cell that the input line describes, and write the result to the file that it names."""
    text.use(text.detect())
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_the_parent, daemon=True).start()
    cell = Cell.from_plain(asked["cell"])
    try:
        run = KINDS[cell.kind](cell, Path(asked["folder"]), asked["threads"])
    except click.ClickException as error:
        sys.exit(error.message)
    write_json(Path(asked["out"]), run)


if __name__ == "__main__":
    main()
