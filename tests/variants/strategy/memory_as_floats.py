"""numpy floats, and more keys than asked for."""

import numpy as np


def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    per_layer = np.float64(0.0)
    if act_per_token > 0:
        per_layer = np.float64(act_per_token) * batch * seq * hidden + 9.0 * batch * heads * np.square(float(seq))
    found = {
        "weights": np.float64(n_total) * 4,
        "grads": np.float64(n_train) * 4,
        "optimizer": np.float64(n_train) * 8,
        "activations": per_layer * layers,
    }
    found["static"] = found["weights"] + found["grads"] + found["optimizer"]
    found["total"] = found["static"] + found["activations"]
    found["total_gib"] = found["total"] / 2**30
    return found
