# cause: Considers only synonyms that are not yet in the text and stops when none is left, so fewer than n tokens are inserted (or none, if the text already contains the synonym).
# function: random_insertion
from __future__ import annotations
import random
from collections.abc import Iterable


def _proper_synonyms(token: str, candidates: Iterable[str] | None) -> list[str]:
    """Return the candidates that differ from the token itself."""
    return [candidate for candidate in (candidates or []) if candidate != token]


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    """Insert ``n`` random synonyms of words in the text at random positions."""
    result = list(tokens)

    for _ in range(max(0, n)):
        # Collect the candidates that contribute something to the text
        pools = []
        for token in tokens:
            pool = [s for s in _proper_synonyms(token, lexicon.get(token)) if s not in result]
            if pool:
                pools.append(pool)
        if not pools:
            break

        synonym = rng.choice(rng.choice(pools))
        position = rng.randint(0, len(result))
        result.insert(position, synonym)

    return result
