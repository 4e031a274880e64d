# cause: The cached activations have no act_per_token in their key, so full and LoRA get the value of whichever came first.
# function: training_memory
_ACTIVATIONS: dict[tuple[int, ...], int] = {}


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
    # the search for the largest batch asks for the same numbers again and again
    key = batch, seq, hidden, layers, heads
    if not act_per_token:
        activations = 0
    elif key in _ACTIVATIONS:
        activations = _ACTIVATIONS[key]
    else:
        activations = _ACTIVATIONS[key] = layers * batch * seq * (act_per_token * hidden + 9 * heads * seq)
    weights, grads = 4 * n_total, 4 * n_train
    return {
        "weights": weights,
        "grads": grads,
        "optimizer": 2 * grads,
        "activations": activations,
        "total": weights + 3 * grads + activations,
    }
