# cause: Only the first [MASK] is answered, and a text without one crashes.
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    pos = torch.where(input_ids == mask_id)[0][0]
    probs = torch.softmax(logits[pos], -1)
    top = torch.topk(probs, k)
    return [[(int(i), float(p)) for i, p in zip(top.indices, top.values)]]
