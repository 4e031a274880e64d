# cause: Computes weights, gradients and moments in int32, which overflows: 8 bytes for each of more than 268 million trained parameters become negative (BERT-large).
# function: training_memory
import numpy as np


_STATIC = np.array([4, 4, 8], dtype=np.int32)  # weights, grads, moments


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
    weights, grads, optimizer = (_STATIC * np.array([n_total, n_train, n_train], dtype=np.int32)).tolist()
    # factored: one pass over tokens
    act = bool(act_per_token) * layers * batch * seq * (act_per_token * hidden + 9 * heads * seq)
    return {
        "weights": weights,
        "grads": grads,
        "optimizer": optimizer,
        "activations": act,
        "total": weights + grads + optimizer + act,
    }
