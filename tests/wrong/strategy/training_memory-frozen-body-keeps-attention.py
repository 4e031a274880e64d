# cause: with act_per_token = 0 the attention scores of the frozen body are still counted as stored
# function: training_memory
def training_memory(
    n_total: int,
    n_train: int,
    batch: int,
    seq: int,
    hidden: int,
    layers: int,
    heads: int,
    act_per_token: int = 66,
) -> dict[str, float]:
    parts = {
        "weights": 4 * n_total,
        "grads": 4 * n_train,
        "optimizer": 8 * n_train,
        "activations": layers * (act_per_token * batch * seq * hidden + 9 * batch * heads * seq**2),
    }
    parts["total"] = sum(parts.values())
    return parts
