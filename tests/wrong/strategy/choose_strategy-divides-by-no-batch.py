# cause: divides by a micro-batch of 0 if no method fits
# function: choose_strategy
from dataclasses import dataclass
from math import ceil


def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    parts = {"weights": 4 * n_total, "grads": 4 * n_train, "optimizer": 8 * n_train, "activations": 0}
    if act_per_token:
        parts["activations"] = layers * (act_per_token * batch * seq * hidden + 9 * batch * heads * seq**2)
    parts["total"] = sum(parts.values())
    return parts


# --- given: a situation, a plan, and what a plan costs ---

METHODS = ("full", "lora", "head")
"""All parameters; LoRA of rank 8 on query and value, and the head; the head alone."""
LORA_RANK = 8
ACT_PER_TOKEN = {"full": 66, "lora": 48, "head": 0}
USABLE = 0.9
"""Share of a GPU's memory that a plan may fill; the rest is for what the model of `training_memory` leaves out."""


@dataclass(frozen=True)
class Scenario:
    """What you have and what you need. The model is BERT-base with two classes, unless you say otherwise."""

    n_train: int = 20_000
    """Labelled examples of one task."""
    gpu_gib: float = 16.0
    """Memory of the GPU in GiB."""
    n_tasks: int = 1
    """Tasks that are to be served at the same time, each with a model or an adapter of its own."""
    hours: float = 24.0
    """Time for training one task. It is always enough for one epoch."""
    storage_mb: float = 10_000.0
    """Room for the files of all tasks, in MB."""
    n_params: int = 109_483_778
    hidden: int = 768
    layers: int = 12
    heads: int = 12
    seq: int = 128
    """Tokens of a text."""
    target_batch: int = 32
    """Examples behind one step of the optimizer."""
    examples_per_s: float = 60.0
    """Training speed, by whatever method."""
    head_params: int = 1_538
    """Parameters of the head; they are part of ``n_params``."""


@dataclass(frozen=True)
class Plan:
    """What you decide to do."""

    method: str
    """One of ``METHODS``."""
    micro_batch: int
    """Examples of one forward pass."""
    accum: int
    """Micro-batches behind one step of the optimizer."""
    epochs: int = 3
    augment: bool = False
    early_stopping: bool = True
    reason: str = ""
    """In your own words; nobody grades it."""


def n_lora(s: Scenario) -> int:
    """Parameters of the LoRA factors: two matrices for the query and two for the value of every layer."""
    return s.layers * 2 * LORA_RANK * (s.hidden + s.hidden)


def n_trained(s: Scenario, method: str) -> int:
    """How many parameters a method trains."""
    return {"full": s.n_params, "lora": n_lora(s) + s.head_params, "head": s.head_params}[method]


def mem(s: Scenario, method: str, batch: int) -> float:
    """Bytes that training takes with this micro-batch, by your `training_memory`.

    When `choose_strategy` and `strategy_reasons` are graded, a `training_memory` that is not yet right is replaced.
    """
    n_total = s.n_params + (n_lora(s) if method == "lora" else 0)
    size = s.seq, s.hidden, s.layers, s.heads
    return training_memory(n_total, n_trained(s, method), batch, *size, ACT_PER_TOKEN[method])["total"]


def fits(s: Scenario, method: str, batch: int) -> bool:
    """Whether training fits into the usable part of the GPU."""
    return mem(s, method, batch) <= USABLE * s.gpu_gib * 2**30


def store(s: Scenario, method: str) -> float:
    """MB on the disk for all tasks: a whole model for each, or one body and for each task what it trained."""
    if method == "full":
        return 4 * s.n_params * s.n_tasks / 1e6
    return (4 * s.n_params + 4 * n_trained(s, method) * s.n_tasks) / 1e6


def ok_store(s: Scenario, method: str) -> bool:
    """Whether the files of all tasks fit into the storage."""
    return store(s, method) <= s.storage_mb


def choose_strategy(s: Scenario) -> Plan:
    order = ["lora", "head"] if s.n_train < 1000 else ["full", "lora", "head"]
    chosen, micro = order[-1], 0
    for method in order:
        batch = next((n for n in range(s.target_batch, 0, -1) if fits(s, method, n)), 0)
        if batch and ok_store(s, method):
            chosen, micro = method, batch
            break
    possible = int(s.hours * 3600 * s.examples_per_s / s.n_train)
    return Plan(
        method=chosen,
        micro_batch=micro,
        accum=ceil(s.target_batch / micro),
        epochs=max(1, min(3, possible)),
        augment=s.n_train < 1000,
        early_stopping=True,
    )
