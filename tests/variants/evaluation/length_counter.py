"""Counts each length, and adds up from the short end; the division rounds up by a minus sign."""

from collections import Counter


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    counts, fitting = Counter(lengths), 0
    for length in sorted(counts):
        fitting += counts[length]
        if fitting >= coverage * len(lengths):
            break
    rounded = -(-(length + special) // multiple) * multiple
    return rounded if rounded < cap else cap
