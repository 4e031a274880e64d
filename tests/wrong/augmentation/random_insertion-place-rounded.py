# cause: the place is a rounded random number, so the two ends are half as likely
# function: random_insertion
import random
from math import floor


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    out = tokens[:]
    known = [[s for s in lexicon.get(t, ()) if s != t] for t in tokens]
    known = [s for s in known if s]
    if not known:
        return out
    for _ in range(n):
        synonyms = known[floor(rng.random() * len(known))]
        synonym = synonyms[floor(rng.random() * len(synonyms))]
        gap = round(rng.random() * len(out))
        out[gap:gap] = [synonym]
    return out
