# cause: Scales the learning rate with the square root of the batch over 32, so it leaves its range for small or large target batches; right for 32.
# function: recommend_hparams
from math import ceil, sqrt


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    """Start values, with the learning rate scaled to the batch."""
    b = min(per_step_batch, target_batch)
    k = ceil(target_batch / b)
    E = 4
    T = E * ceil(n_train / (b * k))
    eta = {"full": 2e-5, "lora": 2e-4, "head": 4e-4}[method]  # for batches of 32
    return {
        "lr": eta * sqrt(b * k / 32),  # gradient noise ~ 1 / sqrt(batch)
        "micro_batch": b,
        "accum": k,
        "epochs": E,
        "total_steps": T,
        "warmup_steps": round(T / 10),
        "weight_decay": 0.01,
        "decay_exclude": ["bias", "LayerNorm"],
    }
