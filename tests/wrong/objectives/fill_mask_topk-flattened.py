# cause: The guesses of all masks stand in one flat list instead of a list per [MASK].
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    guesses = []
    for row in torch.softmax(logits[input_ids == mask_id], dim=-1):
        top = row.topk(k)
        for token, prob in zip(top.indices.tolist(), top.values.tolist()):
            guesses.append((token, prob))
    return guesses
