"""Fewer epochs for more data, 15 % warmup at most, steps that run on from epoch to epoch."""

import math


def recommend_hparams(method: str, n_train: int, per_step_batch: int, target_batch: int = 32) -> dict:
    match method:
        case "full":
            lr, decay = 1e-5, 0.01
        case "lora":
            lr, decay = 3e-4, 0.01
        case _:
            lr, decay = 7e-4, 0.02
    accum = 1
    while math.ceil(target_batch / accum) > per_step_batch:
        accum += 1
    micro = math.ceil(target_batch / accum)
    epochs = 4 if n_train < 10_000 else 3
    total = math.ceil(n_train * epochs / (micro * accum))
    return {
        "lr": lr,
        "micro_batch": micro,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total,
        "warmup_steps": total // 8,
        "weight_decay": decay,
        "decay_exclude": (".bias", "Norm."),
    }
