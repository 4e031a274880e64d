# cause: rng.shuffle of a two-dimensional numpy array swaps views, so words are duplicated and others lost.
# function: whole_word_mask
import numpy as np


def whole_word_mask(word_ids, p, rng):
    index = np.array([-1 if w is None else w for w in word_ids])
    # a word begins where the index changes
    edges = np.flatnonzero(np.diff(index)) + 1
    starts = np.concatenate([[0], edges])
    stops = np.concatenate([edges, [len(index)]])
    words = np.stack([starts, stops], axis=1)[index[starts] >= 0]

    room = max(1, int(np.floor(p * (index >= 0).sum() + 0.5)))
    rng.shuffle(words)
    selected = np.zeros(len(index), dtype=bool)
    for start, stop in words:
        if stop - start <= room:
            selected[start:stop] = True
            room -= stop - start
    return selected.tolist()
