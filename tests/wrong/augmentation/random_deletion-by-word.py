# cause: Decides once per distinct word, so that all occurrences of a word go or stay together
# function: random_deletion
def random_deletion(tokens, p, rng):
    if not tokens:
        return []
    dropped = {word for word in dict.fromkeys(tokens) if rng.random() < p}
    rest = [word for word in tokens if word not in dropped]
    return rest if rest else [rng.choice(tokens)]
