# cause: A word that does not fit is cut: its first tokens fill the budget.
# function: whole_word_mask
def whole_word_mask(word_ids, p, rng):
    words = []
    before = None
    for place, number in enumerate(word_ids):
        if number is not None and number == before:
            words[-1].append(place)
        elif number is not None:
            words.append([place])
        before = number

    n_ordinary = sum(map(len, words))
    left = max(1, round(p * n_ordinary))
    selected = [False] * len(word_ids)
    rng.shuffle(words)
    for word in words:
        for place in word[:left]:
            selected[place] = True
        left -= len(word[:left])
    return selected
