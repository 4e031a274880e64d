# cause: takes examples_per_s for micro-batches per second, so epochs seem shorter than they are
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
    # static parts
    weights = 4 * n_total
    grads = 4 * n_train
    optimizer = 8 * n_train
    # what the forward pass keeps
    if act_per_token == 0:
        activations = 0
    else:
        vectors = act_per_token * batch * seq * hidden
        attention = 9 * batch * heads * seq**2
        activations = layers * (vectors + attention)
    total = weights + grads + optimizer + activations
    return {
        "weights": weights,
        "grads": grads,
        "optimizer": optimizer,
        "activations": activations,
        "total": total,
    }


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


def choose_strategy(s: Scenario) -> Plan:
    # step 1: which methods does the data allow?
    if s.n_train < 1000:
        allowed = ["lora", "head"]
        augment = True
    else:
        allowed = ["full", "lora", "head"]
        augment = False

    # steps 2 and 3: disk and micro-batch
    chosen = None
    micro_batch = 0
    for method in allowed:
        if not ok_store(s, method):
            continue
        size = s.target_batch
        while size >= 1 and not fits(s, method, size):
            size = size - 1
        if size >= 1:
            chosen = method
            micro_batch = size
            break
    if chosen is None:
        raise ValueError("nothing fits")

    # step 4: accumulation
    accum = ceil(s.target_batch / micro_batch)

    # step 5: time
    steps_per_epoch = ceil(s.n_train / micro_batch)
    seconds_per_epoch = steps_per_epoch / s.examples_per_s
    seconds = s.hours * 60 * 60
    epochs = int(seconds / seconds_per_epoch)
    if epochs > 3:
        epochs = 3
    if epochs < 1:
        epochs = 1

    return Plan(chosen, micro_batch, accum, epochs=epochs, augment=augment, early_stopping=True)
