# cause: Returns the bare triangle in causal mode and forgets the padding there, as if padding always stood on the right.
# function: attention_visibility

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    batch, length = attention_mask.shape
    if causal:
        triangle = torch.ones(length, length, dtype=torch.bool, device=attention_mask.device).tril()
        return triangle.unsqueeze(0).repeat(batch, 1, 1)
    return attention_mask.bool().unsqueeze(1).repeat(1, length, 1)
