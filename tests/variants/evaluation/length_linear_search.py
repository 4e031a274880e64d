"""Tries one length after the other."""


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    n = multiple
    while n < cap:
        fitting = sum(length + special <= n for length in lengths)
        if fitting / len(lengths) >= coverage:
            return n
        n += multiple
    return cap
