# cause: Compares only the first 64 characters of the normalised texts
# function: group_split
import numpy as np


def _keys(texts: list[str]) -> np.ndarray:
    # one contiguous block of fixed-width strings: np.unique sorts it without touching Python objects
    return np.array([" ".join(t.lower().split()) for t in texts], dtype="U64")


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    _, first, group, size = np.unique(_keys(texts), return_index=True, return_inverse=True, return_counts=True)
    group = group.ravel()
    _, cls = np.unique(np.asarray(labels)[first], return_inverse=True)

    # shuffle all groups, then bring each class together (stable, so the order inside a class stays random)
    order = np.random.default_rng(seed).permutation(len(size))
    order = order[np.argsort(cls[order], kind="stable")]
    c, s = cls[order], size[order]

    # rows of the class that come before each group
    before = np.cumsum(s) - s
    starts = np.r_[True, c[1:] != c[:-1]]
    before -= before[starts][c]
    last = np.r_[starts[1:], True]
    quota = test_size * np.bincount(c, weights=s)

    chosen = np.zeros(len(size), dtype=bool)
    chosen[order] = (before < quota[c]) & ~last
    mask = chosen[group]
    return np.flatnonzero(~mask).tolist(), np.flatnonzero(mask).tolist()
