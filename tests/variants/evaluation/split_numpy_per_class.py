"""The groups of each class are shuffled by numpy; their sizes, added up, tell where to cut."""

import re

import numpy as np


def group_split(texts, labels, test_size=0.2, seed=42):
    keys = np.array([re.sub(r"\s+", " ", text).strip().casefold() for text in texts])
    names, first, group, sizes = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    class_of = np.asarray(labels)[first]
    rng = np.random.default_rng(seed)
    in_test = np.zeros(len(names), dtype=bool)
    for label in np.unique(class_of):
        members = rng.permutation(np.flatnonzero(class_of == label))
        so_far = sizes[members].cumsum()
        if len(members) > 1:
            n_test = 1 + np.abs(so_far[:-1] - test_size * so_far[-1]).argmin()
            in_test[members[:n_test]] = True
    rows = rng.permutation(len(texts))
    mask = in_test[group.ravel()[rows]]
    return rows[~mask].tolist(), rows[mask].tolist()
