# cause: Takes the softmax over the positions of the text (dim=0) instead of over the vocabulary.
# function: fill_mask_topk

import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    probs = torch.softmax(logits, dim=0)
    answers = []
    for t, token in enumerate(input_ids.tolist()):
        if token == mask_id:
            top = torch.topk(probs[t], k)
            answers.append(list(zip(top.indices.tolist(), top.values.tolist())))
    return answers
