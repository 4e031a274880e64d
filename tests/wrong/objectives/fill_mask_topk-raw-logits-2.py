# cause: Returns the logits of the best tokens as if they were probabilities.
# function: fill_mask_topk

import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    where = torch.where(input_ids == mask_id)[0]
    best = torch.topk(logits[where], k, dim=1)
    return [list(zip(i, v)) for i, v in zip(best.indices.tolist(), best.values.tolist())]
