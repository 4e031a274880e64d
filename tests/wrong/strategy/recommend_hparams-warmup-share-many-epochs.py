# cause: Returns the warmup as a share of the steps (0.1) instead of as a whole number of steps; and: recommends 10 epochs for LoRA and a head, as for training from scratch
# function: recommend_hparams
from math import ceil


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    micro = min(per_step_batch, target_batch)
    accum = ceil(target_batch / micro)
    epochs = 3 if method == "full" else 10
    total_steps = ceil(n_train / (micro * accum)) * epochs
    return {
        "lr": {"full": 5e-5, "lora": 3e-4, "head": 1e-3}[method],
        "micro_batch": micro,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total_steps,
        "warmup_steps": 0.1,
        "weight_decay": 0.1,
        "decay_exclude": ["bias", "LayerNorm"],
    }
