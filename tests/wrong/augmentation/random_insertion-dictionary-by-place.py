# cause: The insertions are collected in a dictionary by place, so two at the same place overwrite each other.
# function: random_insertion
import random


def _alternatives(word, lexicon):
    return [s for s in lexicon.get(word, ()) if s != word]


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    pool = [alt for t in tokens if (alt := _alternatives(t, lexicon))]
    new = {rng.randint(0, len(tokens)): rng.choice(rng.choice(pool)) for _ in range(n if pool else 0)}
    return [t for i in range(len(tokens) + 1) for t in (*([new[i]] if i in new else ()), *tokens[i : i + 1])]
