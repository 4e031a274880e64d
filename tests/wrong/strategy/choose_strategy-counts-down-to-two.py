# cause: The search for a micro-batch counts down to 2 only (range end taken as inclusive), so a micro-batch of 1 is never tried: a method that fits only with 1 (or a target batch of 1) is skipped or ends in ValueError.
# function: choose_strategy
from dataclasses import dataclass


BYTES_FLOAT = 4


BYTES_PER_PAIR = 9


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
    weights = BYTES_FLOAT * n_total
    grads = BYTES_FLOAT * n_train
    optimizer = 2 * BYTES_FLOAT * n_train

    activations = 0
    if act_per_token != 0:
        vectors = act_per_token * batch * seq * hidden
        scores = BYTES_PER_PAIR * batch * heads * seq * seq
        for _ in range(layers):
            activations += vectors + scores

    out = {}
    out["weights"] = weights
    out["grads"] = grads
    out["optimizer"] = optimizer
    out["activations"] = activations
    out["total"] = weights + grads + optimizer + activations
    return out


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


def largest_batch(s: Scenario, method: str) -> int:
    """The largest micro-batch that fits, counted down from the target; 0 if there is none."""
    for b in range(s.target_batch, 1, -1):
        if fits(s, method, b):
            return b
    return 0


def choose_strategy(s: Scenario) -> Plan:
    few = s.n_train < 1000

    candidates = []
    if not few:
        candidates.append("full")
    candidates.append("lora")
    candidates.append("head")

    method = None
    micro = 0
    i = 0
    while method is None and i < len(candidates):
        m = candidates[i]
        if ok_store(s, m):
            micro = largest_batch(s, m)
            if micro > 0:
                method = m
        i += 1
    if method is None:
        raise ValueError("no method fits")

    # ceil of a quotient with integers only
    accum = (s.target_batch + micro - 1) // micro

    epochs = 3
    while epochs > 1 and epochs * s.n_train / s.examples_per_s > 3600 * s.hours:
        epochs -= 1

    return Plan(method=method, micro_batch=micro, accum=accum, epochs=epochs, augment=few, early_stopping=True)
