"""fill_mask_topk in numpy and float64, by argsort; ids and probabilities are numpy's."""

import numpy as np


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    scores = logits.double().numpy()
    guesses = []
    for place in np.flatnonzero(input_ids.numpy() == mask_id):
        weights = np.exp(scores[place] - scores[place].max())
        order = np.argsort(-weights)[:k]
        guesses.append([(token, weights[token] / weights.sum()) for token in order])
    return guesses
