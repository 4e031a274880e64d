"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the first of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import itertools
import math
import random
from collections.abc import Iterable

import torch
from torch import Tensor


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    ordinary = special_mask.logical_not()
    selected = torch.rand(input_ids.shape, generator=generator, dtype=torch.float64).lt(p).logical_and(ordinary)
    where = selected.nonzero(as_tuple=True)
    originals = input_ids[where]
    labels = torch.full_like(input_ids, IGNORED).index_put(where, originals)
    if originals.numel() == 0:
        return (input_ids.clone(), labels)
    strangers = torch.randint(vocab_size, originals.shape, generator=generator)
    cases = torch.multinomial(torch.tensor([1.0, 8.0, 1.0]), originals.numel(), replacement=True, generator=generator)
    options = torch.stack([originals, torch.full_like(originals, mask_id), strangers])
    return (input_ids.index_put(where, options.gather(0, cases[None])[0]), labels)


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    places = (labels.reshape(-1) - IGNORED).nonzero().squeeze(1)
    rows = logits.reshape(-1, logits.shape[-1]).index_select(0, places).double()
    targets = labels.reshape(-1).index_select(0, places)
    losses = rows.logsumexp(dim=1) - rows.gather(1, targets.unsqueeze(1)).squeeze(1)
    return (losses.sum() / max(1, len(places))).to(logits.dtype)


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    labels = input_ids.roll(shifts=-1, dims=1)
    if attention_mask is not None:
        labels = labels.where(attention_mask.roll(shifts=-1, dims=1) != 0, IGNORED)
    last = torch.arange(labels.shape[1]) == labels.shape[1] - 1
    return mlm_loss(labels=labels.masked_fill(last, IGNORED), logits=logits)


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    real = attention_mask > 0
    visible = torch.einsum("bi,bj->bij", real.int(), real.int()) == 1
    return visible.tril() if causal else visible


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    followers = [pair for document in documents for pair in itertools.pairwise(document)]
    owners = [number for number, document in enumerate(documents) for _ in document]
    sentences = [*itertools.chain.from_iterable(documents)]
    pairs = []
    while len(pairs) < n_pairs:
        if rng.getrandbits(1):
            pairs.append((*rng.choice(followers), IS_NEXT))
            continue
        first = rng.randrange(len(sentences))
        strangers = [second for second, owner in enumerate(owners) if owner != owners[first]]
        pairs.append((sentences[first], sentences[rng.choice(strangers)], NOT_NEXT))
    return pairs


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    places = [place for place, token in enumerate(input_ids.tolist()) if token == mask_id]
    rows = logits.detach().double()[places]
    chances = (rows - rows.logsumexp(dim=1, keepdim=True)).exp()
    ordered, tokens = chances.sort(dim=1, descending=True)
    return [
        list(zip(ids[:k], values[:k], strict=True))
        for ids, values in zip(tokens.tolist(), ordered.tolist(), strict=True)
    ]


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    spans, start = ([], 0)
    for word, group in itertools.groupby(word_ids):
        end = start + sum(1 for _ in group)
        if word is not None:
            spans.append((start, end))
        start = end
    room = max(1, math.floor(p * sum((end - begin for begin, end in spans)) + 0.5))
    selected = [False] * len(word_ids)
    for begin, end in sorted(spans, key=lambda _: rng.random()):
        if end - begin <= room:
            room -= end - begin
            selected[begin:end] = [True] * (end - begin)
    return selected


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    sums = torch.zeros(2, dtype=torch.float64)
    for logits, labels in batches:
        rows, targets = (logits.detach()[labels != IGNORED].double(), labels[labels != IGNORED])
        losses = rows.logsumexp(dim=-1) - rows.gather(-1, targets[:, None])[:, 0]
        sums = sums + torch.stack([losses.sum(), torch.tensor(float(len(targets)), dtype=torch.float64)])
    total, count = sums.unbind()
    if not count:
        raise ValueError("no label in the whole corpus")
    return total.div(count).exp().item()
