# cause: The rule for fewer than 1,000 examples is applied only if there is a single task
# function: choose_strategy
from dataclasses import dataclass
from math import ceil


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
    result = {}
    result["weights"] = 4 * n_total
    result["grads"] = 4 * n_train
    result["optimizer"] = 8 * n_train
    if act_per_token == 0:
        result["activations"] = 0
    else:
        vectors = layers * act_per_token * batch * seq * hidden
        attention = 9 * batch * heads * seq**2
        result["activations"] = vectors + attention
    result["total"] = sum(result.values())
    return result


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


def choose_strategy(s: Scenario) -> Plan:
    augment = False
    if s.n_tasks == 1 and s.n_train < 1000:
        methods = ["lora", "head"]
        augment = True
    else:
        methods = ["full", "lora", "head"]

    method = None
    for m in methods:
        if fits(s, m, 1) and ok_store(s, m):
            method = m
            break
    if method is None:
        raise ValueError("nothing fits")

    micro_batch = s.target_batch
    while not fits(s, method, micro_batch):
        micro_batch -= 1
    accum = ceil(s.target_batch / micro_batch)

    epochs = 3
    one_epoch = s.n_train / s.examples_per_s
    while epochs > 1 and epochs * one_epoch > s.hours * 60 * 60:
        epochs -= 1

    return Plan(method, micro_batch, accum, epochs, augment, True, "because it fits")
