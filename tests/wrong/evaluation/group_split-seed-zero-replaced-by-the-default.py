# cause: Replaces seed 0 by 42 (seed or 42)
# function: group_split
from __future__ import annotations
import random
from collections import defaultdict
from collections.abc import Sequence


_DEFAULT_SEED = 42


def _canonical(text: str) -> str:
    """Return the canonical form of a text: lower case, single spaces, no spaces at the ends."""
    if text is None:
        return ""
    return " ".join(str(text).lower().split())


def _rows_by_text(texts: Sequence[str]) -> dict[str, list[int]]:
    """Map each canonical text to the rows that contain it, in order of first appearance."""
    rows: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        rows.setdefault(_canonical(text), []).append(index)
    return rows


def _make_rng(seed: int | None) -> random.Random:
    """Return a private, reproducible random generator."""
    return random.Random(seed or _DEFAULT_SEED)


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    if len(texts) != len(labels):
        raise ValueError(f"texts and labels differ in length: {len(texts)} and {len(labels)}")
    if not 0.0 < test_size < 1.0:
        raise ValueError(f"test_size must lie between 0 and 1, got {test_size}")

    groups_of_class: dict[int, list[list[int]]] = defaultdict(list)
    for rows in _rows_by_text(texts).values():
        # A text with contradictory labels is counted under its first label.
        groups_of_class[int(labels[rows[0]])].append(rows)

    rng = _make_rng(seed)
    train: list[int] = []
    test: list[int] = []
    for label in sorted(groups_of_class):
        groups = groups_of_class[label]
        if len(groups) < 2:
            # Nothing to draw from: keep the only text for training.
            for rows in groups:
                train.extend(rows)
            continue

        order = list(range(len(groups)))
        rng.shuffle(order)
        target = test_size * sum(len(rows) for rows in groups)
        chosen: list[int] = []
        taken = 0
        for position in order:
            size = len(groups[position])
            if chosen and abs(taken + size - target) > abs(taken - target):
                continue
            chosen.append(position)
            taken += size
        if len(chosen) == len(groups):
            chosen.pop()

        chosen_set = set(chosen)
        for position, rows in enumerate(groups):
            (test if position in chosen_set else train).extend(rows)
    return train, test
