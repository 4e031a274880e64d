# cause: Rebuilds the mask from the number of tokens as if padding always stood on the right, wrong for left padding.
# function: attention_visibility

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    lengths = attention_mask.sum(dim=1).tolist()
    B, T = attention_mask.shape
    vis = torch.zeros(B, T, T, dtype=torch.bool)
    for b, n in enumerate(lengths):
        for i in range(T):
            last = min(n, i + 1) if causal else n
            vis[b, i, : int(last)] = True
    return vis
