# cause: The embeddings are put on the list without weight decay too, as some GPT recipes do, though they are weight matrices.
# function: recommend_hparams
from math import ceil


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    """Recommend hyperparameters to start from."""
    rates = {"full": 2e-5, "lora": 2e-4, "head": 5e-4}
    micro_batch = max(1, min(per_step_batch, target_batch))
    accum = ceil(target_batch / micro_batch)
    epochs = 3
    total_steps = ceil(n_train / (micro_batch * accum)) * epochs
    return {
        "lr": rates[method],
        "micro_batch": micro_batch,
        "accum": accum,
        "epochs": epochs,
        "total_steps": total_steps,
        "warmup_steps": round(0.1 * total_steps),
        "weight_decay": 0.01,
        "decay_exclude": ["bias", "LayerNorm", "embeddings"],
    }
