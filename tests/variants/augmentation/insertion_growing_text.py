"""Draws from the text as it grows, and tries until a known word is found."""

import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    words = list(tokens)

    def known(word):
        return any(synonym != word for synonym in lexicon.get(word, ()))

    if not any(known(word) for word in words):
        return words
    for _ in range(n):
        word = rng.choice(words)
        while not known(word):
            word = rng.choice(words)
        synonym = rng.choice(lexicon[word])
        while synonym == word:
            synonym = rng.choice(lexicon[word])
        place = rng.randrange(len(words) + 1)
        words = words[:place] + [synonym] + words[place:]
    return words
