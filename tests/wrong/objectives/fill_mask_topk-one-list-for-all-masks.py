# cause: The list of guesses is created once before the loop, so with several [MASK]s every entry is the same list with the guesses of all of them.
# function: fill_mask_topk

import torch.nn.functional as F
from torch import Tensor

def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    results = []
    guesses = []
    for t, token in enumerate(input_ids.tolist()):
        if token != mask_id:
            continue
        probs = F.softmax(logits[t], dim=-1)
        top = probs.topk(k)
        for p, i in zip(top.values.tolist(), top.indices.tolist()):
            guesses.append((i, p))
        results.append(guesses)
    return results
