# cause: The logits are read one position before the [MASK], as a causal model would answer.
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    out = []
    probs = logits.softmax(-1)
    for t, token in enumerate(input_ids.tolist()):
        if token == mask_id:
            p, i = probs[t - 1].topk(k)
            out.append([(a, b) for a, b in zip(i.tolist(), p.tolist())])
    return out
