# cause: as in EDA's code, an insertion is given up when ten drawn words were unknown, so unknown words can use up insertions
# function: random_insertion
import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    result = list(tokens)
    if not tokens:
        return result
    for _ in range(n):
        for _ in range(10):
            word = rng.choice(tokens)
            synonyms = [synonym for synonym in lexicon.get(word, []) if synonym != word]
            if synonyms:
                result.insert(rng.randrange(len(result) + 1), rng.choice(synonyms))
                break
    return result
