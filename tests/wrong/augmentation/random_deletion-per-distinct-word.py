# cause: The draw is made once per distinct word, so all occurrences of a word are kept or dropped together.
# function: random_deletion


def random_deletion(tokens, p, rng):
    if not tokens:
        return []
    keep_word = {word: rng.random() >= p for word in tokens}
    decided = [w for w in tokens if keep_word[w]]
    return decided if decided else [rng.choice(tokens)]
