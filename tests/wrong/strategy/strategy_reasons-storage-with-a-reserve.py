# cause: Compares the storage of full copies with 90 % of the storage instead of all of it
# function: strategy_reasons
from __future__ import annotations

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


def strategy_reasons(s: Scenario) -> set[str]:
    checks: dict[str, bool] = {
        "memory": not fits(s, "full", 1),
        "storage": store(s, "full") > USABLE * s.storage_mb,
        "overfitting": int(s.n_train) < 1_000,
        "data_rich": int(s.n_train) >= 5_000,
        "many_tasks": int(s.n_tasks) >= 5,
    }
    return {name for name, true in checks.items() if bool(true)}
