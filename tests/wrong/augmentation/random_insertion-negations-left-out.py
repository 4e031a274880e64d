# cause: Leaves out the negations when it collects the known words, so a synonym of 'not' is never inserted, and nothing at all if that is the only known word.
# function: random_insertion
import random


NEGATIONS = frozenset({"not", "no", "never"})


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    """RI of Wei and Zou: n times, a random synonym of a random content word at a random place."""
    S = {t: [s for s in lexicon.get(t, []) if s != t] for t in set(tokens)}
    support = [t for t in tokens if S[t] and t not in NEGATIONS]
    w = list(tokens)
    if not support:
        return w
    for _ in range(n):
        t = rng.choice(support)
        s = rng.choice(S[t])
        g = rng.randrange(len(w) + 1)  # m words have m + 1 gaps
        w = w[:g] + [s] + w[g:]
    return w
