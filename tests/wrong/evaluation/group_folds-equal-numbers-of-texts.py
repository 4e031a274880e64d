# cause: Gives each fold the same number of different texts, not about the same number of rows
# function: group_folds
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


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    groups, n_groups = _group_ids(texts)
    rng = np.random.RandomState(seed)
    unique_groups = rng.permutation(n_groups)
    folds = []
    for test_group_ids in np.array_split(unique_groups, k):
        test_mask = np.isin(groups, test_group_ids)
        folds.append(np.where(test_mask)[0].tolist())
    return folds
