# cause: optimised too early: one draw per different word, so all occurrences of a word are dropped or kept together
# function: random_deletion
import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    if not tokens:
        return []
    keep = {word: rng.random() >= p for word in dict.fromkeys(tokens)}
    kept = [token for token in tokens if keep[token]]
    return kept or [rng.choice(tokens)]
