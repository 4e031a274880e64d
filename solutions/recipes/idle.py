"""Refusal of options that were given but have no effect, because the user expects one.

Each table lists options of a recipe, when they have no effect, and why, in the words of the command line.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from course.text import mark, say
from solutions.recipes.preflight import PACKAGED, RATINGS, TABLES

WITH, WITHOUT = mark("--{option} has no effect with {words}"), mark("--{option} has no effect without {words}")
Rule = tuple[tuple[str, ...], Callable[[Any], bool], str, Callable[[Any], str]]
"""Options; whether they have no effect in a configuration; the sentence; its placeholders."""
COLUMNS = ("text_column", "label_column")
ON_WORDS = ("deletion", "swap", "insertion", "synonyms")
FROM_A_LEXICON = ("insertion", "synonyms")


def _data(config: Any) -> str:
    return f"--data {config.data}"


def _method(config: Any) -> str:
    return f"--method {config.method}"


def _without_columns(config: Any) -> bool:
    return config.data in PACKAGED or config.data == RATINGS


OF_FINETUNE: tuple[Rule, ...] = (
    (COLUMNS, _without_columns, WITH, _data),
    (
        ("augment_share",), lambda c: not {*ON_WORDS} & {*c.augment}, WITHOUT,
        lambda c: f"--augment {'|'.join(ON_WORDS)}",
    ),
    (
        ("lexicon",), lambda c: not {*FROM_A_LEXICON} & {*c.augment}, WITHOUT,
        lambda c: f"--augment {'|'.join(FROM_A_LEXICON)}",
    ),
    (("early_stopping",), lambda c: c.epochs == 1, WITH, lambda c: "--epochs 1"),
    (("layer_decay",), lambda c: c.method in ("head", "prefix", "prompt"), WITH, _method),
    (("reinit",), lambda c: c.method == "scratch", WITH, _method),
)  # fmt: skip
OF_PRETRAIN: tuple[Rule, ...] = (
    (COLUMNS, lambda c: c.data in PACKAGED or Path(c.data).suffix.lower() not in TABLES, WITH, _data),
    (("mask_share",), lambda c: c.objective == "clm", WITH, lambda c: "--objective clm"),
)
STOPS_OF = {
    "text": ("tokenizer", "model", "sentiment"),
    "prompt": ("generation",),
    "masked": ("fill-mask",),
    "sentence": ("entities",),
    "model": ("tokenizer", "model", "sentiment", "entities"),
    "sentiment": ("sentiment",),
    "clm": ("generation",),
    "mlm": ("fill-mask",),
    "ner": ("entities",),
    "steps": ("sentiment", "generation", "entities", "fill-mask"),
    "limit": ("sentiment", "generation", "fill-mask"),
}
"""Options of ``pipelines``, and the stops that use them."""


def on_the_spot(tour: Any) -> set[str]:
    """Return the stops whose model is trained on the spot."""
    named = {"sentiment": tour.sentiment, "generation": tour.clm, "entities": tour.ner, "fill-mask": tour.mlm}
    return {stop for stop, name in named.items() if name is None and stop in tour.stops}


OF_PIPELINES: tuple[Rule, ...] = (
    *(
        (
            (name,), lambda tour, stops=stops: not {*stops} & {*tour.stops}, WITH,
            lambda tour: f"--only {','.join(tour.only)}",
        )
        for name, stops in STOPS_OF.items()
    ),
    (
        ("steps",), lambda tour: not on_the_spot(tour), WITH, lambda tour: "--sentiment, --clm, --ner, --mlm",
    ),
    (
        ("limit",), lambda tour: not on_the_spot(tour) - {"entities"}, WITH, lambda tour: "--sentiment, --clm, --mlm",
    ),
)  # fmt: skip
OF_COMPARE: tuple[Rule, ...] = (
    (COLUMNS, lambda told: told["data"] is None, WITHOUT, lambda told: "--data"),
    (COLUMNS, lambda told: told["data"] in (*PACKAGED, RATINGS), WITH, lambda told: f"--data {told['data']}"),
    (("seeds", "limit", "data", *COLUMNS), lambda told: told["table"] == "memory", WITH, lambda told: "memory"),
)
OF_SPEEDRUN: tuple[Rule, ...] = (
    (("ask_reference",), lambda told: told["rehearsal"], WITH, lambda told: "--rehearsal"),
)
OF_BENCH: tuple[Rule, ...] = (
    (("compiled",), lambda told: "inference" not in told["parts"], WITHOUT, lambda told: "--part inference"),
)
OF_GPU_CHECK: tuple[Rule, ...] = (
    (
        ("out", "device", "minutes", "model", "data", "seed", "threads"), lambda told: told["page"] is not None, WITH,
        lambda told: "--page",
    ),
)  # fmt: skip
OF_PREDICT: tuple[Rule, ...] = (
    (
        ("text_column",), lambda told: not any(Path(one).suffix.lower() in TABLES for one in told["texts"]), WITHOUT,
        lambda told: say("a .csv or .tsv file"),
    ),
)  # fmt: skip
ABOUT_THE_RUN: tuple[Rule, ...] = ((("overwrite",), lambda told: told["resume"], WITH, lambda told: "--resume"),)
SPELT = {"ask_reference": "reference", "compiled": "compile", "start": "from"}
"""Parameters whose name differs from their option's."""


def refuse(rules: Iterable[Rule], config: Any, given: Iterable[str]) -> None:
    """Refuse the first given option that has no effect.

    Args:
        rules: rules of the recipe.
        config: configuration that the rules look at.
        given: names of the parameters that were given.

    Raises:
        UsageError: there is such an option.
    """
    typed = set(given)
    for names, idle, sentence, words in rules:
        for name in names:
            if name in typed and idle(config):
                option = SPELT.get(name, name).replace("_", "-")
                raise click.UsageError(say(sentence, option=option, words=words(config)))


def typed(ctx: click.Context) -> set[str]:
    """Return the names of the parameters given on the command line."""
    source = click.core.ParameterSource.COMMANDLINE
    return {name for name in ctx.params if ctx.get_parameter_source(name) is source}
