# cause: The softmax runs over the positions of the text instead of over the vocabulary.
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    probs = torch.softmax(logits, dim=0)
    masks = torch.nonzero(input_ids == mask_id).flatten().tolist()
    out = []
    for m in masks:
        order = torch.argsort(probs[m], descending=True)[:k]
        out.append([(int(o), float(probs[m, o])) for o in order])
    return out
