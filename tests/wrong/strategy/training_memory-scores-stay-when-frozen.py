# cause: Multiplies only the first term by act_per_token, so a frozen body (0) still stores its attention scores
# function: training_memory
def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    weights = 4 * n_total
    grads = 4 * n_train
    optimizer = 8 * n_train
    activations = layers * (act_per_token * batch * seq * hidden + 9 * batch * heads * seq**2)
    return {
        "weights": weights,
        "grads": grads,
        "optimizer": optimizer,
        "activations": activations,
        "total": weights + grads + optimizer + activations,
    }
