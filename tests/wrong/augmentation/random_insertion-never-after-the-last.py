# cause: the place is drawn from the positions of the text, which leaves out the gap after the last token
# function: random_insertion
import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    result = list(tokens)
    known = []
    for word in tokens:
        synonyms = [synonym for synonym in lexicon.get(word, []) if synonym != word]
        if synonyms:
            known.append(synonyms)
    if not known:
        return result
    for _ in range(n):
        result.insert(rng.randint(0, len(result) - 1), rng.choice(rng.choice(known)))
    return result
