# cause: Results are kept by the best token, so two [MASK] with the same best token give one list only.
# function: fill_mask_topk
import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    probabilities = torch.softmax(logits.float(), dim=-1)
    where = [t for t, token in enumerate(input_ids.tolist()) if token == mask_id]
    found = {}
    for t in where:
        top = torch.topk(probabilities[t], k)
        # key by what is predicted first, then sorted back below
        found[top.indices[0].item()] = (t, list(zip(top.indices.tolist(), top.values.tolist())))
    return [guesses for _, guesses in sorted(found.values(), key=lambda pair: pair[0])]
