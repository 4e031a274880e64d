# cause: the embedding matrices are kept out of weight decay too, although only biases and LayerNorms may be
# function: recommend_hparams
from math import ceil


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    micro = min(per_step_batch, target_batch)
    accum = ceil(target_batch / micro)
    epochs = 3
    steps = epochs * ceil(n_train / (micro * accum))
    return {
        "lr": {"full": 2e-5, "lora": 2e-4, "head": 5e-4}[method],
        "micro_batch": micro,
        "accum": accum,
        "epochs": epochs,
        "total_steps": steps,
        "warmup_steps": round(0.1 * steps),
        "weight_decay": 0.01,
        "decay_exclude": ("bias", "LayerNorm.weight", "embeddings"),
    }
