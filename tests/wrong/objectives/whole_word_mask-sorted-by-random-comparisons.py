# cause: The words are shuffled by sorting with a random comparison function, so the orders are not equally likely.
# function: whole_word_mask
import random
from functools import cmp_to_key


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    words = []
    n_ordinary = 0
    previous = None
    for position in range(len(word_ids)):
        word = word_ids[position]
        if word is not None:
            n_ordinary += 1
            if previous is not None and previous == word:
                words[-1].append(position)
            else:
                words.append([position])
        previous = word
    words.sort(key=cmp_to_key(lambda a, b: -1 if rng.random() < 0.5 else 1))
    budget = int(p * n_ordinary + 0.5)
    if budget < 1:
        budget = 1
    selected = [False] * len(word_ids)
    for word in words:
        if len(word) <= budget:
            budget -= len(word)
            for position in word:
                selected[position] = True
    return selected
