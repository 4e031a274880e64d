# cause: Creates a function for each text in a loop; all of them add the copies of the last text
# function: possible_error_counts
import functools


def possible_error_counts(copies: list[int]) -> set[int]:
    steps = [lambda totals: totals | {total + n for total in totals} for n in copies]
    return functools.reduce(lambda totals, step: step(totals), steps, {0})
