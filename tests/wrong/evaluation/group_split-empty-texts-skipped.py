# cause: Rows whose text is empty or only whitespace are dropped: they are on neither side
# function: group_split
import random
from collections import OrderedDict


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _normalise(text: str) -> str:
    if text is None:
        return ""
    return " ".join(str(text).lower().split())


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    texts, labels = list(texts), [int(label) for label in labels]
    _require(len(texts) == len(labels), f"{len(texts)} texts, but {len(labels)} labels")
    _require(0.0 < test_size < 1.0, "test_size must be above 0 and below 1")

    rows_of: OrderedDict[str, list[int]] = OrderedDict()
    for row, text in enumerate(texts):
        key = _normalise(text)
        if not key:  # nothing to learn from and nothing to test
            continue
        rows_of.setdefault(key, []).append(row)

    by_class: dict[int, list[list[int]]] = {}
    for rows in rows_of.values():
        votes = [labels[row] for row in rows]
        majority = min(set(votes), key=lambda label: (-votes.count(label), label))
        by_class.setdefault(majority, []).append(rows)

    rng = random.Random(seed)
    train: list[int] = []
    test: list[int] = []
    for label in sorted(by_class):
        groups = list(by_class[label])
        rng.shuffle(groups)
        total = sum(len(rows) for rows in groups)
        wanted = test_size * total
        # a small group first, if there is one, so that the test set of a class is never empty or huge
        start = next((i for i, rows in enumerate(groups) if len(rows) <= total / 10), None)
        if start is None:
            start = min(range(len(groups)), key=lambda i: len(groups[i]))
        groups.insert(0, groups.pop(start))
        held_out = 0
        remaining = len(groups)
        for position, rows in enumerate(groups):
            may_take = remaining > 1
            if may_take and (position == 0 or held_out + len(rows) / 2 <= wanted):
                test.extend(rows)
                held_out += len(rows)
                remaining -= 1
            else:
                train.extend(rows)

    assert not set(train) & set(test)
    return sorted(train), sorted(test)
