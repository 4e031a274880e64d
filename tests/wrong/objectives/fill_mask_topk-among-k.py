# cause: Takes the softmax over the k best logits only, so the probabilities add up to 1.
# function: fill_mask_topk

import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    rows = logits[input_ids == mask_id]
    values, ids = rows.topk(k, dim=-1)
    p = values.softmax(dim=-1)
    return [[(int(i), float(q)) for i, q in zip(ids[m], p[m])] for m in range(len(rows))]
