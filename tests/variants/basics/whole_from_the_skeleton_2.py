"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

from bisect import bisect_right
from collections.abc import Callable
from functools import reduce
from itertools import chain
from statistics import fmean
from typing import Any

import torch
from torch import Tensor, nn


class _Entity:
    def __init__(self, kind, token):
        self.kind, self.members = (kind, [token])

    def summary(self):
        word = ""
        for member in self.members:
            piece = member["word"]
            word += piece[2:] if piece.startswith("##") else f" {piece}"
        return {
            "entity_group": self.kind,
            "score": fmean(member["score"] for member in self.members),
            "word": word.strip(),
            "start": self.members[0]["start"],
            "end": self.members[-1]["end"],
        }


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    rows = []
    for seq in seqs:
        row = list(seq)
        if max_length is not None:
            del row[max_length - 1 : -1]
        rows.append(row)
    lengths = torch.tensor([len(row) for row in rows])
    mask = torch.arange(int(lengths.max())).expand(len(rows), -1) < lengths.unsqueeze(1)
    ids = torch.full(mask.shape, pad_id, dtype=torch.int64)
    ids.masked_scatter_(mask, torch.tensor(list(chain.from_iterable(rows)), dtype=torch.int64))
    return {"input_ids": ids, "attention_mask": mask.to(torch.int8)}


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    sizes = (len(a), 0 if b is None else len(b))
    room = max_length - 2 - (b is not None)
    level = bisect_right(range(max(sizes) + 1), room, key=lambda cap: sum(min(size, cap) for size in sizes)) - 1
    keep_a, keep_b = (min(size, level) for size in sizes)
    keep_a += sizes[0] > keep_a and keep_a + keep_b < room
    first = [cls_id, *a[:keep_a], sep_id]
    second = [] if b is None else [*b[:keep_b], sep_id]
    return {
        "input_ids": first + second,
        "token_type_ids": [0] * len(first) + [1] * len(second),
        "attention_mask": [1] * (len(first) + len(second)),
    }


def bert_param_count(
    vocab: int = 30522,
    hidden: int = 768,
    layers: int = 12,
    ffn: int = 3072,
    max_pos: int = 512,
    segments: int = 2,
    pooler: bool = True,
) -> int:
    width_squared = 4 * layers + bool(pooler)
    width = vocab + max_pos + segments + 2 + layers * (4 + 2 + 2 * ffn + 1 + 2) + bool(pooler)
    return (width_squared * hidden + width) * hidden + layers * ffn


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    shifted = logits.detach().double()
    shifted = shifted - shifted.amax(dim=-1, keepdim=True)
    weights = shifted.exp()
    answers = []
    for row in weights / weights.sum(dim=-1, keepdim=True):
        place = row.topk(1).indices.squeeze()
        answers.append({"label": id2label[place.item()], "score": row[place]})
    return answers


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
    length = len(prompt)
    buffer = torch.empty(1, length + max_new_tokens, dtype=torch.int64)
    buffer[0, :length] = torch.tensor(prompt, dtype=torch.int64)
    while length < buffer.shape[1]:
        with torch.no_grad():
            logits = next_logits(buffer[:, :length].clone()).double()
        if do_sample:
            values, ids = torch.topk(logits, k=len(logits) if top_k is None else top_k, sorted=True)
            curve = ((values - values[0]) / temperature).exp().cumsum(dim=0)
            draw = torch.rand(1, dtype=torch.float64, generator=generator) * curve[-1]
            place = torch.searchsorted(curve, draw, right=True).item()
            token = ids[min(place, int((curve < curve[-1]).sum()))]
        else:
            token = torch.topk(logits, k=1).indices[0]
        buffer[0, length] = token
        length += 1
        if eos_id is not None and token.item() == eos_id:
            break
    return buffer[0, :length].tolist()


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:

    def step(state, token):
        done, current = state
        prefix, _, kind = token["entity"].partition("-")
        if token["entity"] == "O":
            return (done, None)
        if prefix == "I" and current is not None and (current.kind == kind):
            current.members.append(token)
            return (done, current)
        current = _Entity(kind, token)
        done.append(current)
        return (done, current)

    entities, _ = reduce(step, tokens, ([], None))
    return [entity.summary() for entity in entities]


def count_parameters(model: nn.Module) -> dict[str, int]:
    unique = {id(p): p for _, p in model.named_parameters(remove_duplicate=False)}
    frozen = sum(p.numel() for p in unique.values() if not p.requires_grad)
    total = sum(p.numel() for p in unique.values())
    return {"bytes": sum(p.nbytes for p in unique.values()), "total": total, "trainable": total - frozen}


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    layers = list(model.bert.encoder.layer)
    if mode == "full":
        frozen = []
    elif mode == "head":
        frozen = [model.bert]
    elif mode == "top" and 0 <= n_top <= len(layers):
        frozen = [model.bert.embeddings, *layers[: len(layers) - n_top]]
    else:
        raise ValueError(f"mode {mode!r}, n_top {n_top!r}")
    fixed = {id(parameter) for module in frozen for parameter in module.parameters()}
    for parameter in model.parameters():
        parameter.requires_grad = id(parameter) not in fixed


def nucleus(logits: Tensor, p: float) -> Tensor:
    if p < 0 or p > 1:
        raise ValueError(f"p is {p}")

    def outside(probabilities):
        drop = [False] * len(probabilities)
        if p == 1:
            return drop
        total = 0.0
        ranked = sorted(range(len(probabilities)), key=lambda i: (probabilities[i], i), reverse=True)
        for rank, i in enumerate(ranked):
            drop[i] = rank > 0 and total >= p
            total += probabilities[i]
        return drop

    rows = logits.detach().double().softmax(dim=-1).reshape(-1, logits.shape[-1]).tolist()
    mask = torch.tensor([outside(row) for row in rows], dtype=torch.bool).reshape(logits.shape)
    return logits.masked_fill(mask, float("-inf"))


def aggregate_first(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    words = []
    for token in tokens:
        if words and token["word"][:2] == "##":
            words[-1].update(end=token["end"], word=words[-1]["word"] + token["word"][2:])
        else:
            words.append(dict(token))
    return aggregate_simple(tokens=words, text=text)
