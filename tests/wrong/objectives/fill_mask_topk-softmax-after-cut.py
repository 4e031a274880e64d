# cause: The softmax is taken over the k best logits only, so their probabilities always add up to 1.
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    res = []
    for pos in (input_ids == mask_id).nonzero(as_tuple=True)[0]:
        values, tokens = logits[pos].topk(k)
        probs = torch.softmax(values, dim=-1)
        res.append(list(zip(tokens.tolist(), probs.tolist())))
    return res
