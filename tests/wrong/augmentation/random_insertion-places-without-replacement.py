# cause: Draws the places without replacement from the len+1 places of the original (AEDA), so at most len+1 tokens are inserted and never two in the same place.
# function: random_insertion
import random


def get_synonyms(word, lexicon):
    synonyms = []
    for syn in lexicon.get(word, []):
        if syn != word:
            synonyms.append(syn)
    return synonyms


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    new_words = tokens.copy()
    candidates = [word for word in tokens if len(get_synonyms(word, lexicon)) >= 1]
    if len(candidates) == 0:
        return new_words

    # as in AEDA's insert_punctuation_marks
    q = min(n, len(tokens) + 1)
    qs = rng.sample(range(0, len(tokens) + 1), q)
    for position in sorted(qs, reverse=True):
        synonyms = get_synonyms(rng.choice(candidates), lexicon)
        new_words.insert(position, rng.choice(synonyms))
    return new_words
