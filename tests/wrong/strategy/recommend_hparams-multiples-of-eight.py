# cause: The micro-batch is at least 8, even if fewer examples fit
# function: recommend_hparams
_LR = {"full": 2e-5, "lora": 1e-4, "head": 1e-4}


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    # tensor cores want multiples of 8
    micro = min(target_batch, max(8, per_step_batch & ~7))
    accum = (target_batch + micro - 1) // micro
    epochs = 3
    steps = -(-n_train // (micro * accum)) * epochs
    return dict(
        lr=_LR[method],
        micro_batch=micro,
        accum=accum,
        epochs=epochs,
        total_steps=steps,
        warmup_steps=(steps + 5) // 10,
        weight_decay=0.01,
        decay_exclude=("bias", "LayerNorm"),
    )
