# cause: only the first [MASK] of the text is looked for, the others get no list
# function: fill_mask_topk
import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    ids = input_ids.tolist()
    if mask_id not in ids:
        return []
    position = ids.index(mask_id)
    probs = torch.softmax(logits[position], dim=-1)
    top = probs.topk(k)
    return [list(zip(top.indices.tolist(), top.values.tolist(), strict=True))]
