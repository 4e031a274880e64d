"""numpy numbers, powers of two, further keys, and words for what does not decay."""

import numpy as np

RATES = {"full": np.float32(3e-5), "lora": np.float32(1e-4), "head": np.float32(1e-4)}


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    largest = min(per_step_batch, target_batch)
    micro = np.int64(2) ** int(np.log2(largest))
    accum = np.int64(np.ceil(target_batch / micro))
    epochs = np.int64(5)
    batches = -(-n_train // micro)  # as a loader counts them
    steps = -(-batches // accum) * epochs
    return dict(
        lr=RATES[method],
        micro_batch=micro,
        accum=accum,
        effective_batch=micro * accum,
        epochs=epochs,
        total_steps=steps,
        warmup_steps=np.floor(steps * 0.1),
        weight_decay=np.float64(0.05),
        decay_exclude=frozenset({".bias", "Norm"}),
        scheduler="linear",
    )
