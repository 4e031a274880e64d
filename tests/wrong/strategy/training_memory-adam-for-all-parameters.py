# cause: Gives Adam's moments to all parameters instead of the trained ones only
# function: training_memory
def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    parts = {}
    parts["weights"] = n_total * 4
    parts["grads"] = n_train * 4
    parts["optimizer"] = n_total * 8
    if act_per_token == 0:
        parts["activations"] = 0
    else:
        parts["activations"] = layers * (act_per_token * batch * seq * hidden + 9 * batch * heads * seq * seq)
    parts["total"] = sum(parts.values())
    return parts
