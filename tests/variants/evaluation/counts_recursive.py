"""With the first text right, or wrong."""


def possible_error_counts(copies):
    if not len(copies):
        return frozenset({0})
    first, *rest = copies
    others = possible_error_counts(rest)
    return others | frozenset(first + count for count in others)
