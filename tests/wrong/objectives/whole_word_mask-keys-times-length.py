# cause: The order is drawn with keys that grow with the word length, so short words tend to come first and the orders are not equally likely.
# function: whole_word_mask
import random


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    words: list[list[int]] = []
    for i, word in enumerate(word_ids):
        if word is None:
            continue
        if i > 0 and word_ids[i - 1] == word:
            words[-1].append(i)
        else:
            words.append([i])
    budget = max(1, round(p * sum(map(len, words))))
    order = sorted(words, key=lambda word: rng.random() * len(word))
    selected = [False] * len(word_ids)
    used = 0
    for word in order:
        if used + len(word) > budget:
            continue
        used += len(word)
        for i in word:
            selected[i] = True
    return selected
