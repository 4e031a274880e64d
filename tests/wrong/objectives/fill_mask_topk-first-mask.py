# cause: Looks only at the first [MASK] of the text.
# function: fill_mask_topk

import torch.nn.functional as F
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    tokens = input_ids.tolist()
    if mask_id not in tokens:
        return []
    position = tokens.index(mask_id)
    probs, ids = F.softmax(logits[position], dim=-1).topk(k)
    return [[(i, p) for i, p in zip(ids.tolist(), probs.tolist())]]
