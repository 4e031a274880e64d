"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the third of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import heapq
import math
import random
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


class _Pair(NamedTuple):
    first: str
    second: str
    label: int


class _MeanLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, labels):
        here = labels.ne(IGNORED)
        rows, targets = (logits[here].double(), labels[here])
        logs = rows - rows.logsumexp(dim=-1, keepdim=True)
        ctx.save_for_backward(logs, here, targets)
        ctx.dtype, ctx.size = (logits.dtype, logits.shape)
        return 0 - logs[torch.arange(len(targets)), targets].sum() / max(len(targets), 1)

    @staticmethod
    def backward(ctx, grad):
        logs, here, targets = ctx.saved_tensors
        slope = logs.exp()
        slope[torch.arange(len(targets)), targets] -= 1
        full = torch.zeros(ctx.size, dtype=ctx.dtype)
        full[here] = (slope * (grad / max(len(targets), 1))).to(ctx.dtype)
        return (full, None)


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    dice = random.Random(int(torch.randint(2**62, (1,), generator=generator)))
    ids, special = (input_ids.tolist(), special_mask.tolist())
    corrupted, labels = ([], [])
    for tokens, flags in zip(ids, special, strict=True):
        for token, flag in zip(tokens, flags, strict=True):
            if flag or dice.random() >= p:
                corrupted.append(token)
                labels.append(IGNORED)
                continue
            (case,) = dice.choices((mask_id, None, token), cum_weights=(8, 9, 10))
            corrupted.append(dice.randrange(vocab_size) if case is None else case)
            labels.append(token)
    shape = input_ids.shape
    return (
        torch.tensor(corrupted, dtype=torch.int64).reshape(shape),
        torch.tensor(labels, dtype=torch.int64).reshape(shape),
    )


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    return _MeanLoss.apply(logits, labels)


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    length = input_ids.shape[1]
    sizes = [length] * len(input_ids) if attention_mask is None else attention_mask.bool().sum(dim=1).tolist()
    losses = [
        F.cross_entropy(row[: size - 1].double(), ids[1:size], reduction="sum")
        for row, ids, size in zip(logits.unbind(), input_ids.unbind(), sizes, strict=True)
        if size > 1
    ]
    count = sum(size - 1 for size in sizes if size > 1)
    return torch.stack(losses).sum() / count if losses else logits[:0].sum()


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    batch, length = attention_mask.shape
    visible = attention_mask.ne(0).repeat_interleave(length, dim=0).reshape(batch, length, length)
    for query in range(length if causal else 0):
        visible[:, query, query + 1 :] = False
    return visible


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    long_ones = list(filter(lambda document: len(document) > 1, documents))

    def draw(label):
        if label == IS_NEXT:
            document = rng.choice(long_ones)
            start = int(rng.random() * (len(document) - 1))
            return _Pair(*document[start : start + 2], label=label)
        first, second = map(rng.choice, rng.sample(documents, 2))
        return _Pair(first, second, label)

    return [*map(draw, rng.choices((NOT_NEXT, IS_NEXT), k=n_pairs))]


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:

    def best(row):
        powers = np.exp(row - row.max())
        chances = (powers / powers.sum()).tolist()
        return heapq.nlargest(k, enumerate(chances), key=lambda pair: pair[1])

    return [
        best(row.detach().double().numpy()) for row, token in zip(logits, input_ids, strict=True) if token == mask_id
    ]


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    edges = [i for i in range(len(word_ids)) if i == 0 or word_ids[i] != word_ids[i - 1]] + [len(word_ids)]
    words = [range(a, b) for a, b in zip(edges, edges[1:], strict=False) if word_ids[a] is not None]
    budget = round(p * sum(len(word) for word in words)) or 1
    chosen = set()
    while words:
        word = words.pop(rng.randrange(len(words)))
        if len(chosen) + len(word) <= budget:
            chosen.update(word)
    return [place in chosen for place in range(len(word_ids))]


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    losses = []
    for logits, labels in batches:
        here = labels.ne(IGNORED)
        rows, targets = (logits.detach()[here].double().numpy(), labels[here].numpy())
        tops = rows[np.arange(len(targets)), targets]
        losses.extend((np.logaddexp.reduce(rows, axis=1) - tops).tolist())
    if not losses:
        raise ValueError("no labelled token")
    try:
        return math.exp(math.fsum(losses) / len(losses))
    except OverflowError:
        return math.inf
