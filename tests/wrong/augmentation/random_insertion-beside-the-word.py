# cause: misreads "a synonym of a random word at a random place": puts the synonym right behind the word that it belongs to, instead of into any gap
# function: random_insertion
import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    out = list(tokens)
    for _ in range(n):
        known = [i for i, word in enumerate(out) if any(s != word for s in lexicon.get(word, []))]
        if not known:
            break
        place = rng.choice(known)
        synonym = rng.choice([s for s in lexicon[out[place]] if s != out[place]])
        out.insert(place + 1, synonym)
    return out
