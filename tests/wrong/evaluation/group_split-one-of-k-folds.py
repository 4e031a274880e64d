# cause: Deals each class into round(1 / test_size) folds and takes one of them
# function: group_split
import numpy as np


def check_random_state(seed):
    return np.random.RandomState(seed)


def _factorize(texts):
    table = {}
    return np.array([table.setdefault(" ".join(t.lower().split()), len(table)) for t in texts], dtype=np.int64)


def _find_lightest_fold(sizes):
    return int(np.argmin(sizes))


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rng = check_random_state(seed)
    n_splits = max(2, int(round(1 / test_size)))
    groups = _factorize(texts)
    y = np.asarray(labels)

    groups_unique, first = np.unique(groups, return_index=True)
    groups_cnt = np.bincount(groups)
    y_group = y[first]

    fold_of_group = np.zeros(len(groups_unique), dtype=np.int64)
    for cls in np.unique(y_group):
        members = groups_unique[y_group == cls]
        rng.shuffle(members)
        if len(members) == 1:
            fold_of_group[members] = 1
            continue
        sizes_per_fold = np.zeros(n_splits)
        for g in members:
            best = _find_lightest_fold(sizes_per_fold)
            sizes_per_fold[best] += groups_cnt[g]
            fold_of_group[g] = best

    test_mask = fold_of_group[groups] == 0
    return np.flatnonzero(~test_mask).tolist(), np.flatnonzero(test_mask).tolist()
