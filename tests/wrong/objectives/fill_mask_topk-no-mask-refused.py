# cause: A text without a [MASK] raises an error, as the library's pipeline does, where an empty list is asked for.
# function: fill_mask_topk

import torch
from torch import Tensor


def fill_mask_topk(logits: Tensor, input_ids: Tensor, mask_id: int, k: int = 5) -> list[list[tuple[int, float]]]:
    positions = (input_ids == mask_id).nonzero().flatten()
    if len(positions) == 0:
        raise ValueError("No mask_token found on the input")
    answers = []
    for t in positions.tolist():
        probs = logits[t].float().softmax(-1)
        values, tokens = torch.topk(probs, k)
        answers.append(list(zip(tokens.tolist(), values.tolist())))
    return answers
