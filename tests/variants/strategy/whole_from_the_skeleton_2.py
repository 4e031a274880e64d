"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from math import ceil
from statistics import fmean

import torch
from torch import Tensor
from torch.nn import functional as nn_functional

_OBJECTIVE = {
    ("label", False): "mlm",
    ("label", True): "mlm",
    ("token_labels", False): "mlm",
    ("token_labels", True): "mlm",
    ("span", False): "mlm",
    ("span", True): "mlm",
    ("free_text", False): "clm",
    ("free_text", True): "clm",
}


def _bisect_largest(low: int, high: int, good: Callable[[int], bool]) -> int:
    if low == high:
        return low
    middle = (low + high + 1) // 2
    return _bisect_largest(middle, high, good) if good(middle) else _bisect_largest(low, middle - 1, good)


def training_memory(
    n_total: int, n_train: int, batch: int, seq: int, hidden: int, layers: int, heads: int, act_per_token: int = 66
) -> dict[str, float]:
    parts: dict[str, float] = {}
    parts["activations"] = (
        0 if act_per_token == 0 else batch * seq * layers * (act_per_token * hidden + 9 * heads * seq)
    )
    parts["weights"] = 4 * n_total
    parts["optimizer"] = 2 * (4 * n_train)
    parts["grads"] = parts["optimizer"] // 2
    parts["total"] = reduce(lambda left, right: left + right, parts.values())
    return parts


def choose_objective(output: str, has_source: bool) -> str:
    return _OBJECTIVE[output, not not has_source]


def choose_strategy(s: Scenario) -> Plan:
    rich = s.n_train >= 5000 and s.n_tasks == 1
    scarce = s.n_train < 1000

    def possible(method: str, batch: int = 1) -> bool:
        return ok_store(s, method) and fits(s, method, batch)

    order = ["full", "head", "lora"] if rich else ["head", "lora"] if scarce else ["head", "lora", "full"]
    while not possible(order[0]):
        if len(order) == 1:
            raise ValueError(f"not even {order[0]!r} fits")
        del order[0]
    method = order[0]
    micro = _bisect_largest(1, s.target_batch, lambda batch: possible(method, batch))
    accum = -(-s.target_batch // micro)
    plan = Plan(method=method, micro_batch=micro, accum=accum, epochs=1, augment=False, early_stopping=False)
    if 2 * s.n_train / s.examples_per_s <= 3600 * s.hours:
        plan = replace(plan, epochs=2)
    return replace(plan, augment=True, early_stopping=True) if scarce else plan


def recommend_hparams(method: str, n_train: int, per_step_batch: int, target_batch: int = 32) -> dict[str, object]:
    result: dict[str, object] = {"n_train": n_train, "method": method}
    result["decay_exclude"] = ["ias", "rN"]
    result["weight_decay"] = 0.1
    micro = sorted((1, per_step_batch, target_batch))[1] if min(per_step_batch, target_batch) >= 1 else 1
    accum = target_batch // micro if target_batch % micro == 0 else ceil(target_batch / (2 * micro))
    result |= {"micro_batch": micro, "accum": accum, "epochs": 5}
    per_epoch = len(range(0, n_train, micro * accum))
    total = 5 * per_epoch
    result |= {"total_steps": total, "warmup_steps": 3 * total // 20}
    if method == "full":
        result["lr"] = 5e-05
    elif method == "lora":
        result["lr"] = 0.0003
    else:
        result["lr"] = 0.001
    return result


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    cut = list(map(tokenize, words))
    if not cut:
        return dict.fromkeys(("unk_rate", "split_rate", "pieces_per_word", "words"), 0.0)
    return {
        "unk_rate": fmean(any(piece == unk for piece in parts) for parts in cut),
        "split_rate": fmean(len(parts) >= 2 for parts in cut),
        "pieces_per_word": fmean(len(parts) for parts in cut),
        "words": float(len(cut)),
    }


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    old = weight.detach()
    if len(pieces) == 0:
        return old.clone(memory_format=torch.contiguous_format)
    starts = [0]
    flat: list[int] = []
    for ids in pieces:
        flat.extend(ids)
        starts.append(len(flat))
    means = nn_functional.embedding_bag(
        input=torch.tensor(flat, device=old.device),
        weight=old.double(),
        offsets=torch.tensor(starts[:-1], device=old.device),
        mode="mean",
    )
    return torch.vstack([old, means.to(old.dtype)])


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    body = block - 2
    joined = reduce(operator.iadd, ([*doc, sep_id] for doc in docs), [])
    if not joined:
        return []
    pieces = torch.tensor(joined, dtype=torch.long).split(body)
    if len(pieces[-1]) < body and 2 * (len(pieces[-1]) + 2) < block:
        pieces = pieces[:-1]
    return [
        torch.nn.functional.pad(torch.nn.functional.pad(p, (1, 0), value=cls_id), (0, 1), value=sep_id) for p in pieces
    ]


def domain_plan(
    pieces_per_word: float, n_unlabeled: int, n_labeled: int, domain_model: bool, needs_relations: bool = False
) -> set[str]:
    ruled_out = {
        "domain_model": not domain_model,
        "dapt": n_unlabeled <= 0,
        "extend_vocab": pieces_per_word <= 1.25,
        "knowledge": not needs_relations,
        "peft": False,
        "augment": n_labeled >= 5000,
    }
    return frozenset((action for action, out in ruled_out.items() if not out))


def strategy_reasons(s: Scenario) -> set[str]:
    checks: dict[str, Callable[[], bool]] = {
        "data_rich": lambda: not s.n_train < 5000,
        "overfitting": lambda: not s.n_train >= 1000,
        "many_tasks": lambda: s.n_tasks >= 5,
        "storage": lambda: not ok_store(s, "full"),
        "memory": lambda: not fits(s, "full", 1),
    }
    return set(filter(lambda name: checks[name](), checks))


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    if len(costs) == 0:
        return []
    columns = []
    for column in zip(*costs, strict=True):
        rank = {value: place for place, value in enumerate(sorted(set(column)))}
        columns.append([rank[value] for value in column])
    ranks = torch.tensor(columns, dtype=torch.long).T
    beaten = [bool(((ranks <= mine).all(dim=1) & (ranks < mine).any(dim=1)).any()) for mine in ranks]
    return [i for i, bad in enumerate(beaten) if not bad]
