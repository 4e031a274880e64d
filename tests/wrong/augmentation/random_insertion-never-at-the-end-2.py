# cause: The place is drawn from 0 to len - 1, as in the original EDA code, so nothing is ever inserted after the last word.
# function: random_insertion
import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    """Insert a synonym of a random word of the text at a random place, n times."""
    result = list(tokens)
    choices = []
    for token in tokens:
        synonyms = [word for word in lexicon.get(token, []) if word != token]
        if synonyms:
            choices.append(synonyms)
    if not choices:
        return result
    for _ in range(n):
        synonym = rng.choice(rng.choice(choices))
        result.insert(rng.randint(0, len(result) - 1), synonym)
    return result
