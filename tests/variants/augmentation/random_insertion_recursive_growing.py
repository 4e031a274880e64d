"""random_insertion: recursion; each insertion draws from all tokens of the text so far, inserted ones included,
and from all gaps.
"""

import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    def synonyms(word: str) -> list[str]:
        return list(filter(word.__ne__, lexicon.get(word) or ()))

    known = list(filter(synonyms, tokens))
    if n <= 0 or not known:
        return tokens[:]
    new = rng.choice(synonyms(rng.choice(known)))
    cut = rng.randint(0, len(tokens))
    return random_insertion([*tokens[:cut], new, *tokens[cut:]], n - 1, lexicon, rng)
