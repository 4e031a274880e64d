# cause: The known words stand in the order of a set of strings
# function: random_insertion
import random


def thesaurus(words, lexicon: dict[str, list[str]]) -> dict[str, list[str]]:
    rows = {word: [synonym for synonym in lexicon.get(word, ()) if synonym != word] for word in words}
    return {word: synonyms for word, synonyms in rows.items() if synonyms}


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    # SELECT DISTINCT word FROM tokens NATURAL JOIN lexicon
    known = thesaurus(set(tokens) & lexicon.keys(), lexicon)
    rows = list(tokens)
    if not known:
        return rows
    words = list(known)
    for _ in range(n):
        synonym = rng.choice(known[rng.choice(words)])
        rows.insert(rng.randint(0, len(rows)), synonym)
    return rows
