# cause: Deals each class into a whole number of folds and takes one of them at random
# function: group_split
import numpy as np


def normalize_answer(s: str) -> str:
    """Lower text and collapse whitespace (as in the SQuAD script, without articles and punctuation)."""

    def white_space_fix(text):
        return " ".join(text.split())

    def lower(text):
        return text.lower()

    return white_space_fix(lower(s))


def _group_ids(texts):
    keys = np.array([normalize_answer(t) for t in texts], dtype=object)
    lookup = {}
    codes = np.array([lookup.setdefault(k, len(lookup)) for k in keys], dtype=np.int64)
    return codes, len(lookup)


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rng = np.random.RandomState(seed)
    codes, n_groups = _group_ids(texts)
    y = np.asarray(labels)
    n_splits = max(2, int(round(1.0 / test_size)))

    # class of a group = class of its first row
    _, first = np.unique(codes, return_index=True)
    y_group = y[first]
    group_sizes = np.bincount(codes, minlength=n_groups)

    test_groups = set()
    for cls in np.unique(y_group):
        members = np.flatnonzero(y_group == cls)
        rng.shuffle(members)
        samples_per_fold = np.zeros(n_splits)
        groups_per_fold = [[] for _ in range(n_splits)]
        for group_idx in members:
            lightest_fold = int(np.argmin(samples_per_fold))
            samples_per_fold[lightest_fold] += group_sizes[group_idx]
            groups_per_fold[lightest_fold].append(int(group_idx))
        filled = [fold for fold in groups_per_fold if fold]
        if len(filled) > 1:
            test_groups.update(filled[rng.randint(len(filled))])

    mask = np.isin(codes, sorted(test_groups))
    return np.flatnonzero(~mask).tolist(), np.flatnonzero(mask).tolist()
