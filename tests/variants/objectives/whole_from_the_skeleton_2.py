"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import math
import random
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor


def _words(word_ids):
    words = {}
    number = -1
    before = None
    for place, index in enumerate(word_ids):
        if index is not None:
            number += index != before
            words.setdefault(number, []).append(place)
        before = index
    return list(words.values())


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    draws = torch.bernoulli(torch.full(input_ids.shape, p, dtype=torch.float64), generator=generator)
    selected = draws.bool() & ~special_mask
    known = set(input_ids[special_mask].tolist()) | {mask_id}
    allowed = torch.tensor([i for i in range(vocab_size) if i not in known] or list(range(vocab_size)))
    dice = torch.randint(0, 10, input_ids.shape, generator=generator)
    others = allowed[torch.randint(0, len(allowed), input_ids.shape, generator=generator)]
    corrupted = torch.where(selected & (dice == 9), others, input_ids)
    corrupted = torch.where(selected & (dice < 8), mask_id, corrupted)
    return (corrupted, torch.where(selected, input_ids, IGNORED))


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    here = labels != IGNORED
    if not here.any():
        return torch.zeros((), dtype=logits.dtype, requires_grad=True)
    picked = logits[here].double()
    shifted = picked - picked.detach().amax(dim=1, keepdim=True)
    logs = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    return -logs[torch.arange(len(logs)), labels[here]].mean()


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    real = torch.ones_like(input_ids) if attention_mask is None else attention_mask
    rows, places = torch.nonzero(real[:, 1:], as_tuple=True)
    picked = logits[rows, places]
    logs = picked.log_softmax(dim=-1, dtype=torch.float64)
    chosen = logs.take_along_dim(input_ids[rows, places + 1].unsqueeze(-1), dim=-1)
    return chosen.sum().neg() / max(len(rows), 1)


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    mask = attention_mask.bool().numpy()
    steps = np.arange(mask.shape[1])
    reach = np.greater_equal.outer(steps, steps) if causal else np.ones((len(steps), len(steps)), dtype=bool)
    visible = mask[:, None, :] & reach[None]
    visible[~mask] = True
    return torch.from_numpy(visible.astype(np.int64))


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:

    def sentence(document):
        return document[rng.randrange(len(document))]

    def pair():
        if rng.random() >= 0.5:
            one = rng.randrange(len(documents))
            other = (one + rng.randint(1, len(documents) - 1)) % len(documents)
            return (sentence(documents[one]), sentence(documents[other]), NOT_NEXT)
        document = []
        while len(document) < 2:
            document = documents[rng.randrange(len(documents))]
        second = rng.randint(1, len(document) - 1)
        return (document[second - 1], document[second], IS_NEXT)

    return [pair() for _ in range(n_pairs)]


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    answers = []
    for row in logits.detach().double()[input_ids.eq(mask_id)].softmax(dim=-1).unbind():
        answers.append([(token, row[token]) for token in row.argsort(descending=True)[:k].unbind()])
    return answers


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    words = _words(word_ids)
    budget = max(1, math.ceil(p * sum(map(len, words)) - 0.5))
    selected = torch.zeros(len(word_ids), dtype=torch.bool)
    for word in rng.sample(words, k=len(words)):
        if int(selected.sum()) + len(word) <= budget:
            selected[word] = True
    return selected


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:

    def statistics():
        for logits, labels in batches:
            flat = labels.flatten()
            keep = flat != IGNORED
            logs = torch.log_softmax(logits.detach().flatten(0, -2)[keep], dim=-1, dtype=torch.float64)
            yield logs[torch.arange(len(logs)), flat[keep]].numpy()

    parts = list(statistics())
    values = np.concatenate(parts) if parts else np.zeros(0)
    if values.size == 0:
        raise ValueError("nothing is labelled")
    with np.errstate(over="ignore"):
        return np.exp(-values.mean())
