# cause: The token that makes the sum reach p is removed as well, because the condition looks at the sum with the token instead of before it.
# function: nucleus

import torch


def nucleus(logits, p):
    if not 0 <= p <= 1:
        raise ValueError(f"p = {p} is outside 0 to 1")
    if p == 1:
        return logits.clone()
    sorted_logits, sorted_indices = torch.sort(logits, descending=True, dim=-1)
    cumulative_probs = torch.cumsum(torch.softmax(sorted_logits, dim=-1), dim=-1)
    sorted_remove = cumulative_probs > p
    sorted_remove[..., 0] = False
    remove = torch.zeros_like(sorted_remove).scatter(-1, sorted_indices, sorted_remove)
    return logits.masked_fill(remove, -float("inf"))
