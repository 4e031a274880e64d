# cause: Stops at the first word that does not fit, instead of passing it over
# function: whole_word_mask
def whole_word_mask(word_ids, p, rng):
    words, last = [], None
    for i, w in enumerate(word_ids):
        if w is not None:
            if w == last:
                words[-1].append(i)
            else:
                words.append([i])
        last = w
    n = sum(map(len, words))
    budget = max(1, round(p * n))
    rng.shuffle(words)
    chosen = set()
    for places in words:
        if len(chosen) + len(places) > budget:
            break
        chosen.update(places)
    return [i in chosen for i in range(len(word_ids))]
