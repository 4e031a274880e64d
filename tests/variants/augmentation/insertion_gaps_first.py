"""Draws all gaps of the old text first, then fills them in one walk; a tuple comes back."""

import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random):
    options = []
    for token in tokens:
        synonyms = [word for word in lexicon.get(token) or [] if word != token]
        if synonyms:
            options.append(synonyms)
    if not options:
        return tuple(tokens)
    fill = {}
    for _ in range(n):
        fill.setdefault(rng.randint(0, len(tokens)), []).append(rng.choice(rng.choice(options)))
    result = []
    for gap in range(len(tokens) + 1):
        result += fill.get(gap, [])
        result += tokens[gap : gap + 1]
    return tuple(result)
