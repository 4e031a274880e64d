# cause: The recall is 1.0 where nothing is positive
# function: prf
import numpy as np
from torch import Tensor


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    a = np.asarray(cm, dtype=float)
    tp, called, real = (a[positive, positive], a[:, positive].sum(), a[positive].sum())
    return {
        "accuracy": float(a.trace() / max(a.sum(), 1)),
        "precision": float(tp / called) if called else 0.0,
        "recall": float(tp / real) if real else 1.0,
        "f1": float(2 * tp / max(called + real, 1)),
    }
