# cause: Forgets the empty text, for which rng.choice raises an IndexError
# function: random_deletion
def random_deletion(tokens, p, rng):
    survivors = []
    for word in tokens:
        if rng.random() >= p:
            survivors.append(word)
    if len(survivors) == 0:
        survivors.append(rng.choice(tokens))
    return survivors
