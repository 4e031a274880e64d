# cause: Caps accum at 8, so that small micro-batches fall short of the target batch
# function: choose_strategy
from __future__ import annotations

import copy
import math
from dataclasses import dataclass


def training_memory(
    n_total: int,
    n_train: int,
    batch: int,
    seq: int,
    hidden: int,
    layers: int,
    heads: int,
    act_per_token: int = 66,
) -> dict[str, float]:
    for name, value in {"n_total": n_total, "n_train": n_train, "batch": batch, "act_per_token": act_per_token}.items():
        if value < 0:
            raise ValueError(f"{name} is negative: {value}")
    if n_train > n_total:
        raise ValueError("more trained parameters than parameters")
    parts: dict[str, float] = {
        "weights": 4 * n_total,
        "grads": 4 * n_train,
        "optimizer": 8 * n_train,
        "activations": 0,
    }
    if act_per_token > 0:
        vectors = act_per_token * batch * seq * hidden
        scores = 9 * batch * heads * seq**2
        parts["activations"] = layers * (vectors + scores)
    parts["total"] = sum(parts.values())
    return parts


METHODS = ("full", "lora", "head")


LORA_RANK = 8


ACT_PER_TOKEN = {"full": 66, "lora": 48, "head": 0}


USABLE = 0.9


@dataclass(frozen=True)
class Scenario:
    n_train: int = 20_000
    """Labelled examples of one task."""
    gpu_gib: float = 16.0
    """Memory of the GPU in GiB."""
    n_tasks: int = 1
    """Tasks to be served at the same time, each with its own model or adapter."""
    hours: float = 24.0
    """Time for training one task. It is always enough for one epoch."""
    storage_mb: float = 10_000.0
    """Storage for the files of all tasks, in MB."""
    n_params: int = 109_483_778
    hidden: int = 768
    layers: int = 12
    heads: int = 12
    seq: int = 128
    """Tokens per text."""
    target_batch: int = 32
    """Examples per optimizer step."""
    examples_per_s: float = 60.0
    """Training speed; the same for every method."""
    head_params: int = 1_538
    """Parameters of the head; they are part of ``n_params``."""


@dataclass(frozen=True)
class Plan:
    method: str
    """One of ``METHODS``."""
    micro_batch: int
    """Examples per forward pass."""
    accum: int
    """Micro-batches per optimizer step."""
    epochs: int = 3
    augment: bool = False
    early_stopping: bool = True
    reason: str = ""
    """In your own words; it is not graded."""


def n_lora(s: Scenario) -> int:
    return s.layers * 2 * LORA_RANK * (s.hidden + s.hidden)


def n_trained(s: Scenario, method: str) -> int:
    return {"full": s.n_params, "lora": n_lora(s) + s.head_params, "head": s.head_params}[method]


def mem(s: Scenario, method: str, batch: int) -> float:
    n_total = s.n_params + (n_lora(s) if method == "lora" else 0)
    size = s.seq, s.hidden, s.layers, s.heads
    return training_memory(n_total, n_trained(s, method), batch, *size, ACT_PER_TOKEN[method])["total"]


def fits(s: Scenario, method: str, batch: int) -> bool:
    return mem(s, method, batch) <= USABLE * s.gpu_gib * 2**30


def store(s: Scenario, method: str) -> float:
    if method == "full":
        return 4 * s.n_params * s.n_tasks / 1e6
    return (4 * s.n_params + 4 * n_trained(s, method) * s.n_tasks) / 1e6


def ok_store(s: Scenario, method: str) -> bool:
    return store(s, method) <= s.storage_mb


MAX_ACCUM = 8


def _largest_micro_batch(s: Scenario, method: str) -> int:
    for batch in range(int(s.target_batch), 0, -1):
        if fits(s, method, batch):
            return batch
    return 0


def choose_strategy(s: Scenario) -> Plan:
    s = copy.deepcopy(s)
    few = s.n_train < 1_000
    allowed = [method for method in METHODS if not (few and method == "full")]
    problems: list[str] = []
    for method in allowed:
        if not ok_store(s, method):
            problems.append(f"{method}: storage")
            continue
        micro_batch = _largest_micro_batch(s, method)
        if micro_batch == 0:
            problems.append(f"{method}: memory")
            continue
        accum = math.ceil(s.target_batch / micro_batch)
        # very long accumulation makes a step unbearably slow
        accum = max(1, min(accum, MAX_ACCUM))
        epoch_seconds = max(s.n_train / s.examples_per_s, 1e-9)
        possible = int(s.hours * 3600.0 / epoch_seconds)
        epochs = max(1, min(3, possible))
        plan = Plan(method, micro_batch, accum, epochs, augment=few, early_stopping=True, reason="; ".join(problems))
        assert plan.method in METHODS and 1 <= plan.micro_batch <= s.target_batch
        return plan
    raise ValueError("nothing fits: " + ", ".join(problems))
