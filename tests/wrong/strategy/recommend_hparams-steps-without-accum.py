# cause: The total number of steps counts forward passes of a micro-batch instead of optimizer steps, since accumulation is left out.
# function: recommend_hparams

from math import ceil


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    micro_batch = min(per_step_batch, target_batch)
    accum = ceil(target_batch / micro_batch)
    epochs = 3
    steps_per_epoch = ceil(n_train / micro_batch)
    total_steps = steps_per_epoch * epochs
    return {
        "lr": {"full": 2e-5, "lora": 2e-4, "head": 1e-3}[method],
        "micro_batch": micro_batch,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total_steps,
        "warmup_steps": round(0.1 * total_steps),
        "weight_decay": 0.01,
        "decay_exclude": ["bias", "LayerNorm"],
    }
