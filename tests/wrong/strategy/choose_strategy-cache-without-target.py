# cause: The cache of the largest micro-batch has no target batch in its key
# function: choose_strategy
from bisect import bisect_left
from dataclasses import dataclass
import torch


BYTES = torch.tensor([4, 4, 8], dtype=torch.int32)


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
    static = BYTES * torch.tensor([n_total, n_train, n_train], dtype=torch.int32)
    if act_per_token:
        row = torch.tensor([act_per_token * hidden, 9 * heads * seq], dtype=torch.int32).sum(dtype=torch.int32)
        activations = row * (batch * seq * layers)
    else:
        activations = static.new_zeros(())
    parts = torch.cat([static, activations[None]])
    values = [*parts.tolist(), parts.sum().item()]
    return dict(zip(("weights", "grads", "optimizer", "activations", "total"), values))


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


_LARGEST: dict[tuple, int] = {}


def largest_micro_batch(s: Scenario, method: str) -> int:
    key = (method, s.gpu_gib, s.n_params, s.head_params, s.hidden, s.layers, s.heads, s.seq)
    if key not in _LARGEST:
        sizes = range(1, s.target_batch + 1)
        _LARGEST[key] = bisect_left(sizes, True, key=lambda b: not fits(s, method, b))
    return _LARGEST[key]


def choose_strategy(s: Scenario) -> Plan:
    few = s.n_train < 1_000
    for method in METHODS[few:]:
        # the disk is cheaper to check than the memory
        if ok_store(s, method) and (micro := largest_micro_batch(s, method)):
            affordable = int(s.hours * 3600 * s.examples_per_s // s.n_train)
            return Plan(
                method,
                micro,
                (s.target_batch + micro - 1) // micro,
                epochs=max(1, min(3, affordable)),
                augment=few,
                early_stopping=True,
            )
    raise ValueError("no allowed method fits")
