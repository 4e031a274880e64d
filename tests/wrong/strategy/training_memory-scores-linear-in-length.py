# cause: Lets the attention scores grow with S instead of S squared
# function: training_memory
def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    bytes_per_float = 4
    w = bytes_per_float * n_total
    g = bytes_per_float * n_train
    o = 2 * bytes_per_float * n_train
    per_layer = act_per_token * batch * seq * hidden + 9 * batch * heads * seq
    a = layers * per_layer if act_per_token else 0
    return {"weights": w, "grads": g, "optimizer": o, "activations": a, "total": w + g + o + a}
