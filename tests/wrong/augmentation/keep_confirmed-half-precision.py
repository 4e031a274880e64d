# cause: Rounds the probabilities to half precision, so a label just below the threshold is kept, and a close second class can tie and win or lose.
# function: keep_confirmed
from collections.abc import Callable
import numpy as np


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    if len(texts) != len(labels):
        raise ValueError("lengths differ")
    if not texts:
        return [], []
    probs = np.asarray(classify(texts), dtype=np.float16)
    want = np.asarray(labels)
    ok = (probs.argmax(1) == want) & (probs.max(1) >= threshold)
    idx = np.flatnonzero(ok).tolist()
    return [texts[i] for i in idx], [labels[i] for i in idx]
