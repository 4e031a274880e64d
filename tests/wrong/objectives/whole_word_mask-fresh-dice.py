# cause: Shuffles with a generator of its own, which is seeded by the system.
# function: whole_word_mask
import random


def whole_word_mask(word_ids, p, rng):
    words = []
    before = None
    for place, number in enumerate(word_ids):
        if number is not None and number == before:
            words[-1].append(place)
        elif number is not None:
            words.append([place])
        before = number

    n_ordinary = sum(map(len, words))
    left = max(1, round(p * n_ordinary))
    selected = [False] * len(word_ids)
    random.Random().shuffle(words)
    for word in words:
        if len(word) <= left:
            left -= len(word)
            for place in word:
                selected[place] = True
    return selected
