# cause: special tokens are removed before the tokens are grouped, so the last word of one text and the first of the next can become one word
# function: whole_word_mask
import itertools
import random


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    """Select tokens to mask word by word: all tokens of a word are selected, or none of them.

    The share is counted in tokens: ``budget`` = p times the number of ordinary tokens, rounded to a whole number
    (halves either way), and at least 1. Words are considered in random order; every order is equally likely. A word is
    selected if all its tokens still fit into the budget; one that does not fit is skipped, and a shorter one later in
    the order may still be selected. If no word fits, none is selected.

    Args:
        word_ids: for each of T tokens the index of its word in its text, as ``word_ids()`` of a fast tokenizer returns
            it, or None for a special token, which is never selected. Adjacent tokens with the same index form one word.
            In a pair of texts, the indices start at 0 again after the [SEP], so the same index can mean another word.
        p: share of the ordinary tokens to select; above 0, at most 1.
        rng: source of all random numbers.

    Returns:
        T booleans, True where a token is selected, as a list or a tensor.

    >>> word_ids = [None, 0, 1, 1, 1, 2, None]  # [CLS] the hem ##ing ##way novel [SEP]
    >>> selected = list(map(bool, whole_word_mask(word_ids, 0.6, random.Random(0))))
    >>> sum(selected[2:5]) in (0, 3), sum(selected) <= 3, selected[0], selected[6]
    (True, True, False, False)
    """
    ordinary = [i for i, word in enumerate(word_ids) if word is not None]
    words = [list(run) for _, run in itertools.groupby(ordinary, key=word_ids.__getitem__)]
    budget = max(1, round(p * len(ordinary)))
    chosen: set[int] = set()
    for word in rng.sample(words, k=len(words)):
        if len(chosen) + len(word) <= budget:
            chosen.update(word)
    return [i in chosen for i in range(len(word_ids))]
