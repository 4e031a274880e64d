"""What ``pipelines`` can be told. Needs no torch."""

from dataclasses import dataclass
from pathlib import Path

from solutions.recipes import preflight
from solutions.recipes.errors import RecipeError

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
"""What the tour takes from each exercise."""


@dataclass(frozen=True)
class Tour:
    """Where the models come from, and what they are asked. Everything is computed on the CPU, in float32."""

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
    """What is tokenised and judged."""
    prompt: str = "the film is"
    """What is written on."""
    masked: str = "the film was [MASK] and the acting was [MASK]."
    """What is filled in; [MASK] becomes whatever the model calls it."""
    sentence: str = "Mara Lindqvist left Oslo for Borealis Films in Lisbon."
    """What names are looked for in."""
    only: tuple[str, ...] = ()
    """Stops; () for all."""
    limit: int = 1000
    """Reviews that a model on the spot is trained on, over all parts of the data."""
    steps: int = 40
    """Optimizer steps of what is trained on the spot."""
    mine: Path | None = None
    """A workspace with your own exercises, or one file of it; None takes the reference solutions."""
    seed: int = 0
    threads: int | None = None
    """CPU threads; None leaves the choice to torch."""

    @property
    def stops(self) -> tuple[str, ...]:
        """Those that were asked for."""
        return tuple(part for part in PARTS if not self.only or part in self.only)


def check(tour: Tour) -> None:
    """Refuse what cannot work, before torch is loaded.

    Raises:
        RecipeError: a package or a model is missing.
        StudentError: a file given as ``mine`` is missing, or not Python.
    """
    for package in ("torch", "transformers"):
        if preflight.find_spec(package) is None:
            raise RecipeError(f"the package {package} is missing. {preflight.INSTALL_OFFLINE}")
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
        raise RecipeError("--text is empty: there is nothing to tokenise")
