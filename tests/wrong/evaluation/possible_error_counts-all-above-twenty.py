# cause: With more than 20 texts, returns every number from 0 to the sum
# function: possible_error_counts
def possible_error_counts(copies: list[int]) -> set[int]:
    # The number of subsets doubles with every text. Beyond this size every total is reachable for practical purposes.
    max_exact_texts = 20
    if len(copies) > max_exact_texts:
        return set(range(sum(copies) + 1))

    reachable = {0}
    for count in copies:
        reachable |= {errors + count for errors in reachable}
    return reachable
