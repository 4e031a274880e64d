# cause: the number of layers multiplies only the vectors, not the attention scores (invisible with one layer)
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
    activations = 0
    if act_per_token > 0:
        activations = layers * act_per_token * batch * seq * hidden + 9 * batch * heads * seq**2
    parts = {
        "weights": 4 * n_total,
        "grads": 4 * n_train,
        "optimizer": 8 * n_train,
        "activations": activations,
    }
    parts["total"] = sum(parts.values())
    return parts
