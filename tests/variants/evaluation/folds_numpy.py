"""numpy cuts the shuffled groups into k parts; arrays come back."""

import re

import numpy as np


def group_folds(texts, k=5, seed=42):
    keys = np.array([re.sub(r"\s+", " ", text.strip().lower()) for text in texts])
    _, group, n_rows = np.unique(keys, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(n_rows))
    order = order[np.argsort(-n_rows[order], kind="stable")]  # the frequent texts first
    return [np.flatnonzero(np.isin(group.ravel(), order[fold::k])) for fold in range(k)]
