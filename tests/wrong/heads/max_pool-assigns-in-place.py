# cause: Writes -inf into the hidden states themselves, as the Kaggle notebooks do, so that the input is modified.
# function: max_pool

import torch
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    last_hidden_state = hidden
    input_mask_expanded = mask.unsqueeze(-1).expand(last_hidden_state.size())
    last_hidden_state[input_mask_expanded == 0] = float("-inf")
    return torch.max(last_hidden_state, 1)[0]
