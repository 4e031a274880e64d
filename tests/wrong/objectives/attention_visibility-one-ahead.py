# cause: The triangle is cut one diagonal too high (tril with diagonal=1), so a position sees the next token.
# function: attention_visibility

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    keys = attention_mask.to(torch.bool).unsqueeze(1)
    T = attention_mask.size(1)
    window = torch.ones(T, T, dtype=torch.bool, device=attention_mask.device)
    if causal:
        window = torch.tril(window, diagonal=1)
    return keys & window
