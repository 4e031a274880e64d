# cause: The pairs are (probability, token id) instead of (token id, probability).
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    probs = torch.softmax(logits[input_ids == mask_id], dim=-1)
    values, indices = probs.topk(k, dim=-1)
    return [list(zip(v, i)) for v, i in zip(values.tolist(), indices.tolist())]
