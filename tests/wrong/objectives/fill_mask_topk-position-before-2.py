# cause: Reads the logits at the position before the [MASK], as for a causal model that predicts the next token.
# function: fill_mask_topk

import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    probabilities = torch.softmax(logits, dim=-1)
    positions = [t for t in range(len(input_ids)) if input_ids[t] == mask_id]
    guesses = []
    for t in positions:
        p, ids = torch.topk(probabilities[t - 1], k)
        guesses.append([(int(ids[j]), float(p[j])) for j in range(k)])
    return guesses
