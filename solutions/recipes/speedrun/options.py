"""Options of ``speedrun``: the choices of a fine-tuning run that the rules leave open."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from course.text import mark, say
from solutions.recipes.config import LARGEST_SEED
from solutions.recipes.options import FILE, Function, decorated, finetune_options, option
from solutions.recipes.speedrun.scoreboard import TABLE

OURS: dict[str, Any] = {"method": "full"}
"""Settings of the reference that differ from the defaults of ``finetune``; they are also the defaults here."""
FIXED: dict[str, Any] = {"data": "rotten-tomatoes", "model": "embedded", "task": "classification", "limit": None}
"""Settings fixed by the rules."""
FREE = (
    "mine", "method", "head", "epochs", "max_steps", "early_stopping", "batch_size", "accumulate", "max_length",
    "learning_rate", "head_learning_rate", "layer_decay", "warmup_share", "weight_decay", "max_gradient_norm", "reinit",
    "rank", "alpha", "lora_dropout", "targets", "top_layers", "bottleneck", "virtual_tokens", "augment",
    "augment_share", "lexicon", "device", "precision", "threads",
)  # fmt: skip
MACHINE = ("device", "precision", "threads")
"""Options that the reference's run shares with yours."""


def seeds(ctx: Any, parameter: Any, value: str) -> tuple[int, ...]:
    """Parse seeds such as ``0,1,2``.

    >>> seeds(None, None, "0, 1,2")
    (0, 1, 2)
    """
    try:
        found = tuple(int(word) for word in value.split(","))
    except ValueError:
        raise click.BadParameter(say("{value!r} must be integers separated by commas", value=value)) from None
    if len(set(found)) != len(found) or min(found) < 0 or max(found) > LARGEST_SEED:
        raise click.BadParameter(
            say("{value!r} must be different numbers from 0 to {most}", value=value, most=LARGEST_SEED)
        )
    return found


RACE = mark("The race")
RACE_OPTIONS = (
    option(
        RACE, "--seeds", default="0,1,2", callback=seeds, metavar="N,N,N",
        help="Train one model per seed; with fewer than three, the run does not count.",
    ),
    option(
        RACE, "--rehearsal", is_flag=True, default=False,
        help="Use only the validation texts; nothing is recorded.",
    ),
    option(
        RACE, "--reference/--no-reference", "ask_reference",
        help="Measure our run, too, or not (default: only the first time on a machine).",
    ),
    option(RACE, "--out", type=FILE, help="File for the table of runs (default: speedrun.jsonl in your workspace)."),
)  # fmt: skip


def race_options(function: Function) -> Function:
    """Add the options of the race to a command, and those of the free choices with the defaults of the race."""

    @finetune_options
    def carrier() -> None: ...

    kept = []
    for parameter in carrier.__click_params__:  # type: ignore[attr-defined]  # click keeps them there
        if parameter.name in FREE:
            parameter = copy.copy(parameter)
            parameter.default = OURS.get(parameter.name, parameter.default)
            kept.append(parameter)
    function.__click_params__ = kept  # type: ignore[attr-defined]
    return decorated(function, RACE_OPTIONS)


def of_reference(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the reference, on the machine that was named."""
    return {**FIXED, **OURS, **{name: options[name] for name in MACHINE if name in options}}


def table_of(out: Path | None, mine: Path | None, here: Path | None) -> Path:
    """Return the file of the table: the one named, else in the workspace of the files, else in the workspace around.

    Raises:
        UsageError: there is none of these.
    """
    if out is not None:
        return out
    if mine is not None:
        return (mine if mine.is_dir() else mine.parent) / TABLE
    if here is None:
        raise click.UsageError(say("there is no workspace here for the table of runs. Give a file: --out FILE"))
    return here / TABLE
