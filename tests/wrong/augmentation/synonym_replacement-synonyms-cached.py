# cause: Caches the synonyms per word in a module-level dictionary, so a later call with another lexicon uses the synonyms of the first one.
# function: synonym_replacement
import random


NEGATIONS = frozenset({"not", "no", "never"})


_SYN: dict[str, list[str]] = {}  # word -> usable synonyms, filtered once


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = NEGATIONS,
) -> list[str]:
    for t in set(tokens) - _SYN.keys():
        _SYN[t] = [s for s in lexicon.get(t, ()) if s != t]
    where = [i for i, t in enumerate(tokens) if _SYN[t] and t not in protected]
    out = tokens[:]
    for i in rng.sample(where, min(n, len(where))):
        out[i] = rng.choice(_SYN[out[i]])
    return out
