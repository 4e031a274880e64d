"""Cuts every different word once, and weighs it with how often it occurs."""

from collections import Counter
from fractions import Fraction


def fragmentation(words, tokenize, unk="[UNK]"):
    total = pieces = split = unknown = 0
    for word, times in Counter(words).items():
        cut = tuple(tokenize(word))
        total += times
        pieces += times * len(cut)
        split += times * (len(cut) != 1)
        unknown += times * (cut.count(unk) > 0)
    names = ("pieces_per_word", "split_rate", "unk_rate")
    return {name: Fraction(count, total or 1) for name, count in zip(names, (pieces, split, unknown), strict=True)}
