"""Everything at once in numpy; the labels come back as an array."""

import numpy as np


def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(labels) != len(texts):
        raise TypeError("one label for each text")
    if not texts:
        return [], []
    probabilities, chosen = np.asarray(classify(tuple(texts))), np.asarray(labels)
    own = probabilities[np.arange(len(texts)), chosen]
    keep = (probabilities.argmax(axis=1) == chosen) & (own >= threshold)
    return [text for text, stays in zip(texts, keep, strict=True) if stays], chosen[keep].tolist()
