# cause: Pops from the list of the caller; and: with p = 1 it is always the last token that survives, since popping stops at one
# function: random_deletion
def random_deletion(tokens, p, rng):
    i = 0
    while i < len(tokens):
        if len(tokens) > 1 and rng.random() < p:
            tokens.pop(i)
        else:
            i += 1
    return tokens
