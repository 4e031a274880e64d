"""A batch of 16, 6 % warmup, a list instead of a set, 2 epochs, other legal rates."""


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    micro = min(per_step_batch, target_batch // 2)
    accum = max(1, (target_batch // 2) // micro)
    while micro * accum * 2 < target_batch:
        accum += 1
    steps = n_train // (micro * accum) * 2
    lr = 5e-5
    if method == "lora":
        lr = 1e-4
    elif method == "head":
        lr = 1e-3
    return {
        "lr": lr,
        "micro_batch": micro,
        "accum": accum,
        "epochs": 2,
        "total_steps": steps,
        "warmup_steps": int(0.06 * steps),
        "weight_decay": 0.1,
        "decay_exclude": ["bias", "LayerNorm.weight", "LayerNorm.bias"],
    }
