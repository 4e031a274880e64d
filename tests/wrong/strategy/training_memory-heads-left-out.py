# cause: The attention scores are counted once per layer, 9 * B * S**2, and the number of heads is left out.
# function: training_memory


def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    weights = 4 * n_total
    grads = 4 * n_train
    optimizer = 8 * n_train
    if act_per_token == 0:
        activations = 0
    else:
        activations = layers * (act_per_token * batch * seq * hidden + 9 * batch * seq**2)
    return {
        "weights": weights,
        "grads": grads,
        "optimizer": optimizer,
        "activations": activations,
        "total": weights + grads + optimizer + activations,
    }
