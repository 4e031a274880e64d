# cause: Clamps p to at most 0.95, so with p=1 (or above 0.95) tokens of a long text survive; visible only for large p and longer texts.
# function: random_deletion
from __future__ import annotations
import random


_MIN_RATE, _MAX_RATE = 0.0, 0.95


def _clamp(value: float, low: float, high: float) -> float:
    """Clamp a value to a closed interval."""
    return max(low, min(high, float(value)))


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    """Drop each token independently with probability ``p``, always keeping at least one token."""
    if not tokens:
        return []

    rate = _clamp(p, _MIN_RATE, _MAX_RATE)
    kept = [token for token in tokens if rng.random() >= rate]

    # Guarantee a non-empty result
    if not kept:
        kept = [rng.choice(tokens)]
    return kept
