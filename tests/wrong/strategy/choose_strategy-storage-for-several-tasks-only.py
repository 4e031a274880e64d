# cause: With a single task the storage is not checked, so a plan may exceed it and ValueError is not raised.
# function: choose_strategy

from dataclasses import dataclass

_ACTIVATIONS: dict[tuple[int, ...], int] = {}


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
    # the search for the largest batch asks for the same numbers again and again
    key = batch, seq, hidden, layers, heads
    if not act_per_token:
        activations = 0
    elif key in _ACTIVATIONS:
        activations = _ACTIVATIONS[key]
    else:
        activations = _ACTIVATIONS[key] = layers * batch * seq * (act_per_token * hidden + 9 * heads * seq)
    weights, grads = 4 * n_total, 4 * n_train
    return {
        "weights": weights,
        "grads": grads,
        "optimizer": 2 * grads,
        "activations": activations,
        "total": weights + 3 * grads + activations,
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


def choose_strategy(s: Scenario) -> Plan:
    few = s.n_train < 1_000
    for method in METHODS[few:]:
        # with a single task there is a single file; only copies can fill a disk
        if s.n_tasks > 1 and not ok_store(s, method):
            continue
        # halve until it fits: at most a handful of estimates
        micro, accum = s.target_batch, 1
        while micro and not fits(s, method, micro):
            micro //= 2
        if micro:
            accum = -(-s.target_batch // micro)
            possible = int(s.hours * 3600 * s.examples_per_s // s.n_train)
            return Plan(method, micro, accum, epochs=min(3, max(1, possible)), augment=few)
    raise ValueError("no method fits")
