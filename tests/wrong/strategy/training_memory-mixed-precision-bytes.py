# cause: Takes the bytes of mixed precision from a tutorial (2 for the weights, 2 for the gradients, 12 for the optimizer with its float32 copy) instead of float32 throughout
# function: training_memory
def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    B, S, H = batch, seq, hidden
    out = {"weights": 2 * n_total, "grads": 2 * n_train, "optimizer": 12 * n_train}
    frozen_body = act_per_token == 0
    out["activations"] = 0 if frozen_body else layers * (act_per_token * B * S * H + 9 * B * heads * S**2)
    out["total"] = sum(out[k] for k in ("weights", "grads", "optimizer", "activations"))
    return out
