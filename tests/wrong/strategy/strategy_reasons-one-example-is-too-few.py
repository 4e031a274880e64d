# cause: Reports memory even if exactly one example fits
# function: strategy_reasons
from dataclasses import dataclass
from math import floor


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
    """Estimate the GPU memory of a training step, part by part, for float32, AdamW and standard attention.

    ===============  ================================================================================
    ``weights``      4 bytes for every parameter, trained or not
    ``grads``        4 bytes for every trained parameter
    ``optimizer``    8 bytes for every trained parameter: Adam's two moments
    ``activations``  ``layers * (act_per_token * B * S * H  +  9 * B * heads * S**2)``: what the
                     forward pass stores for the backward pass
    ``total``        the sum of these four
    ===============  ================================================================================

    Args:
        n_total: parameters of the model, including those added for training.
        n_train: how many of them are trained.
        batch: B
        seq: S
        hidden: H
        layers: number of encoder layers.
        heads: attention heads per layer.
        act_per_token: bytes that each layer stores per token and hidden unit: 66 for full fine-tuning; 48 for LoRA on
            query and value, 42 for LoRA without dropout; 0 if the body is frozen and only a head is trained. With 0, no
            layer stores anything, not even its attention scores.

    Returns:
        A dictionary with the five keys of the table; the values are in bytes.

    >>> parts = training_memory(100, 30, batch=2, seq=3, hidden=5, layers=1, heads=1)
    >>> [parts[name] for name in ("weights", "grads", "optimizer", "activations", "total")]
    [400, 120, 240, 2142, 2902]
    """
    # L (a B S H + 9 B h S^2) = L B S (a H + 9 h S)
    stored = layers * batch * seq * (act_per_token * hidden + 9 * heads * seq)
    return {
        "weights": 4 * n_total,
        "grads": 4 * n_train,
        "optimizer": 8 * n_train,
        "activations": stored if act_per_token else 0,
        "total": 4 * (n_total + 3 * n_train) + stored,
    }


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


def store(s: Scenario, method: str) -> float:
    """MB on disk for all tasks: a full model per task, or one shared body plus the trained part per task."""
    if method == "full":
        return 4 * s.n_params * s.n_tasks / 1e6
    return (4 * s.n_params + 4 * n_trained(s, method) * s.n_tasks) / 1e6


def largest(s: Scenario, method: str) -> int:
    """Memory is affine in the micro-batch, m(b) = m(1) + (b - 1) d, so solve m(b) <= limit for b."""
    limit = USABLE * s.gpu_gib * 2**30
    m1 = mem(s, method, 1)
    d = mem(s, method, 2) - m1
    if m1 > limit:
        return 0
    if d == 0:
        return s.target_batch
    return min(s.target_batch, 1 + floor((limit - m1) / d))


def strategy_reasons(s: Scenario) -> set[str]:
    true = {
        "memory": largest(s, "full") <= 1,
        "storage": store(s, "full") > s.storage_mb,
        "overfitting": s.n_train // 1_000 == 0,
        "data_rich": s.n_train // 5_000 > 0,
        "many_tasks": s.n_tasks // 5 > 0,
    }
    return {name for name in true if true[name]}
