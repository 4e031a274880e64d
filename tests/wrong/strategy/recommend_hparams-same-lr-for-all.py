# cause: Recommends the learning rate of full fine-tuning, 2e-5, for LoRA and for the head as well
# function: recommend_hparams
from math import ceil


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    micro = min(per_step_batch, target_batch)
    accum = ceil(target_batch / micro)
    epochs = 3
    total = epochs * ceil(n_train / (micro * accum))
    return {
        "lr": 2e-5,
        "micro_batch": micro,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total,
        "warmup_steps": round(0.1 * total),
        "weight_decay": 0.01,
        "decay_exclude": ["bias", "LayerNorm"],
    }
