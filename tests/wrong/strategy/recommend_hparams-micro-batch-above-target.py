# cause: Uses the largest micro-batch that fits, even where it is larger than the target batch
# function: recommend_hparams
from math import ceil


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    micro = per_step_batch
    accum = max(1, ceil(target_batch / micro))
    epochs = 4 if n_train < 5000 else 3
    total = epochs * max(1, n_train // (micro * accum))
    rates = {"full": 3e-5, "lora": 1e-4, "head": 1e-3}
    return {
        "lr": rates[method],
        "micro_batch": micro,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total,
        "warmup_steps": round(total / 10),
        "weight_decay": 0.05,
        "decay_exclude": ["bias", "LayerNorm"],
    }
