# cause: Multiplies only the first term of the activations by the number of layers (missing parentheses)
# function: training_memory
def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    act = 0
    if act_per_token > 0:
        act = layers * act_per_token * batch * seq * hidden + 9 * batch * heads * seq**2
    mem = dict(weights=4 * n_total, grads=4 * n_train, optimizer=8 * n_train, activations=act)
    return mem | {"total": sum(mem.values())}
