# cause: The guesses of all [MASK]s go into one flat list, not into a list for each; and: what is reported is the log-probability.
# function: fill_mask_topk

import torch.nn.functional as F
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    guesses = []
    for position, token in enumerate(input_ids.tolist()):
        if token != mask_id:
            continue
        top = F.log_softmax(logits[position], dim=-1).topk(k)
        for index, value in zip(top.indices, top.values):
            guesses.append((index.item(), value.item()))
    return guesses
