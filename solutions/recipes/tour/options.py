"""Options of ``pipelines``. Needs no torch."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from course.click_words import Option
from course.text import say
from solutions.recipes import preflight
from solutions.recipes.errors import RecipeError
from solutions.recipes.options import FILE, SEED, THREADS, Function, decorated, listed

PARTS = ("tokenizer", "model", "sentiment", "generation", "entities", "fill-mask")
"""The stops of the tour, in the order of the chapter."""
USED = {
    "basics": (
        "encode_pair", "pad_batch", "count_parameters", "bert_param_count", "label_scores", "generate",
        "aggregate_simple", "aggregate_first",
    ),
    "objectives": ("fill_mask_topk",),
    "heads": ("mean_pool",),
    "inference": ("predict", "predict_batch"),
}  # fmt: skip
"""Functions that the tour takes from each exercise."""


@dataclass(frozen=True)
class Tour:
    """Models and inputs of the tour. Everything is computed on the CPU, in float32."""

    model: str = "embedded"
    """Tokenizer and encoder: ``embedded``, a folder, or a name on the hub."""
    sentiment: str | None = None
    """A folder of ``finetune``, or a classifier of transformers; None trains one on the spot."""
    mlm: str | None = None
    """A folder of ``pretrain``, or a masked language model; None trains one on the spot."""
    clm: str | None = None
    """A folder of ``pretrain``, or a causal language model; None trains one on the spot."""
    ner: str | None = None
    """A token classifier of transformers; None trains a toy on the spot."""
    text: str = "a warm and funny film that never wastes a minute"
    """Text to tokenise and classify."""
    prompt: str = "the film is"
    """Prompt for the generated text."""
    masked: str = "the film was [MASK] and the acting was [MASK]."
    """Text whose gaps are filled in; [MASK] is replaced by the model's own mask token."""
    sentence: str = "Mara Lindqvist left Oslo for Borealis Films in Lisbon."
    """Text to search for named entities."""
    only: tuple[str, ...] = ()
    """Stops to visit; () for all."""
    limit: int = 1000
    """Reviews for training a model on the spot, over all parts of the data."""
    steps: int = 40
    """Optimizer steps for training a model on the spot."""
    mine: Path | None = None
    """A workspace with your own exercises, or one file of it; None takes the reference solutions."""
    seed: int = 0
    threads: int | None = None
    """CPU threads; None leaves the choice to torch."""

    @property
    def stops(self) -> tuple[str, ...]:
        """The stops to visit."""
        return tuple(part for part in PARTS if not self.only or part in self.only)


def check(tour: Tour) -> None:
    """Refuse what cannot work, before torch is loaded.

    Raises:
        RecipeError: a package or a model is missing.
        StudentError: a file given as ``mine`` is missing, or not Python.
    """
    preflight.find_packages()
    named = [name for name in (tour.model, tour.sentiment, tour.mlm, tour.clm, tour.ner) if name is not None]
    for name in named:
        preflight.find_model(name)
    if any(not Path(name).is_dir() and name != "embedded" for name in named):
        preflight.ask_no_dead_hub()
    on_the_spot = {"sentiment": tour.sentiment, "fill-mask": tour.mlm, "generation": tour.clm}
    if any(part in tour.stops and name is None for part, name in on_the_spot.items()):
        preflight.packaged_reviews()
    if tour.mine is not None:
        preflight.find_mine(tour.mine)
    if not any(character.isalnum() for character in tour.text):
        raise RecipeError(say("--text is empty, so there is nothing to tokenise. Give a text"))


option = partial(click.option, cls=Option)
OPTIONS = (
    option(
        "--only", callback=listed(PARTS), metavar="STOPS", show_default=False,
        help="Comma-separated: {names}.", values={"names": ", ".join(PARTS)},
    ),
    option("--text", default=Tour.text, help="Text to tokenise and classify."),
    option("--prompt", default=Tour.prompt, help="Prompt for the generated text."),
    option("--masked", default=Tour.masked, help="Text to fill in, with one or more [MASK]."),
    option("--sentence", default=Tour.sentence, help="Text to search for named entities."),
    option("--model", default=Tour.model, help="Tokenizer and encoder: embedded, a folder, or a hub id."),
    option("--sentiment", help="Classifier: a folder from finetune, another model folder, or a hub id."),
    option("--clm", help="Causal language model: a folder from pretrain, or a hub id."),
    option("--ner", help="Token classifier: a folder or a hub id."),
    option("--mlm", help="Masked language model: a folder from pretrain, or a hub id."),
    option(
        "--steps", type=click.IntRange(1), default=Tour.steps,
        help="Training steps for models that are trained on the spot.",
    ),
    option(
        "--limit", type=click.IntRange(60), default=Tour.limit,
        help="Number of reviews for models that are trained on the spot.",
    ),
    option(
        "--mine", type=FILE, is_flag=False, flag_value="", metavar="[WORKSPACE]",
        help="Compare with your own exercises; functions that you have not started come from the reference.",
    ),
    option("--seed", type=SEED, default=Tour.seed, help="Seed for all random numbers."),
    option("--threads", type=THREADS, help="CPU threads (default: torch's choice)."),
    option("--out", type=click.Path(path_type=Path, dir_okay=False), help="JSON file for the result."),
)  # fmt: skip


def tour_options(function: Function) -> Function:
    """Add all options to a command, in this order."""
    return decorated(function, OPTIONS)
