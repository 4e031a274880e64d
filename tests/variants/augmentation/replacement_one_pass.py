"""Walks through the text once and replaces with the chance that n of the rest still need."""

import random


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = frozenset(["never", "no", "not"]),
) -> tuple[str, ...]:
    synonyms = {w: [s for s in lexicon.get(w, ()) if s != w] for w in tokens if w not in protected}
    left = sum(bool(synonyms.get(w)) for w in tokens)
    need = min(n, left)
    out = []
    for w in tokens:
        if synonyms.get(w):
            if rng.random() * left < need:
                out.append(rng.choice(synonyms[w]))
                need -= 1
            else:
                out.append(w)
            left -= 1
        else:
            out.append(w)
    return tuple(out)
