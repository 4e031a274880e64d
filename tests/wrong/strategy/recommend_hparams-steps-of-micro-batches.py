# cause: Counts a step for every micro-batch instead of for every optimizer step, so total_steps and warmup are too large by the factor accum
# function: recommend_hparams
from math import ceil


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    lr = {"full": 2e-5, "lora": 2e-4, "head": 5e-4}[method]
    micro_batch = min(per_step_batch, target_batch)
    accum = ceil(target_batch / micro_batch)
    epochs = 3
    steps_per_epoch = ceil(n_train / micro_batch)
    total_steps = steps_per_epoch * epochs
    warmup_steps = int(0.1 * total_steps)
    return dict(
        lr=lr,
        micro_batch=micro_batch,
        accum=accum,
        epochs=epochs,
        total_steps=total_steps,
        warmup_steps=warmup_steps,
        weight_decay=0.01,
        decay_exclude=("bias", "LayerNorm.weight"),
    )
