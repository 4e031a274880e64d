# cause: Counts the share in words instead of in tokens
# function: whole_word_mask
def whole_word_mask(word_ids, p, rng):
    starts = [i for i, w in enumerate(word_ids) if w is not None and (i == 0 or word_ids[i - 1] != w)]
    if not starts:
        return [False] * len(word_ids)
    picked = rng.sample(starts, max(1, round(p * len(starts))))
    mask = [False] * len(word_ids)
    for s in picked:
        j = s
        while j < len(word_ids) and word_ids[j] == word_ids[s]:
            mask[j] = True
            j += 1
    return mask
