# cause: Spreads the mask over the keys instead of over the queries: hides the rows of padding queries, while padding keys stay visible.
# function: attention_visibility

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    b, t = attention_mask.shape
    out = attention_mask.bool().unsqueeze(-1).expand(b, t, t).clone()
    if causal:
        out &= torch.tril(torch.ones(t, t, dtype=torch.bool, device=attention_mask.device))
    return out
