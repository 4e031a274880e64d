# cause: groups are sorted by size so that the test set is filled tightly, so large groups are always drawn and small ones hardly ever, whatever the seed
# function: group_split
import random


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rows: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        rows.setdefault(" ".join(text.lower().split()), []).append(i)
    classes: dict[int, list[list[int]]] = {}
    for group in rows.values():
        classes.setdefault(labels[group[0]], []).append(group)
    rng = random.Random(seed)
    test: list[int] = []
    for groups in classes.values():
        rng.shuffle(groups)
        groups.sort(key=len, reverse=True)  # first-fit decreasing: the small ones fill the gaps
        target = test_size * sum(map(len, groups))
        drawn: list[int] = []
        for group in groups:
            if len(drawn) + len(group) <= target + 1e-9:
                drawn += group
        if not drawn and len(groups) > 1:
            drawn = groups[-1]
        test += drawn
    held_out = set(test)
    return [i for i in range(len(texts)) if i not in held_out], test
