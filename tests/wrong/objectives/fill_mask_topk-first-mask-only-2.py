# cause: Answers only for the first [MASK], as with input_ids.tolist().index(mask_id)
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    ids = input_ids.tolist()
    if mask_id not in ids:
        return []
    probs = torch.softmax(logits[ids.index(mask_id)], dim=-1)
    top = torch.topk(probs, k)
    return [[(int(i), float(p)) for p, i in zip(top.values, top.indices)]]
