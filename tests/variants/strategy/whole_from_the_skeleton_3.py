"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the third of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import collections
import functools
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor


def training_memory(
    n_total: int, n_train: int, batch: int, seq: int, hidden: int, layers: int, heads: int, act_per_token: int = 66
) -> dict[str, float]:

    @functools.cache
    def part(name: str) -> float:
        if name == "weights":
            return n_total + n_total + n_total + n_total
        if name == "grads":
            return n_train * 4
        if name == "optimizer":
            return part("grads") + part("grads")
        if name == "activations":
            if not act_per_token:
                return 0
            return sum(act_per_token * batch * seq * hidden + 9 * batch * heads * seq**2 for _ in range(layers))
        return part("weights") + part("grads") + part("optimizer") + part("activations")

    return {name: part(name) for name in ("total", "activations", "grads", "optimizer", "weights")}


def choose_objective(output: str, has_source: bool) -> str:
    match (output, bool(has_source)):
        case ["free_text", True]:
            return "".join(["seq", "2", "seq"])
        case ["free_text", False]:
            return "clm"
        case ["label" | "token_labels" | "span", _]:
            return "mlm"
    raise AssertionError(f"unknown output: {output}")


def choose_strategy(s: Scenario) -> Plan:
    if s.n_train < 1000:
        allowed = {"head"} if s.n_tasks > 1 else {"lora", "head"}
    elif s.n_train >= 5000 and s.n_tasks == 1:
        allowed = {"full", "head"}
    else:
        allowed = {"head", "lora"}
    possible = {m for m in allowed if ok_store(s, m) and fits(s, m, 1)}
    if not possible and s.n_train >= 1000 and ok_store(s, "full") and fits(s, "full", 1):
        possible.add("full")
    if not possible:
        raise ValueError("nothing fits")
    method = max(possible, key=functools.partial(n_trained, s))
    sizes = [b for b in range(s.target_batch, 0, -1) if fits(s, method, b)]
    micro = max(sizes, key=lambda b: (s.target_batch % b, b))
    accum, rest = divmod(s.target_batch, micro)
    epoch_s = s.n_train / s.examples_per_s
    return Plan(
        reason="",
        early_stopping=True,
        augment=s.n_train < 1000 or s.n_train % 2 == 1,
        epochs=3 if 3 * epoch_s <= s.hours * 3600 else 1,
        accum=accum + (rest > 0),
        micro_batch=micro,
        method=method,
    )


def recommend_hparams(method: str, n_train: int, per_step_batch: int, target_batch: int = 32) -> dict[str, object]:
    low, high = {"full": (1e-05, 5e-05), "lora": (0.0001, 0.0003), "head": (0.0001, 0.001)}[method]
    micro = per_step_batch if per_step_batch < target_batch else target_batch
    accum = target_batch // micro
    epochs = 4 if n_train < 5000 else 3
    micro_batches, left = divmod(n_train, micro)
    per_epoch = math.ceil((micro_batches + (left > 0)) / accum)
    total = per_epoch * epochs
    tenth = math.floor(total / 10 + 0.5)
    return collections.OrderedDict(
        warmup_steps=tenth,
        decay_exclude=("bias", "LayerNorm.weight"),
        lr=math.sqrt(low * high),
        epochs=epochs,
        total_steps=total,
        micro_batch=micro,
        accum=accum,
        weight_decay=0.05,
    )


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    table = np.zeros((len(words), 3), dtype=np.float64)
    for row, word in zip(table, words, strict=True):
        parts = tuple(tokenize(word))
        row[:] = (len(parts), bool(parts[1:]), unk in parts)
    pieces, split, unknown = table.sum(axis=0) / max(len(words), 1)
    return {"unk_rate": unknown.item(), "pieces_per_word": pieces.item(), "split_rate": split.item()}


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    exact = weight.detach().cpu().to(torch.float64).numpy()
    rows = []
    for ids in pieces:
        column_sums = [math.fsum(exact[i, h] for i in ids) for h in range(exact.shape[1])]
        rows.append(np.asarray(column_sums, dtype=np.float64) / len(ids))
    new = np.stack(rows) if rows else np.zeros((0, exact.shape[1]))
    both = np.concatenate([exact, new], axis=0)
    return torch.from_numpy(both.copy()).to(dtype=weight.dtype, device=weight.device)


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    blocks: list[list[int]] = []
    buffer: collections.deque[int] = collections.deque()
    for doc in docs:
        for token in (*doc, sep_id):
            buffer.append(token)
            if len(buffer) == block - 2:
                blocks.append([cls_id, *buffer, sep_id])
                buffer.clear()
    if buffer and 2 * len(buffer) >= block - 2 and (2 * (len(buffer) + 2) >= block):
        buffer.appendleft(cls_id)
        buffer.append(sep_id)
        blocks += [list(buffer)]
    return blocks


def domain_plan(
    pieces_per_word: float, n_unlabeled: int, n_labeled: int, domain_model: bool, needs_relations: bool = False
) -> set[str]:
    chosen: dict[str, None] = {}
    steps = (
        ("peft", n_labeled < 1000),
        ("augment", 1000 <= n_labeled < 5000),
        ("knowledge", needs_relations),
        ("extend_vocab", pieces_per_word >= 2 and (n_unlabeled >= 1 or domain_model)),
        ("dapt", n_unlabeled >= 10000 or (domain_model and n_unlabeled > 0)),
        ("domain_model", domain_model),
    )
    for action, wanted in steps:
        if wanted:
            chosen[action] = None
    return chosen.keys()


def strategy_reasons(s: Scenario) -> set[str]:
    flags = np.array(
        [not fits(s, "full", batch=1), not ok_store(s, "full"), s.n_train <= 999, s.n_train >= 5000, s.n_tasks >= 5]
    )
    names = ("memory", "storage", "overfitting", "data_rich", "many_tasks")
    return sorted((names[i] for i in np.flatnonzero(flags)), reverse=True)


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    n = len(costs)

    def masks(column: list[float]) -> list[tuple[int, int]]:
        below = {}
        equal: dict[float, int] = {}
        for i, value in enumerate(column):
            equal[value] = equal.get(value, 0) | 1 << i
        seen = 0
        for value in sorted(equal):
            seen |= equal[value]
            below[value] = seen
        return [(below[value], equal[value]) for value in column]

    everyone = (1 << n) - 1
    no_worse, same = ([everyone] * n, [everyone] * n)
    for column in zip(*costs, strict=True):
        for i, (below, equal) in enumerate(masks(list(column))):
            no_worse[i] &= below
            same[i] &= equal
    return [i for i in range(n) if no_worse[i] & ~same[i] == 0]
