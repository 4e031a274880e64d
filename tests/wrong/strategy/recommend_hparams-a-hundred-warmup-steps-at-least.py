# cause: warmup_steps is at least 100, which is more than 15 % of the steps of a short run, or more than all of them.
# function: recommend_hparams


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    """Recommend hyperparameters to start from."""
    lr = 2e-5
    if method == "lora":
        lr = 2e-4
    if method == "head":
        lr = 5e-4

    micro = per_step_batch
    if micro > target_batch:
        micro = target_batch
    accum = target_batch // micro
    if accum * micro < target_batch:
        accum += 1

    epochs = 3
    steps = n_train // (micro * accum)
    # tiny data sets gave 0
    if steps < 1:
        steps = 1
    total = steps * epochs
    warmup = round(total * 0.1)
    # tiny data sets gave almost no warm-up
    if warmup < 100:
        warmup = 100
    return {
        "lr": lr,
        "micro_batch": micro,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total,
        "warmup_steps": warmup,
        "weight_decay": 0.01,
        "decay_exclude": ["bias", "LayerNorm"],
    }
