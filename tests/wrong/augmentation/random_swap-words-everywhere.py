# cause: Exchanges two distinct words wherever they occur
# function: random_swap
import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    rows = list(tokens)
    words = list(dict.fromkeys(tokens))
    if len(words) < 2:
        return rows
    for _ in range(n):
        a, b = rng.sample(words, 2)
        # UPDATE rows SET word = CASE word WHEN a THEN b WHEN b THEN a ELSE word END
        case = {a: b, b: a}
        rows = [case.get(word, word) for word in rows]
    return rows
