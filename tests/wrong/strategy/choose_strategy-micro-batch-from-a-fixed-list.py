# cause: tries micro-batches of 32, 16, ... whatever the target batch is, so they may exceed a smaller one
# function: choose_strategy

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
    out = {}
    out["weights"] = n_total * 4
    out["grads"] = n_train * 4
    out["optimizer"] = n_train * 8
    tokens = batch * seq
    vectors = act_per_token * tokens * hidden  # 1980
    matrices = 9 * tokens * seq  # 162
    if act_per_token == 0:
        matrices = 0
    out["activations"] = layers * (vectors + matrices)
    out["total"] = sum(out.values())
    return out


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


def choose_strategy(s: Scenario) -> Plan:
    few = s.n_train < 1000
    plan = None
    for method in METHODS:
        if few and method == "full":
            continue
        if not ok_store(s, method):
            continue
        for micro in (32, 16, 8, 4, 2, 1):
            if fits(s, method, micro):
                plan = (method, micro)
                break
        if plan is not None:
            break
    if plan is None:
        raise ValueError("no method fits")
    method, micro = plan

    accum = s.target_batch // micro
    if accum * micro < s.target_batch:
        accum += 1

    epochs = 3
    while epochs > 1 and epochs * s.n_train / s.examples_per_s > s.hours * 3600:
        epochs -= 1

    return Plan(method=method, micro_batch=micro, accum=accum, epochs=epochs, augment=few, early_stopping=True)
