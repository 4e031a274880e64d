# cause: Takes a method only if a micro-batch of 4 fits (smaller ones only if no method reaches 4), so with 5,000 examples and one task it drops full fine-tuning where 1 to 3 texts fit.
# function: choose_strategy
from __future__ import annotations
import math
from dataclasses import dataclass


_BYTES_PER_FLOAT = 4


_ATTENTION_BYTES = 9


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
    """Estimate the GPU memory of a training step, part by part."""
    weights = _BYTES_PER_FLOAT * n_total
    grads = _BYTES_PER_FLOAT * n_train
    optimizer = 2 * _BYTES_PER_FLOAT * n_train

    # A frozen body does not store any activations
    if act_per_token > 0:
        linear = act_per_token * batch * seq * hidden
        attention = _ATTENTION_BYTES * batch * heads * seq**2
        activations = layers * (linear + attention)
    else:
        activations = 0

    return {
        "weights": weights,
        "grads": grads,
        "optimizer": optimizer,
        "activations": activations,
        "total": weights + grads + optimizer + activations,
    }


METHODS = ("full", "lora", "head")


LORA_RANK = 8


ACT_PER_TOKEN = {"full": 66, "lora": 48, "head": 0}


USABLE = 0.9


@dataclass(frozen=True)
class Scenario:
    """What you have and what you need. By default, the model is BERT-base with two classes."""

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
    """What you decide to do."""

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
    """Parameters of the LoRA factors: two matrices for the query and two for the value in every layer."""
    return s.layers * 2 * LORA_RANK * (s.hidden + s.hidden)


def n_trained(s: Scenario, method: str) -> int:
    """Number of parameters that a method trains."""
    return {"full": s.n_params, "lora": n_lora(s) + s.head_params, "head": s.head_params}[method]


def mem(s: Scenario, method: str, batch: int) -> float:
    """Bytes that training takes with this micro-batch, according to your `training_memory`.

    If your `training_memory` is not right yet, `choose_strategy` and `strategy_reasons` are graded with a correct one.
    """
    n_total = s.n_params + (n_lora(s) if method == "lora" else 0)
    size = s.seq, s.hidden, s.layers, s.heads
    return training_memory(n_total, n_trained(s, method), batch, *size, ACT_PER_TOKEN[method])["total"]


def fits(s: Scenario, method: str, batch: int) -> bool:
    """Whether training fits into the usable part of the GPU."""
    return mem(s, method, batch) <= USABLE * s.gpu_gib * 2**30


def store(s: Scenario, method: str) -> float:
    """MB on disk for all tasks: a full model per task, or one shared body plus the trained part per task."""
    if method == "full":
        return 4 * s.n_params * s.n_tasks / 1e6
    return (4 * s.n_params + 4 * n_trained(s, method) * s.n_tasks) / 1e6


def ok_store(s: Scenario, method: str) -> bool:
    """Whether the files of all tasks fit into storage."""
    return store(s, method) <= s.storage_mb


_MIN_EFFICIENT_MICRO_BATCH = 4


def _largest_micro_batch(s: Scenario, method: str) -> int:
    """Return the largest micro-batch (at most the target batch) that fits into memory, or 0."""
    for micro in range(s.target_batch, 0, -1):
        if fits(s, method, micro):
            return micro
    return 0


def _plan_epochs(s: Scenario, preferred: int = 3) -> int:
    """Return the number of epochs that fit into the time budget, at least one."""
    seconds_per_epoch = s.n_train / s.examples_per_s
    budget = s.hours * 3600
    epochs = preferred
    while epochs > 1 and epochs * seconds_per_epoch > budget:
        epochs -= 1
    return epochs


def choose_strategy(s: Scenario) -> Plan:
    """Decide how to fine-tune in a given situation."""
    low_resource = s.n_train < 1_000
    candidates = ("lora", "head") if low_resource else METHODS

    # Evaluate every method that can be stored at all
    feasible: dict[str, int] = {}
    for method in candidates:
        if not ok_store(s, method):
            continue
        micro = _largest_micro_batch(s, method)
        if micro >= 1:
            feasible[method] = micro

    if not feasible:
        raise ValueError("No fine-tuning method fits into the given memory and storage")

    # Prefer the most expressive method with a reasonable GPU utilization
    needed = min(_MIN_EFFICIENT_MICRO_BATCH, s.target_batch)
    method = next((m for m, micro in feasible.items() if micro >= needed), next(iter(feasible)))

    micro = feasible[method]
    return Plan(
        method=method,
        micro_batch=micro,
        accum=math.ceil(s.target_batch / micro),
        epochs=_plan_epochs(s),
        augment=low_resource,
        early_stopping=True,
        reason=f"{method} is the most expressive method that fits, with micro-batches of {micro}",
    )
