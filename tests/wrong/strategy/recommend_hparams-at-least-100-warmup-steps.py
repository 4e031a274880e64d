# cause: trusts a blog post that says that a warm-up needs at least 100 steps; for a short training that is far more than 15 %
# function: recommend_hparams
from math import ceil


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    lr = {"full": 2e-5, "lora": 2e-4, "head": 5e-4}[method]
    micro = min(per_step_batch, target_batch)
    accum = ceil(target_batch / micro)
    epochs = 3
    total = ceil(n_train / (micro * accum)) * epochs
    return {
        "lr": lr,
        "micro_batch": micro,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total,
        "warmup_steps": min(total, max(100, round(0.1 * total))),
        "weight_decay": 0.01,
        "decay_exclude": ["bias", "LayerNorm"],
    }
