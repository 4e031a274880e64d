"""The options of ``finetune``, in the groups that its help shows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from course import click_words
from course.text import mark, say
from solutions.recipes.config import (
    AUGMENTATIONS,
    HEADS,
    LARGEST_SEED,
    LEARNING_RATES,
    METHODS,
    MOST_THREADS,
    PRECISIONS,
    TASKS,
    FineTune,
)

Function = TypeVar("Function", bound=Callable[..., Any])

NOT_OF_THE_CONFIG = ("out", "overwrite", "resume", "tensorboard", "save_every")
"""Options that are not fields of the configuration."""
ONLY_FOR = {
    "rank": ("lora",),
    "alpha": ("lora",),
    "lora_dropout": ("lora",),
    "targets": ("lora",),
    "bottleneck": ("adapter",),
    "virtual_tokens": ("prefix", "prompt"),
    "top_layers": ("top",),
}
"""Option -> the methods that use it."""


class Grouped(click_words.Option):
    """An option that belongs to a group."""

    def __init__(self, *arguments: Any, group: str, **attributes: Any) -> None:
        """Create an option of this group; other arguments as for ``click.Option``."""
        super().__init__(*arguments, **attributes)
        self.group = group


class GroupedCommand(click_words.Command):
    """A command whose help has a section for each group of options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each group, in the order in which they occur; options without a group come last."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(getattr(parameter, "group", HELP), []).append(record)
        for name, records in sections.items():
            with formatter.section(say(name)):
                formatter.write_dl(records)


def option(group: str, *names: str, of: type = FineTune, **attributes: Any) -> Callable[[Function], Function]:
    """Define an option of a group; its default is that of the configuration ``of``, if it has a field of this name."""
    field = next(name for name in names if name.startswith("--")).removeprefix("--").replace("-", "_")
    if not attributes.get("required"):  # click takes a default for an answer, even None
        attributes.setdefault("default", getattr(of, field, None))
    return click.option(*names, cls=Grouped, group=group, **attributes)


def listed(values: tuple[str, ...]) -> Callable[[Any, Any, Any], tuple[str, ...]]:
    """Return a callback that splits words at commas; ``values`` lists the allowed words, () allows any."""

    def split(ctx: Any, parameter: Any, value: Any) -> tuple[str, ...]:
        words = tuple(filter(None, (word.strip() for word in (value or "").split(","))))
        if unknown := [word for word in words if values and word not in values]:
            raise click.BadParameter(say("{word!r} is not one of {words}", word=unknown[0], words=", ".join(values)))
        return words

    return split


WHAT, TRAINING, OPTIMIZER = mark("What to train"), mark("Training length and data"), mark("Optimizer")
PARTS, AUGMENTING = mark("Options per method"), mark("Augmentation")
RUN, MACHINE, HELP = mark("The run"), mark("Machine"), mark("Help")
SEED, THREADS = click.IntRange(0, LARGEST_SEED), click.IntRange(1, MOST_THREADS)
"""Types for recipes whose configuration does not check these ranges itself."""
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path)
MINE: dict[str, Any] = {
    "type": FILE,
    "is_flag": False,
    "flag_value": "",
    "metavar": "[WORKSPACE]",
    "help": mark("Train with your own exercises; functions that you have not started come from the reference."),
}
"""Attributes of ``--mine``, for every recipe that trains; without a folder, the current workspace is used."""
RATES = ", ".join(f"{method} {rate:g}" for method, rate in LEARNING_RATES.items())

HOW_TO_RUN = (
    option(RUN, "--resume", is_flag=True, default=False, help="Continue the unfinished run in --out."),
    option(RUN, "--overwrite", is_flag=True, default=False, help="Replace the run in --out."),
    option(
        RUN, "--save-every", type=click.FloatRange(min=0), default=60.0, metavar="SECONDS",
        help="How often to save what --resume needs; 0: after every step.",
    ),
    option(RUN, "--tensorboard", is_flag=True, default=False, help="Write events for TensorBoard."),
    option(MACHINE, "--device", help="auto, cpu, cuda, mps."),
    option(MACHINE, "--precision", type=click.Choice(PRECISIONS), help="Precision of matrix products."),
    option(
        MACHINE, "--threads", type=int,
        help="CPU threads (default: torch's choice); use fewer if other processes are busy.",
    ),
)  # fmt: skip
"""Options of every training, about resuming, saving and the machine."""
OPTIONS = (
    option(WHAT, "--out", type=FOLDER, required=True, help="Folder for the run."),
    option(WHAT, "--method", type=click.Choice(METHODS), help="Which parameters are trained."),
    option(WHAT, "--head", type=click.Choice(HEADS), help="Head on top of the hidden states."),
    option(WHAT, "--task", type=click.Choice(TASKS), help="Predict labels or numbers."),
    option(WHAT, "--data", help="rotten-tomatoes, imdb, ratings, a CSV file, or a name on the hub."),
    option(WHAT, "--text-column", metavar="NAME", help="Text column of the CSV file."),
    option(WHAT, "--label-column", metavar="NAME", help="Label column of the CSV file."),
    option(WHAT, "--model", help="embedded, a folder (of a model or of a finished run), or a name on the hub."),
    option(WHAT, "--mine", **MINE),
    option(TRAINING, "--epochs", type=int, help="Passes over the training texts."),
    option(TRAINING, "--max-steps", type=int, help="Stop after this many optimizer steps."),
    option(
        TRAINING, "--early-stopping", type=int, metavar="EPOCHS",
        help="Stop if the validation loss has not fallen for this long; keep the best epoch.",
    ),
    option(TRAINING, "--batch-size", type=int, help="Texts per optimizer step."),
    option(TRAINING, "--accumulate", type=int, help="Micro-batches per batch."),
    option(TRAINING, "--max-length", type=int, help="Maximum number of tokens; longer texts are truncated."),
    option(TRAINING, "--limit", type=int, help="Use only this many texts, for a quick look."),
    option(TRAINING, "--train-texts", type=int, metavar="N", help="Train on N texts; test on all test texts."),
    option(TRAINING, "--fold", metavar="I/K", help="Test on fold I of K, for cross-validation."),
    option(
        OPTIMIZER, "--learning-rate", "--lr", type=float,
        help="Peak learning rate (default, by method: {rates}).", values={"rates": RATES},
    ),
    option(OPTIMIZER, "--head-learning-rate", "--head-lr", type=float, help="Peak learning rate of the head."),
    option(OPTIMIZER, "--layer-decay", type=float, help="Learning rate of a layer relative to the layer above it."),
    option(OPTIMIZER, "--warmup-share", type=float, help="Share of the steps used for warmup."),
    option(OPTIMIZER, "--weight-decay", type=float, help="Weight decay, on matrices only."),
    option(OPTIMIZER, "--max-gradient-norm", type=float, help="Gradients with a larger norm are clipped."),
    option(OPTIMIZER, "--reinit", type=int, metavar="N", help="Number of top layers to re-initialise."),
    option(PARTS, "--rank", type=int, help="lora: rank of every update."),
    option(PARTS, "--alpha", type=float, help="lora: the update is scaled by alpha / rank."),
    option(PARTS, "--lora-dropout", type=float, help="lora: dropout on the input of the update."),
    option(
        PARTS, "--targets", default=",".join(FineTune.targets), callback=listed(()),
        help="lora: names of the layers to adapt.",
    ),
    option(PARTS, "--top-layers", type=int, help="top: number of layers to train."),
    option(PARTS, "--bottleneck", type=int, help="adapter: size of the bottleneck."),
    option(PARTS, "--virtual-tokens", type=int, help="prefix, prompt: number of virtual tokens."),
    option(
        AUGMENTING, "--augment", default=None, callback=listed(AUGMENTATIONS), metavar="NAMES",
        help="Comma-separated: {names}.", values={"names": ", ".join(AUGMENTATIONS)},
    ),
    option(AUGMENTING, "--augment-share", type=float, help="Share of a text's words to change."),
    option(AUGMENTING, "--lexicon", type=FILE, help="JSON file with words and their synonyms."),
    option(RUN, "--seed", type=int, help="Random seed; the test texts do not depend on it."),
    *HOW_TO_RUN,
)  # fmt: skip


def finetune_options(function: Function) -> Function:
    """Add all options of ``finetune`` to a command, in this order."""
    return decorated(function, OPTIONS)


def decorated(function: Function, options: Sequence[Callable[[Function], Function]]) -> Function:
    """Add options to a command, in this order."""
    for one in reversed(options):
        function = one(function)
    return function
