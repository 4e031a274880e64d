# cause: special tokens are skipped without ending a word, so words with the same index on both sides of a [SEP] become one word
# function: whole_word_mask
import random


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    words: list[list[int]] = []
    last = None
    for position, word in enumerate(word_ids):
        if word is None:
            continue
        if word == last:
            words[-1].append(position)
        else:
            words.append([position])
        last = word

    budget = max(1, round(p * sum(len(word) for word in words)))
    rng.shuffle(words)
    selected = [False] * len(word_ids)
    used = 0
    for word in words:
        if used + len(word) > budget:
            continue
        used += len(word)
        for position in word:
            selected[position] = True
    return selected
