# cause: The padding is overwritten with a very small number in the caller's own tensor.
# function: max_pool

import torch


def max_pool(hidden, mask):
    input_mask_expanded = mask.unsqueeze(-1).expand(hidden.size()).float()
    hidden[input_mask_expanded == 0] = float("-inf")  # Set padding tokens to large negative value
    max_over_time = torch.max(hidden, 1)[0]
    return max_over_time
