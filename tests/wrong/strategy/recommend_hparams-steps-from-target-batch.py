# cause: counts the steps with the target batch instead of micro_batch * accum, which may be larger
# function: recommend_hparams
from math import ceil


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    learning_rates = {"full": 3e-5, "lora": 2e-4, "head": 1e-3}
    micro_batch = min(per_step_batch, target_batch)
    accum = ceil(target_batch / micro_batch)

    epochs = 3
    steps_per_epoch = ceil(n_train / target_batch)
    total_steps = steps_per_epoch * epochs
    warmup_steps = round(total_steps * 0.1)

    return {
        "lr": learning_rates[method],
        "micro_batch": micro_batch,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total_steps,
        "warmup_steps": warmup_steps,
        "weight_decay": 0.01,
        "decay_exclude": ["bias", "LayerNorm"],
    }
