# cause: numpy broadcasting: a list of labels of length 1 with several texts (or an empty list with one text) raises no error
# function: keep_confirmed
from collections.abc import Callable
import numpy as np


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    p = np.array(classify(texts), dtype=np.float64).reshape(len(texts), -1) if texts else np.zeros((0, 1))
    y = np.array(labels, dtype=np.int64)
    if y.size and y.max() >= p.shape[1]:
        raise ValueError("a label has no probability")
    keep = (p.argmax(axis=1) == y) & (p[np.arange(len(texts)), y] >= threshold)
    index = np.flatnonzero(keep)
    y = np.broadcast_to(y, keep.shape)
    return [texts[i] for i in index], y[index].tolist()
