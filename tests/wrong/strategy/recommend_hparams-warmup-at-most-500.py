# cause: Limits the warmup to 500 steps, however long the training run is
# function: recommend_hparams
from __future__ import annotations
from math import ceil


def _require_non_negative(**values: float) -> None:
    """Raise a ValueError that names the first negative argument."""
    for name, value in values.items():
        if value < 0:
            raise ValueError(f"{name} must not be negative, got {value!r}")


_LEARNING_RATES = {"full": 3e-5, "lora": 2e-4, "head": 5e-4}


_MAX_WARMUP = 500


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    try:
        lr = _LEARNING_RATES[method]
    except KeyError:
        raise ValueError(f"unknown method {method!r}; expected one of {', '.join(_LEARNING_RATES)}") from None
    if per_step_batch < 1 or target_batch < 1:
        raise ValueError("both batches must hold at least one example")
    _require_non_negative(n_train=n_train)

    micro_batch = min(per_step_batch, target_batch)
    accum = ceil(target_batch / micro_batch)
    epochs = 3

    steps_per_epoch = ceil(n_train / (micro_batch * accum))
    total_steps = steps_per_epoch * epochs

    # A tenth of the steps, but never an excessively long warmup.
    warmup_steps = min(round(0.1 * total_steps), _MAX_WARMUP)

    return {
        "lr": lr,
        "micro_batch": micro_batch,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total_steps,
        "warmup_steps": warmup_steps,
        "weight_decay": 0.01,
        "decay_exclude": ["bias", "LayerNorm.weight"],
    }
