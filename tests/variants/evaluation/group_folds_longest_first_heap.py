"""group_folds: the largest groups first, each to the fold with the fewest rows, which a heap knows; equal sizes
in random order.
"""

import heapq
import random


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    rng = random.Random(seed)
    groups: dict[tuple[str, ...], list[int]] = {}
    for row, text in enumerate(texts):
        groups.setdefault(tuple(text.casefold().split()), []).append(row)
    queue = sorted(groups.values(), key=lambda rows: (-len(rows), rng.random()))
    folds: list[list[int]] = [[] for _ in range(k)]
    heap = [(0, rng.random(), fold) for fold in range(k)]
    heapq.heapify(heap)
    for rows in queue:
        size, _, fold = heap[0]
        folds[fold] += rows
        heapq.heapreplace(heap, (size + len(rows), rng.random(), fold))
    return [fold[::-1] for fold in folds]
