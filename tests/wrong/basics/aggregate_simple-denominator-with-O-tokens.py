# cause: The denominator of the mean score also counts the O tokens that follow the entity.
# function: aggregate_simple
from typing import Any

import numpy as np


def _openings(tokens: list[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    tags = [t['entity'] for t in tokens]
    kind = np.array([tag[2:] for tag in tags], dtype=object)
    inside = np.array([tag != 'O' for tag in tags], dtype=bool)
    b = np.array([tag[:1] == 'B' for tag in tags], dtype=bool)
    before = np.concatenate([np.array([''], dtype=object), kind[:-1]])
    opens = inside & (b | (kind != before).astype(bool))
    return (kind, inside, opens)


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    if not tokens:
        return []
    kind, inside, opens = _openings(tokens)
    if not opens.any():
        return []
    scores = np.array([float(t['score']) for t in tokens])
    start = np.array([t['start'] for t in tokens])
    end = np.array([t['end'] for t in tokens])
    group = np.cumsum(opens) - 1
    seen = group >= 0
    mean = np.bincount(group[seen], weights=(scores * inside)[seen]) / np.bincount(group[seen])
    first = np.flatnonzero(opens)
    last = np.array([np.flatnonzero(inside & (group == g))[-1] for g in range(len(first))])
    return [{'entity_group': str(kind[i]), 'score': float(m), 'word': text[start[i]:end[j]], 'start': int(start[i]), 'end': int(end[j])} for i, j, m in zip(first, last, mean)]
