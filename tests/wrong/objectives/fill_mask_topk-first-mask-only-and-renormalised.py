# cause: Only the first [MASK] of the text is answered; and: the softmax is taken over the k largest logits instead of over all V tokens.
# function: fill_mask_topk

import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    positions = torch.where(input_ids == mask_id)[0]
    if len(positions) == 0:
        return []
    mask_index = positions[0]
    values, tokens = logits[mask_index].topk(k)
    probs = values.softmax(dim=0)
    return [[(int(t), float(p)) for t, p in zip(tokens, probs)]]
