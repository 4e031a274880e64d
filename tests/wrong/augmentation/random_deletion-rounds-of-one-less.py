# cause: at least one token must stay, so the number to delete is worked out from n - 1 tokens
# function: random_deletion
def random_deletion(tokens, p, rng):
    if not tokens:
        return []
    gone = set(rng.sample(range(len(tokens)), round(p * (len(tokens) - 1))))
    return [token for place, token in enumerate(tokens) if place not in gone]
