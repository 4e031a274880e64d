# cause: Scales the attention term with act_per_token / 66, so it is too small for LoRA (48 or 42); 66 and 0 are right.
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
    """Korthikanti et al., section 4: c * s * b * h * L * (1 + (9/66) * a * s / h), with c = act_per_token."""
    c, s, b, h, L, a = act_per_token, seq, batch, hidden, layers, heads
    M = {
        "weights": 4 * n_total,
        "grads": 4 * n_train,
        "optimizer": 8 * n_train,
        "activations": c * s * b * L * (66 * h + 9 * a * s) // 66,
    }
    return M | {"total": sum(M.values())}
