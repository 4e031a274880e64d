# cause: Draws whole groups, then moves single rows of the test set to training until it is small enough
# function: group_split
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

_WHITESPACE = re.compile(r"\s+")


def _normalize_text(text: str) -> str:
    return _WHITESPACE.sub(" ", str(text)).strip().lower()


def _collect_groups(texts: Iterable[str]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        groups[_normalize_text(text)].append(row)
    return dict(groups)


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    if len(texts) != len(labels):
        raise ValueError(f"texts and labels differ in length: {len(texts)} != {len(labels)}")

    rng = random.Random(seed)
    groups = _collect_groups(texts)

    # Assign each group to its majority class so that conflicting labels do not duplicate it.
    class_to_groups: dict[int, list[list[int]]] = defaultdict(list)
    for rows in groups.values():
        majority = Counter(labels[r] for r in rows).most_common(1)[0][0]
        class_to_groups[majority].append(rows)

    train: list[int] = []
    test: list[int] = []
    for cls in sorted(class_to_groups):
        candidates = list(class_to_groups[cls])
        rng.shuffle(candidates)
        target = test_size * sum(len(rows) for rows in candidates)
        taken = 0
        for position, rows in enumerate(candidates):
            is_last = position == len(candidates) - 1
            if taken < target and not is_last:
                test.extend(rows)
                taken += len(rows)
            else:
                train.extend(rows)

    # Final correction: whole groups may overshoot, so bring the test set back to the requested share.
    max_test_rows = max(math.ceil(test_size * len(texts)), len(class_to_groups))
    while len(test) > max_test_rows:
        train.append(test.pop())

    return sorted(train), sorted(test)
