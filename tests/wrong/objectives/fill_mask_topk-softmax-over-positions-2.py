# cause: Softmax(dim=0) of (T, V) normalises over the positions instead of the vocabulary
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    probs = logits.softmax(dim=0)[input_ids == mask_id]
    values, tokens = probs.topk(k, dim=-1)
    return [list(zip(t, v)) for t, v in zip(tokens.tolist(), values.tolist())]
