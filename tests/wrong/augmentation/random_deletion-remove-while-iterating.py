# cause: Removes tokens from the list while iterating over it, so neighbours are skipped and p = 1 leaves half of the text
# function: random_deletion
def random_deletion(tokens, p, rng):
    result = list(tokens)
    for token in result:
        if len(result) > 1 and rng.random() < p:
            result.remove(token)
    return result
