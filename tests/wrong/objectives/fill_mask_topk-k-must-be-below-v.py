# cause: numpy's argpartition gets k as its pivot, an index that does not exist when k equals V, so asking for all tokens raises.
# function: fill_mask_topk
import numpy as np
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    probabilities = logits.detach().double().softmax(dim=-1).cpu().numpy()
    guesses = []
    for position in (input_ids == mask_id).nonzero().flatten().tolist():
        row = probabilities[position]
        best = np.argpartition(-row, k)[:k]
        best = best[np.argsort(-row[best])]
        guesses.append([(int(token), float(row[token])) for token in best])
    return guesses
