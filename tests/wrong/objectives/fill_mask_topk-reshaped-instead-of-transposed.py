# cause: The (k, number of masks) result is reshaped row by row to (masks, k) where it has to be transposed.
# function: fill_mask_topk
import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int=5) -> list[list[tuple[int, float]]]:
    where = torch.nonzero(input_ids == mask_id).flatten()
    n_masks = where.numel()
    probabilities = logits[where].T.softmax(0)
    best = probabilities.topk(k, dim=0)
    ids = best.indices.reshape(n_masks, k).tolist()
    values = best.values.reshape(n_masks, k).tolist()
    result = []
    for m in range(n_masks):
        result.append([(ids[m][r], values[m][r]) for r in range(k)])
    return result
