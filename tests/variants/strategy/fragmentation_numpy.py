"""Means of numpy, with an early return; the numbers are of numpy's own type, and there is a key more."""

import numpy as np


def fragmentation(words, tokenize, unk="[UNK]"):
    report = {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0, "longest": ""}
    if len(words) == 0:
        return report
    pieces = [list(tokenize(word)) for word in words]
    counts = np.array([len(cut) for cut in pieces])
    report["pieces_per_word"] = np.mean(counts)
    report["split_rate"] = np.mean(counts > 1)
    report["unk_rate"] = np.mean([any(piece == unk for piece in cut) for cut in pieces])
    report["longest"] = words[int(counts.argmax())]
    return report
