"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the first of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import bisect
import itertools
import math
import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def _keep_first_and_last(row, limit):
    return row if limit is None or len(row) <= limit else [*row[: limit - 1], row[-1]]


def _tag(token):
    return re.fullmatch("(?:([BI])-)?(.*)", token["entity"], flags=re.DOTALL).groups()


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    rows = [torch.tensor(_keep_first_and_last(row, max_length), dtype=torch.int32) for row in seqs]
    ids = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=pad_id)
    lengths = torch.tensor([row.numel() for row in rows])
    return {"attention_mask": lengths[:, None] > torch.arange(ids.shape[1])[None], "input_ids": ids}


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    second = 0 if b is None else len(b)
    room = max_length - (2 if b is None else 3)
    if b is None:
        keep_a = min(len(a), room)
    else:
        keep_a = min(len(a), max(room // 2, room - second))
    keep_b = min(second, room - keep_a)
    parts = [(cls_id, 0), *((token, 0) for token in a[:keep_a]), (sep_id, 0)]
    if b is not None:
        parts += [*((token, 1) for token in b[:keep_b]), (sep_id, 1)]
    ids, segments = zip(*parts, strict=True)
    return {"attention_mask": [1 for _ in parts], "token_type_ids": list(segments), "input_ids": list(ids)}


def bert_param_count(
    vocab: int = 30522,
    hidden: int = 768,
    layers: int = 12,
    ffn: int = 3072,
    max_pos: int = 512,
    segments: int = 2,
    pooler: bool = True,
) -> int:
    norm = [(hidden,), (hidden,)]

    def linear(wide, narrow):
        return [(wide, narrow), (wide,)]

    layer = [*(shape for _ in range(4) for shape in linear(hidden, hidden)), *norm]
    layer += [*linear(ffn, hidden), *linear(hidden, ffn), *norm]
    shapes = [(vocab, hidden), (max_pos, hidden), (segments, hidden), *norm, *layer * layers]
    shapes += linear(hidden, hidden) * bool(pooler)
    return sum(map(math.prod, shapes))


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    highest, index = logits.detach().double().max(dim=-1)
    scores = (highest - logits.detach().double().logsumexp(dim=-1)).exp()
    return [{"score": score, "label": id2label[i]} for i, score in zip(index.tolist(), scores.tolist(), strict=True)]


def generate(
    next_logits: Callable[[Tensor], Tensor],
    prompt: list[int],
    max_new_tokens: int,
    eos_id: int | None = None,
    do_sample: bool = False,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> list[int]:

    def pick(logits):
        logits = logits.detach().double()
        if not do_sample:
            return int(logits.argmax())
        order = logits.sort(descending=True, stable=True).indices[:top_k]
        chances = ((logits[order] - logits.max()) / temperature).exp()
        clocks = torch.empty_like(chances).exponential_(generator=generator)
        return int(order[(chances / clocks).argmax()])

    tokens = list(prompt)
    for _ in itertools.repeat(None, max_new_tokens):
        tokens = [*tokens, pick(next_logits(torch.tensor(tokens, dtype=torch.int64).view(1, -1)))]
        if eos_id is not None and tokens[-1] == eos_id:
            break
    return tokens


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    tags = [(None, None) if token["entity"] == "O" else _tag(token) for token in tokens]
    begins = [
        i
        for i, (prefix, kind) in enumerate(tags)
        if kind is not None and (prefix == "B" or i == 0 or tags[i - 1][1] != kind)
    ]
    breaks = sorted({*begins, *(i for i, (_, kind) in enumerate(tags) if kind is None), len(tokens)})
    answer = []
    for first in begins:
        last = breaks[bisect.bisect_right(breaks, first)]
        members = tokens[first:last]
        start, end = (members[0]["start"], members[-1]["end"])
        answer.append(
            {
                "start": start,
                "end": end,
                "word": text[start:end],
                "score": math.fsum(member["score"] for member in members) / len(members),
                "entity_group": tags[first][1],
            }
        )
    return answer


def count_parameters(model: nn.Module) -> dict[str, int]:
    table = torch.tensor(
        [(p.numel(), p.numel() * p.requires_grad, p.numel() * p.element_size()) for p in model.parameters()],
        dtype=torch.int64,
    ).reshape(-1, 3)
    return dict(zip(("total", "trainable", "bytes"), table.sum(dim=0).tolist(), strict=True))


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    count = len(model.bert.encoder.layer)
    patterns = {
        "full": ".*",
        "head": "(?!bert\\.).*",
        "top": "(?!bert\\.).*|bert\\.pooler\\..*|bert\\.encoder\\.layer\\.(\\d+)\\..*",
    }
    if mode not in patterns or (mode == "top" and n_top not in range(count + 1)):
        raise ValueError(f"no such mode: {mode!r} with {n_top} of {count} layers")
    for name, parameter in model.named_parameters():
        found = re.fullmatch(patterns[mode], name)
        number = found and found.re.groups and found.group(1)
        parameter.requires_grad_(found is not None and (not number or int(number) >= count - n_top))


def nucleus(logits: Tensor, p: float) -> Tensor:
    if not 0 <= p <= 1:
        raise ValueError("p must be from 0 to 1")
    if p == 1:
        return logits.clone()
    ordered, order = logits.detach().double().softmax(dim=-1).sort(dim=-1, descending=True, stable=True)
    before = torch.nn.functional.pad(ordered.cumsum(dim=-1)[..., :-1], (1, 0))
    keep = before < p
    keep[..., 0] = True
    return torch.where(keep.gather(-1, order.argsort(dim=-1)), logits, -torch.inf)


def aggregate_first(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    numbers = itertools.accumulate(not token["word"].startswith("##") for token in tokens)
    words = []
    for _, pairs in itertools.groupby(zip(numbers, tokens, strict=True), key=lambda pair: pair[0]):
        pieces = [token for _, token in pairs]
        words.append({**pieces[0], "end": pieces[-1]["end"]})
    return aggregate_simple(text=text, tokens=words)
