# cause: The first word that does not fit ends the selection, instead of being skipped so that shorter words later can still be selected.
# function: whole_word_mask


def whole_word_mask(word_ids, p, rng):
    words = []
    previous = None
    for position, w in enumerate(word_ids):
        if w is not None:
            if w == previous:
                words[-1].append(position)
            else:
                words.append([position])
        previous = w

    n = sum(len(word) for word in words)
    budget = max(1, round(p * n))
    rng.shuffle(words)
    selected = [False] * len(word_ids)
    used = 0
    for word in words:
        if used + len(word) > budget:
            break
        used += len(word)
        for position in word:
            selected[position] = True
    return selected
