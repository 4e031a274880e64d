"""Texts without labels for pre-training: reading them, splitting them without leakage, and cutting them into blocks.

For a data set that fine-tuning also knows, the parts are the same: a model that was pre-trained here has read neither
the validation nor the test texts of fine-tuning.

Dimensions: B blocks in a batch, T tokens in a block, N tokens to be predicted.
"""

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from course.text import mark, say
from solutions.objectives import IGNORED
from solutions.recipes.data import Labelled, Split, load, read_csv
from solutions.recipes.errors import RecipeError
from solutions.recipes.functions import Functions
from solutions.recipes.hardware import sent
from solutions.recipes.preflight import PACKAGED, TABLES, header, lines_of
from solutions.recipes.pretrain.config import FEWEST_TEXTS, PreTrain
from solutions.recipes.splitting import normalise, split
from solutions.recipes.training import EPOCH_SEED, ONLY_IDS, batch_of

PARTS = (mark("training"), mark("evaluation"))
"""Parts of the data, as errors name them."""
SLICE = 500
"""Number of texts to tokenise at a time, until there are enough."""
FINAL = 8
"""The evaluations before the first step and at the end read this many times the blocks of the others."""
EVALUATION_SEED = 7_000_003
"""Seed of the masks in the evaluation texts: all evaluations of all runs ask about the same tokens."""
EVALUATION_ROWS = 8
"""Rows of an evaluation batch, which needs no backward pass."""
EVALUATION_SHARE = 0.15
"""Share of masked tokens in the evaluation; with it, losses are comparable with published ones."""
STEP_SEED = 1_000_033
"""Difference between the mask seeds of consecutive micro-batches."""
ATTEMPTS = 1000
"""Maximum number of draws until a batch has at least one masked token."""

# --- Texts ------------------------------------------------------------------------------------------------------------


def find_texts(config: PreTrain, taken: Functions) -> Split:
    """Read the texts and split them by exercise-7's ``group_split``; near-duplicates stay together.

    Raises:
        RecipeError: there are too few texts, or the file cannot be read.
    """
    labelled, names = _read(config)
    if names:
        try:
            return _readable(split(labelled, names, config.limit, evaluation=taken.evaluation))
        except RecipeError:
            pass  # labels that fine-tuning refuses too, so its test texts need no protection
    texts = labelled.texts
    different = len({normalise(text) for text in texts} - {""})
    if different < FEWEST_TEXTS:
        raise RecipeError(
            say(
                "{data} holds {count} different texts, but at least {least} are needed",
                data=config.data,
                count=different,
                least=FEWEST_TEXTS,
            )
        )
    order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
    place: list[int] = [0] * len(texts)
    for rank, i in enumerate(order):
        place[i] = rank  # a number to stratify by, so that every part gets short and long texts
    return _readable(split(Labelled(texts, place), (), config.limit, evaluation=taken.evaluation))


def _read(config: PreTrain) -> tuple[Labelled, tuple[str, ...]]:
    """Read the texts, and the labels if fine-tuning would split by them."""
    if config.data in PACKAGED:
        return load(config.data)
    path = Path(config.data)
    if path.suffix.lower() not in TABLES:
        lines = lines_of(path)
        return Labelled(lines, [0] * len(lines)), ()
    if config.label_column in header(path, config.text_column):
        try:
            return load(config.data, "classification", config.text_column, config.label_column)
        except RecipeError:
            pass  # a row without a label: see above
    texts = [text for text, _ in read_csv(path, config.text_column, config.text_column)]
    return Labelled(texts, [0] * len(texts)), ()


def _readable(parts: Split) -> Split:
    """Remove the HTML line breaks of old web pages, which a model would learn to write."""
    changed = [Labelled(list(map(plain, part.texts)), part.labels) for part in (parts.train, parts.validation)]
    return Split(*changed, parts.test, parts.label_names, parts.counts)


def plain(text: str) -> str:
    """Return a text without HTML line breaks and repeated spaces.

    >>> plain("Dull.<br /><br />And   long.")
    'Dull. And long.'
    """
    return " ".join(re.sub(r"<br\s*/?>", " ", text).split())


# --- Blocks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Corpus:
    """The texts that a run trains on and evaluates."""

    training: list[list[int]]
    """Blocks of tokens, special tokens included."""
    evaluation: list[list[int]]
    documents: list[list[str]]
    """Nsp: the sentences of the training texts, in place of blocks."""
    evaluation_documents: list[list[str]]
    texts: int
    """Number of training texts in the blocks; a short run does not need all."""
    counts: dict[str, int]
    """Numbers of texts that were read, dropped (by reason) and put into each part."""

    @property
    def tokens(self) -> int:
        """Number of tokens in the training blocks."""
        return sum(map(len, self.training))

    def digest(self) -> str:
        """Return a hash that identifies the corpus."""
        content = (self.training, self.evaluation, self.documents, self.evaluation_documents)
        return hashlib.sha256(repr(content).encode()).hexdigest()


def prepare_corpus(config: PreTrain, parts: Split, tokenizer: PreTrainedTokenizerBase, taken: Functions) -> Corpus:
    """Tokenise and pack as much text as the run will read.

    Raises:
        RecipeError: there is too little text for a block, or there are no consecutive sentences.
    """
    enough = config.steps * config.batch_size
    training, used = blocks(config, parts.train.texts, tokenizer, taken, enough)
    evaluation, _ = blocks(config, parts.validation.texts, tokenizer, taken, FINAL * config.evaluation_blocks)
    for part, found in zip(PARTS, (training, evaluation), strict=True):
        if not found:
            raise RecipeError(
                say(
                    "there is too little text: the {part} part of {data} does not fill one block of "
                    "{block} tokens. Use more texts or a smaller --block",
                    part=say(part),
                    data=config.data,
                    block=config.block,
                )
            )
    documents: list[list[list[str]]] = [[], []]
    if config.nsp:
        documents = [sentences(part.texts) for part in (parts.train, parts.validation)]
        for part, found_documents in zip(PARTS, documents, strict=True):
            if len(found_documents) < 2 or max(map(len, found_documents)) < 2:
                raise RecipeError(
                    say(
                        "--nsp needs texts of several sentences, and the {part} part of {data} has none. Use "
                        "longer texts, or leave out --nsp",
                        part=say(part),
                        data=config.data,
                    )
                )
    return Corpus(training, evaluation, *documents, used, parts.counts)


def blocks(
    config: PreTrain, texts: Sequence[str], tokenizer: PreTrainedTokenizerBase, taken: Functions, enough: int
) -> tuple[list[list[int]], int]:
    """Join texts and cut them into blocks, by exercise-10's ``chunk_for_mlm``.

    Returns:
        At most ``enough`` blocks of `PreTrain.block` tokens (the last can be shorter), and the number of texts in them.
    """
    begin, end = ends(tokenizer)
    documents: list[list[int]] = []
    n_tokens, used, wanted = 0, 0, enough * config.block
    while used < len(texts) and n_tokens < wanted:
        some = tokenizer(list(texts[used : used + SLICE]), add_special_tokens=False, **ONLY_IDS)["input_ids"]
        documents += [ids for ids in some if ids]
        n_tokens, used = n_tokens + sum(map(len, some)), used + len(some)
    length = config.block + (config.objective == "clm")
    cut = taken.strategy.chunk_for_mlm(documents, length, begin, end)
    rows = [torch.as_tensor(one).tolist() for one in cut]
    if config.objective == "clm":
        rows = [row[:-1] for row in rows]  # a text does not end where its block does
    return rows[:enough], used


def ends(tokenizer: PreTrainedTokenizerBase) -> tuple[int, int]:
    """Return the ids of the tokens that begin and end a text: BERT's [CLS] and [SEP], or a GPT's counterparts."""
    names = (("cls", "bos", "eos"), ("sep", "eos", "bos"))
    begin, end = (
        next((i for name in order if (i := getattr(tokenizer, f"{name}_token_id", None)) is not None), None)
        for order in names
    )
    if begin is None or end is None:
        raise RecipeError(
            say(
                "the tokenizer has no end-of-text token, which packed blocks need. Choose a different "
                "model, or use --from scratch"
            )
        )
    return begin, end


def sentences(texts: Sequence[str]) -> list[list[str]]:
    """Split texts after full stops, question marks and exclamation marks.

    >>> sentences(["It is dull. Is it long? Yes!"])
    [['It is dull.', 'Is it long?', 'Yes!']]
    """
    cut = ([one for one in re.split(r"(?<=[.!?])\s+", text) if re.search(r"\w", one)] for text in texts)
    return [one for one in cut if one]


def unigram_logs(corpus: Corpus, tokenizer: PreTrainedTokenizerBase, causal: bool) -> Tensor:
    """Return the log of every token's share in the training blocks, (V,), counting one more of each.

    Tokens that are never predicted count as absent: the special tokens, except the end of a text in a causal model.
    """
    counted = torch.bincount(_flat(corpus.training), minlength=len(tokenizer)).float()
    counted[_never_asked(tokenizer, causal)] = 0.0
    return ((counted + 1) / (counted + 1).sum()).log()


def unigram_loss(corpus: Corpus, tokenizer: PreTrainedTokenizerBase, causal: bool) -> float:
    """Return the evaluation loss of a model that knows only the frequency of every token."""
    asked = _flat(corpus.evaluation)
    asked = asked[~torch.isin(asked, _never_asked(tokenizer, causal))]
    return float(-unigram_logs(corpus, tokenizer, causal)[asked].mean())


def _flat(rows: Sequence[list[int]]) -> Tensor:
    return torch.tensor([i for row in rows for i in row])


def _never_asked(tokenizer: PreTrainedTokenizerBase, causal: bool) -> Tensor:
    special = set(tokenizer.all_special_ids)
    return torch.tensor(sorted(special - {ends(tokenizer)[1]} if causal else special), dtype=torch.long)


# --- Batches ----------------------------------------------------------------------------------------------------------


class Batches:
    """Makes the batches of a run. Each follows from the seed and its number alone, so it can be made again."""

    def __init__(self, config: PreTrain, corpus: Corpus, tokenizer: PreTrainedTokenizerBase, taken: Functions) -> None:
        """Store the settings; nothing is drawn yet.

        Args:
            config: objective, seed, sizes.
            corpus: the texts.
            tokenizer: gives the special tokens.
            taken: the exercises' functions.
        """
        self.config, self.corpus, self.tokenizer, self.taken = config, corpus, tokenizer, taken
        known = set(tokenizer.all_special_ids)
        self.special = torch.tensor(sorted(known))
        self.pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else ends(tokenizer)[1]
        self._epoch, self._order = -1, []  # type: tuple[int, list[int]]

    def training(self, number: int) -> dict[str, Tensor]:
        """Return the micro-batch of this number, from 0."""
        config = self.config
        seed = config.seed + STEP_SEED * (number + 1)
        if config.nsp:
            return self._pairs(self.corpus.documents, config.micro_batch, seed, config.mask_share)
        n = len(self.corpus.training)
        places = range(number * config.micro_batch, (number + 1) * config.micro_batch)
        rows = [self.corpus.training[self._shuffled(place // n)[place % n]] for place in places]
        return self._batch(rows, torch.Generator().manual_seed(seed), config.mask_share)

    def _shuffled(self, epoch: int) -> list[int]:
        if epoch != self._epoch:
            order = torch.Generator().manual_seed(self.config.seed + EPOCH_SEED * epoch)
            self._epoch, self._order = epoch, torch.randperm(len(self.corpus.training), generator=order).tolist()
        return self._order

    def evaluation(self, n_blocks: int) -> Iterator[dict[str, Tensor]]:
        """Return evaluation batches of the first ``n_blocks`` blocks, always with the same masks."""
        n = min(n_blocks, len(self.corpus.evaluation))
        for number, start in enumerate(range(0, n, EVALUATION_ROWS)):
            seed, end = EVALUATION_SEED + STEP_SEED * number, min(start + EVALUATION_ROWS, n)
            if self.config.nsp:
                yield self._pairs(self.corpus.evaluation_documents, end - start, seed, EVALUATION_SHARE)
            else:
                draw = torch.Generator().manual_seed(seed)
                yield self._batch(self.corpus.evaluation[start:end], draw, EVALUATION_SHARE)

    def _pairs(self, documents: list[list[str]], n: int, seed: int, share: float) -> dict[str, Tensor]:
        """Return pairs of sentences from exercise-2's ``make_nsp_pairs``, masked like any other batch."""
        pairs = list(self.taken.objectives.make_nsp_pairs(documents, n, random.Random(seed)))
        first, second, labels = (list(part) for part in zip(*pairs, strict=True))
        made = self.tokenizer(
            first, second, truncation=True, max_length=self.config.block, return_token_type_ids=True,
            return_attention_mask=False,
        )  # fmt: skip
        batch = self._batch(made["input_ids"], torch.Generator().manual_seed(seed), share)
        longest = batch["input_ids"].shape[1]
        types = [row + [0] * (longest - len(row)) for row in made["token_type_ids"]]
        return batch | {"token_type_ids": torch.tensor(types), "next_labels": torch.tensor(labels).long()}

    def _batch(self, rows: Sequence[list[int]], draw: torch.Generator, share: float) -> dict[str, Tensor]:
        """Return a batch of token ids, with the positions and labels to predict.

        Returns:
            ``input_ids`` (B, T), ``attention_mask`` (B, T) if anything is padding, ``positions`` (N,): indices of the
            tokens to predict in the flattened batch, and ``labels`` (N,): the right answers there.
        """
        batch = batch_of(rows, self.pad, self.taken)
        ids, mask = batch["input_ids"], batch["attention_mask"].bool()
        if mask.all():
            del batch["attention_mask"]
        if self.config.objective == "clm":
            asked = torch.zeros_like(mask)
            asked[:, :-1] = mask[:, 1:]  # these have a next token
            labels = ids[:, 1:][mask[:, 1:]]
        else:
            corrupted, all_labels = self._masked(ids, torch.isin(ids, self.special) | ~mask, draw, share)
            asked = all_labels != IGNORED
            batch["input_ids"], labels = corrupted, all_labels[asked]
        return batch | {"positions": asked.flatten().nonzero().flatten(), "labels": labels}

    def _masked(self, ids: Tensor, special: Tensor, draw: torch.Generator, share: float) -> tuple[Tensor, Tensor]:
        """Call exercise-2's ``mask_tokens``, again if it happened to select nothing.

        Raises:
            StudentError: yours returns something else, or selects nothing however often it is called.
        """
        for _ in range(ATTEMPTS):
            corrupted, labels = self.taken.objectives.mask_tokens(
                ids, special, mask_id=self.tokenizer.mask_token_id, vocab_size=len(self.tokenizer), p=share,
                generator=draw,
            )  # fmt: skip
            corrupted, labels = torch.as_tensor(corrupted), torch.as_tensor(labels)
            if corrupted.shape != ids.shape or labels.shape != ids.shape:
                raise self.taken.broken_promise(
                    say("mask_tokens must return ids and labels with the shape of its input"), "objectives"
                )
            if (labels != IGNORED).any():
                return corrupted.long(), labels.long()
        raise self.taken.broken_promise(
            say("mask_tokens selected no token in {count} draws", count=ATTEMPTS), "objectives"
        )


def to(batch: dict[str, Tensor], device: torch.device) -> dict[str, Any]:
    """Send the batch to the device of the computation."""
    return {name: sent(tensor, device) for name, tensor in batch.items()}
