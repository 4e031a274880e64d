# cause: One position is drawn first and always stays; p applies only to the others.
# function: random_deletion
import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    if len(tokens) == 0:
        return []
    # one position stays, so that the text cannot become empty
    safe = rng.randrange(len(tokens))
    result = []
    for i, token in enumerate(tokens):
        if i == safe:
            result.append(token)
        elif rng.random() >= p:
            result.append(token)
    return result
