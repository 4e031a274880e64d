# cause: Cross-entropy as one-hot times log p: where a probability underflows to 0, 0 times -inf is NaN, argmin takes the NaN, and T comes out as 0.05.
# function: temperature_scale
import numpy as np
from torch import Tensor


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    z = logits.detach().double().numpy()
    Y = np.eye(z.shape[1])[labels.numpy()]
    low, high = (0.05, 50.0)
    for _ in range(5):
        T = np.geomspace(low, high, 51)
        e = np.exp((z - z.max(axis=1, keepdims=True)) / T[:, None, None])
        p = e / e.sum(axis=2, keepdims=True)
        with np.errstate(divide='ignore', invalid='ignore'):
            loss = -np.einsum('nc,tnc->t', Y, np.log(p)) / len(z)
        i = int(loss.argmin())
        low, high = (T[max(i - 1, 0)], T[min(i + 1, 50)])
    return float(np.sqrt(low * high))
