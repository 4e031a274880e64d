# cause: The trained parameters are added to n_total for the weights, although n_total includes them already.
# function: training_memory


def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    parts = dict(weights=4 * (n_total + n_train), grads=4 * n_train, optimizer=2 * 4 * n_train, activations=0)
    if act_per_token > 0:
        per_layer = act_per_token * batch * seq * hidden + 9 * batch * heads * seq * seq
        parts["activations"] = layers * per_layer
    parts["total"] = sum(parts.values())
    return parts
