# cause: Draws from the global random module instead of the rng that is passed in
# function: random_deletion
import random


def random_deletion(tokens, p, rng):
    if len(tokens) == 0:
        return []
    new = []
    for token in tokens:
        r = random.uniform(0, 1)
        if r > p or p == 0:
            new.append(token)
    if len(new) == 0:
        return [tokens[random.randint(0, len(tokens) - 1)]]
    return new
