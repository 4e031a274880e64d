"""The models of the tour: the named ones, otherwise small ones that are trained on the spot.

The models trained here are not good. They let every pipeline be shown without a download.
"""

import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import transformers
from rich.console import Console
from torch import Tensor
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.modeling_outputs import SequenceClassifierOutput

from course.text import mark, say
from solutions.recipes.both import both
from solutions.recipes.config import FineTune
from solutions.recipes.data import pad
from solutions.recipes.errors import RecipeError
from solutions.recipes.finetune import finetune
from solutions.recipes.hardware import Hardware
from solutions.recipes.model import Classifier, demand_whole, load_tokenizer, own_tokenizer, pretrained
from solutions.recipes.preflight import RECIPE
from solutions.recipes.pretrain import run as pretraining
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.saving import load_run
from solutions.recipes.tour.options import Tour

ON_THE_SPOT = Hardware(torch.device("cpu"), bf16=False, threads=1)


@dataclass(frozen=True)
class Loaded:
    """A model of the tour."""

    model: Any
    tokenizer: PreTrainedTokenizerBase
    origin: str
    """Origin of the model, in words."""


class Reviewer(PreTrainedModel):
    """A finished run of ``finetune``, as a model for transformers' pipelines."""

    config_class = PreTrainedConfig
    _supports_sdpa = True

    def __init__(self, classifier: Classifier) -> None:
        """Wrap the classifier without copying it."""
        super().__init__(PreTrainedConfig(id2label=dict(classifier.config.id2label)))
        self.classifier = classifier

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None, **_: Any) -> SequenceClassifierOutput:
        """Return the logits (B, K) of token ids (B, T)."""
        return SequenceClassifierOutput(logits=self.classifier(input_ids, attention_mask).logits)


@contextmanager
def quietly() -> Iterator[None]:
    """Suppress transformers' complaint that our class is none of its own."""
    before = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity(logging.CRITICAL)
    try:
        yield
    finally:
        transformers.logging.set_verbosity(before)


# --- Named models -----------------------------------------------------------------------------------------------------


def from_transformers(kind: Any, name: str) -> Loaded:
    """Load a model with its tokenizer, from a folder or the hub.

    Raises:
        RecipeError: the model is missing, or of another kind.
    """
    with quietly():
        model = pretrained(kind, name, dtype=torch.float32, output_loading_info=True)
    model, about = model
    if about["missing_keys"]:  # transformers would draw these at random
        missing = ", ".join(sorted(about["missing_keys"])[:3])
        raise RecipeError(
            say(
                "{model} is not a finished model of this kind: it has no weights for {names}",
                model=name,
                names=missing,
            )
        )
    demand_whole(model, (), name)
    return Loaded(model.eval(), own_tokenizer(name, model), name)


def sentiment(tour: Tour, folder: Path) -> Loaded:
    """Return a classifier of reviews: the named one, or one that is trained into a folder."""
    if tour.sentiment is not None and not (Path(tour.sentiment) / RECIPE).exists():
        return from_transformers(AutoModelForSequenceClassification, tour.sentiment)
    origin, out = str(tour.sentiment), Path(str(tour.sentiment))
    if tour.sentiment is None:
        out = folder / "sentiment"
        config = FineTune(model=tour.model, limit=tour.limit, epochs=tour.steps, max_steps=tour.steps, seed=tour.seed,
                          threads=tour.threads, device="cpu", precision="fp32")  # fmt: skip
        result = finetune(config, out, Console(quiet=True))
        origin = both(
            mark(
                "made on the spot from {model}: {method}, {steps} steps, a quick look "
                "(accuracy {accuracy:.2f} on {n} texts). "
                "A better one: course run finetune --out runs/reviews, then --sentiment runs/reviews"
            ),
            model=tour.model,
            method=config.method,
            steps=result["steps"],
            accuracy=result["test"]["accuracy"],
            n=result["test"]["n"],
        )
    run = load_run(out, tour.mine, ON_THE_SPOT)
    if not run.outputs.labels:
        raise RecipeError(say("{run} predicts numbers, not labels. Choose a run of --task classification", run=out))
    return Loaded(Reviewer(run.model).eval(), run.tokenizer, origin)


def language_model(tour: Tour, objective: str, folder: Path) -> Loaded:
    """Return a masked (``mlm``) or causal (``clm``) language model: the named one, or one trained on the spot."""
    named = tour.mlm if objective == "mlm" else tour.clm
    kind = AutoModelForMaskedLM if objective == "mlm" else AutoModelForCausalLM
    if named is not None:
        return from_transformers(kind, named)
    config = PreTrain(
        objective=objective, data="rotten-tomatoes", limit=tour.limit, steps=tour.steps, block=32, batch_size=16,
        evaluation_blocks=4, seed=tour.seed, threads=tour.threads, device="cpu", precision="fp32",
    )  # fmt: skip
    out = folder / objective
    pretraining.pretrain(config, out, Console(quiet=True))
    origin = both(
        mark(
            "made on the spot from {start}: {steps} steps, a quick look. A better one: "
            "course run pretrain --objective {objective} --out runs/{objective}, then --{objective} runs/{objective}"
        ),
        start=config.start,
        steps=tour.steps,
        objective=objective,
    )
    return replace(from_transformers(kind, str(out)), origin=origin)


# --- A toy model for named entities -----------------------------------------------------------------------------------

PEOPLE = (
    "Ada Brandt",
    "Ines Moreau",
    "Tomas Novak",
    "Yuki Tanaka",
    "Omar Haddad",
    "Nora Keller",
    "Paul Dubois",
    "Lena Fischer",
)
PLACES = ("Vienna", "Madrid", "Kyoto", "Prague", "New Delhi", "Dublin", "Cairo", "Rio")
FIRMS = ("Northwind Studios", "Acme Films", "Helios Media", "Bluebird Pictures", "Orion Press", "Delta Records")
KINDS = {"PER": PEOPLE, "LOC": PLACES, "ORG": FIRMS}
PATTERNS = (
    "{PER} lives in {LOC} .", "{PER} left {LOC} for {ORG} in {LOC} .", "{ORG} opened an office in {LOC} .",
    "{PER} works for {ORG} .", "In {LOC} , {PER} met {PER} .", "{ORG} hired {PER} .", "the weather is fine .",
)  # fmt: skip
NER_RATE, NER_BATCH = 5e-4, 16
NER_LABELS = ("O", *(f"{tag}-{kind}" for kind in KINDS for tag in "BI"))


def sentence(draw: random.Random) -> tuple[list[str], list[str]]:
    """Return the words of a generated sentence, and their tags.

    >>> words, tags = sentence(random.Random(0))
    >>> len(words) == len(tags), {tag.partition("-")[0] for tag in tags} <= {"B", "I", "O"}
    (True, True)
    """
    words: list[str] = []
    tags: list[str] = []
    for part in draw.choice(PATTERNS).split():
        kind = part.strip("{}")
        chosen = draw.choice(KINDS[kind]).split() if kind in KINDS else [part]
        words += chosen
        tags += [f"{'I' if i else 'B'}-{kind}" if kind in KINDS else "O" for i in range(len(chosen))]
    return words, tags


def tagged(
    tokenizer: PreTrainedTokenizerBase, words: Sequence[str], tags: Sequence[str]
) -> tuple[list[int], list[int]]:
    """Return the ids of a sentence and their labels; -100 at special tokens. The later pieces of a word get I tags."""
    encoded = tokenizer(list(words), is_split_into_words=True)
    labels, before = [], None
    for number in encoded.word_ids():
        tag = "O" if number is None else tags[number]
        tag = f"I-{tag[2:]}" if tag.startswith("B-") and number == before else tag
        labels.append(-100 if number is None else NER_LABELS.index(tag))
        before = number
    return encoded["input_ids"], labels


def entities(tour: Tour) -> Loaded:
    """Return a token classifier: the named one, or a toy."""
    if tour.ner is not None:
        return from_transformers(AutoModelForTokenClassification, tour.ner)
    torch.manual_seed(tour.seed)
    with quietly():
        model = pretrained(
            AutoModelForTokenClassification, tour.model, dtype=torch.float32,
            id2label=dict(enumerate(NER_LABELS)), label2id={name: i for i, name in enumerate(NER_LABELS)},
        )  # fmt: skip
    tokenizer = load_tokenizer(tour.model, model)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    draw, optimizer = random.Random(tour.seed), torch.optim.AdamW(model.parameters(), lr=NER_RATE, fused=True)
    model.train()
    for _ in range(tour.steps):
        rows = [tagged(tokenizer, *sentence(draw)) for _ in range(NER_BATCH)]
        ids, mask = pad([ids for ids, _ in rows], tokenizer.pad_token_id)
        labels, _ = pad([labels for _, labels in rows], -100)
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    origin = both(
        mark(
            "a TOY made on the spot from {model}: {steps} steps on generated sentences with {people} "
            "people, {places} places and {firms} firms. A real one: --ner with a folder or a name on the hub"
        ),
        model=tour.model,
        steps=tour.steps,
        people=len(PEOPLE),
        places=len(PLACES),
        firms=len(FIRMS),
    )
    return Loaded(model.eval(), tokenizer, origin)
