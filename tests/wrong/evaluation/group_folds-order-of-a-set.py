# cause: shuffles the elements of a set of strings, whose order is another one in every Python process
# function: group_folds
import random


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    plain = [" ".join(text.lower().split()) for text in texts]
    distinct = list(set(plain))
    random.Random(seed).shuffle(distinct)
    rows_of: dict[str, list[int]] = {text: [] for text in distinct}
    for row, text in enumerate(plain):
        rows_of[text].append(row)
    folds: list[list[int]] = [[] for _ in range(k)]
    for text in distinct:
        min(folds, key=len).extend(rows_of[text])
    return folds
