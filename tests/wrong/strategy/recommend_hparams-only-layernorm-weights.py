# cause: exempts the weights of the LayerNorms only, not even their biases
# function: recommend_hparams
from math import ceil


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    micro = min(per_step_batch, target_batch)
    accum = ceil(target_batch / micro)
    steps = ceil(n_train / (micro * accum)) * 3
    return {
        "lr": {"full": 3e-5, "lora": 2e-4, "head": 1e-3}[method],
        "micro_batch": micro,
        "accum": accum,
        "epochs": 3,
        "total_steps": steps,
        "warmup_steps": round(0.1 * steps),
        "weight_decay": 0.01,
        "decay_exclude": {"LayerNorm.weight"},
    }
