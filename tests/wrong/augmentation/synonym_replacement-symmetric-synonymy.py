# cause: Makes synonymy symmetric: a word that is only listed as a synonym of another one (or has an empty list) counts as known and is replaced, and words may be replaced by words that list them.
# function: synonym_replacement
import random
from collections import defaultdict


NEGATIONS = frozenset({"not", "no", "never"})


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = NEGATIONS,
) -> list[str]:
    """SR: substitute at n uniformly drawn positions, within the synonymy relation."""
    R = defaultdict(set)
    for a, bs in lexicon.items():
        for b in bs:
            if a != b:
                R[a].add(b)
                R[b].add(a)
    positions = [i for i, t in enumerate(tokens) if t not in protected and R.get(t)]
    drawn = set(rng.sample(positions, min(n, len(positions))))
    return [rng.choice(sorted(R[t])) if i in drawn else t for i, t in enumerate(tokens)]
