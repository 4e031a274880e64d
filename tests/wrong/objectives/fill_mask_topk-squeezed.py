# cause: Calls squeeze() on the positions, which leaves no dimension when there is exactly one [MASK], and looping over that raises.
# function: fill_mask_topk

import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    mask_token_index = torch.nonzero(input_ids == mask_id).squeeze()
    out = []
    for index in mask_token_index:
        values, predictions = logits[index].softmax(dim=0).topk(k)
        out.append([(p, v) for p, v in zip(predictions.tolist(), values.tolist())])
    return out
