# cause: Misreads the brackets: only the vectors are multiplied by the number of layers, the attention scores count once.
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
    """Estimate the GPU memory of a training step by parts: float32, AdamW, standard attention."""
    weights = 4 * n_total
    grads = 4 * n_train
    optimizer = 8 * n_train
    if act_per_token:
        activations = layers * act_per_token * batch * seq * hidden + 9 * batch * heads * seq**2
    else:
        activations = 0
    return {
        "weights": weights,
        "grads": grads,
        "optimizer": optimizer,
        "activations": activations,
        "total": weights + grads + optimizer + activations,
    }
