# cause: Takes the k largest logits first and the softmax over these k, so the probabilities add up to 1
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    result = []
    for pos in (input_ids == mask_id).nonzero().flatten():
        values, ids = logits[pos].topk(k)
        result.append(list(zip(ids.tolist(), values.softmax(0).tolist())))
    return result
