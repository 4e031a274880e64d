# cause: optimised too early: tokens are shuffled and each brings its whole word along, so long words come early in the order more often than short ones
# function: whole_word_mask
import random


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    """One shuffle of positions, no list of words."""
    ordinary = [position for position, word in enumerate(word_ids) if word is not None]
    budget = max(1, round(p * len(ordinary)))
    selected = [False] * len(word_ids)
    seen = [False] * len(word_ids)
    used = 0
    rng.shuffle(ordinary)
    for position in ordinary:
        if seen[position]:
            continue
        start = end = position
        while start > 0 and word_ids[start - 1] == word_ids[position]:
            start -= 1
        while end + 1 < len(word_ids) and word_ids[end + 1] == word_ids[position]:
            end += 1
        size = end - start + 1
        seen[start : end + 1] = [True] * size
        if used + size <= budget:
            selected[start : end + 1] = [True] * size
            used += size
    return selected
