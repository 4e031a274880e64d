# cause: The k best guesses are listed from the least to the most probable.
# function: fill_mask_topk
import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    result = []
    for row in torch.softmax(logits[input_ids == mask_id], -1).tolist():
        ranked = sorted(enumerate(row), key=lambda x: x[1])
        result.append(ranked[-k:])
    return result
