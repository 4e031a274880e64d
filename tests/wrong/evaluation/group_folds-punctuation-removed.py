# cause: Removes punctuation before texts are compared, so texts that differ only in it are equal
# function: group_folds
import random
import re


def clean(text):
    text = text.lower()
    text = re.sub("[^\\w\\s]", "", text)
    return " ".join(text.split())


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    rows_of_text = {}
    for i in range(len(texts)):
        key = clean(texts[i])
        if key not in rows_of_text:
            rows_of_text[key] = []
        rows_of_text[key].append(i)
    groups = list(rows_of_text.values())
    random.Random(seed).shuffle(groups)
    folds = []
    for _ in range(k):
        folds.append([])
    for g in groups:
        sizes = [len(fold) for fold in folds]
        smallest = sizes.index(min(sizes))
        folds[smallest].extend(g)
    return folds
