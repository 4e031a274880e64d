# cause: Token ids and probabilities are left as tensors instead of numbers.
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    out = []
    for row in torch.softmax(logits[input_ids == mask_id], dim=-1):
        values, indices = torch.topk(row, k)
        out.append((indices, values))
    return out
