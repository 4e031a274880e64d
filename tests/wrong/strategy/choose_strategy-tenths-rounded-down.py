# cause: Reduces the micro-batch by ten per cent until it fits, and rounds the number of micro-batches down
# function: choose_strategy
import math
from collections.abc import Callable
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
    bytes_per_param = 4
    weights = bytes_per_param * n_total
    grads = bytes_per_param * n_train
    optimizer = 2 * bytes_per_param * n_train
    # Korthikanti et al.: s*b*h*34 + 5*a*s*s*b in fp16; here in fp32
    per_layer = seq * batch * hidden * act_per_token + 9 * heads * seq * seq * batch
    activations = layers * per_layer if act_per_token > 0 else 0
    return {
        "weights": weights,
        "grads": grads,
        "optimizer": optimizer,
        "activations": activations,
        "total": weights + grads + optimizer + activations,
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


def find_executable_batch_size(function: Callable[[int], bool], starting_batch_size: int = 128) -> int:
    batch_size = starting_batch_size
    while batch_size > 0:
        if function(batch_size):
            return batch_size
        batch_size = int(batch_size * 0.9)
    return 0


def choose_strategy(s: Scenario) -> Plan:
    small_data = s.n_train < 1_000
    candidates = ["lora", "head"] if small_data else ["full", "lora", "head"]
    for method in candidates:
        if not ok_store(s, method):
            continue
        per_device_train_batch_size = find_executable_batch_size(
            lambda b, method=method: fits(s, method, b), s.target_batch
        )
        if per_device_train_batch_size == 0:
            continue
        gradient_accumulation_steps = s.target_batch // per_device_train_batch_size
        seconds_per_epoch = s.n_train / s.examples_per_s
        num_train_epochs = math.floor(s.hours * 3600 / seconds_per_epoch)
        return Plan(
            method=method,
            micro_batch=per_device_train_batch_size,
            accum=gradient_accumulation_steps,
            epochs=max(1, min(3, num_train_epochs)),
            augment=small_data,
            early_stopping=True,
            reason="the largest number of trained parameters that fits",
        )
    raise ValueError("No executable batch size found, reached zero.")
