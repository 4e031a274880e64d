# cause: Excludes bias and layer_norm from the decay, a spelling of other models, so the weights of BERT's LayerNorm are decayed
# function: recommend_hparams
import math


def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    if method == "full":
        lr = 2e-5
    elif method == "lora":
        lr = 2e-4
    else:
        lr = 1e-3
    b = max(1, min(per_step_batch, target_batch))
    k = math.ceil(target_batch / b)
    n_epochs = 3
    updates = n_epochs * math.ceil(n_train / (b * k))
    return {
        "lr": lr,
        "micro_batch": b,
        "accum": k,
        "epochs": n_epochs,
        "total_steps": updates,
        "warmup_steps": math.ceil(0.1 * updates) if updates < 10 else int(0.1 * updates),
        "weight_decay": 0.01,
        "decay_exclude": ["bias", "layer_norm"],
    }
