# cause: normalises with split(" "), which leaves tabs and line breaks in the text, so that texts which differ in them count as different
# function: group_folds
import random


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        key = " ".join(word for word in text.lower().split(" ") if word)
        groups.setdefault(key, []).append(row)
    shuffled = list(groups.values())
    random.Random(seed).shuffle(shuffled)
    folds: list[list[int]] = [[] for _ in range(k)]
    for group in sorted(shuffled, key=len, reverse=True):  # stable: equal sizes stay shuffled
        min(folds, key=len).extend(group)
    return folds
