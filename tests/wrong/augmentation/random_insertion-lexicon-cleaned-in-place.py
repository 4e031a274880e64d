# cause: removes the word from its own list of synonyms in place and so modifies the caller's lexicon
# function: random_insertion
import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    candidates = []
    for token in tokens:
        synonyms = lexicon.get(token, [])
        while token in synonyms:
            synonyms.remove(token)
        if synonyms:
            candidates.append(synonyms)

    new_tokens = tokens[:]
    if not candidates:
        return new_tokens
    for _ in range(n):
        synonym = rng.choice(rng.choice(candidates))
        new_tokens.insert(rng.randrange(len(new_tokens) + 1), synonym)
    return new_tokens
