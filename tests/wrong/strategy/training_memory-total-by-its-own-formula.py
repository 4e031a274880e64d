# cause: Computes the total by a formula of its own, which contains the attention term even with act_per_token=0
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
    # L (a B S H + 9 B h S^2) = L B S (a H + 9 h S)
    stored = layers * batch * seq * (act_per_token * hidden + 9 * heads * seq)
    return {
        "weights": 4 * n_total,
        "grads": 4 * n_train,
        "optimizer": 8 * n_train,
        "activations": stored if act_per_token else 0,
        "total": 4 * (n_total + 3 * n_train) + stored,
    }
