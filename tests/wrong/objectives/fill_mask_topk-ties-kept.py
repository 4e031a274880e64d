# cause: All tokens at least as probable as the k-th are taken, so with ties at the k-th place there are more than k pairs.
# function: fill_mask_topk
import numpy as np


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    scores = logits.detach().double().cpu().numpy()
    ids = input_ids.cpu().numpy()
    guesses = []
    for row in scores[ids == mask_id]:
        e = np.exp(row - row.max())
        prob = e / e.sum()
        best = np.flatnonzero(prob >= np.sort(prob)[-k])
        best = best[np.argsort(-prob[best], kind="stable")]
        guesses.append(list(zip(best.tolist(), prob[best].tolist())))
    return guesses
