# cause: The exclusion list is copied from a library that writes layer_norm, which no parameter name of BERT contains (LayerNorm), so the LayerNorm weights are decayed.
# function: recommend_hparams


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    lrs = {"full": 3e-5, "lora": 1e-4, "head": 5e-4}
    micro = max(1, min(per_step_batch, target_batch))
    accum = -(-target_batch // micro)
    epochs = 4 if n_train < 2_000 else 3
    total = epochs * -(-n_train // (micro * accum))
    return dict(
        lr=lrs[method],
        micro_batch=micro,
        accum=accum,
        epochs=epochs,
        total_steps=total,
        warmup_steps=round(total / 10),
        weight_decay=0.01,
        decay_exclude=["bias", "layer_norm.weight"],
    )
