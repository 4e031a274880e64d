"""attention_visibility as a product of integers, with the diagonal always 1; zeros and ones instead of booleans."""

import torch


def attention_visibility(attention_mask, causal):
    n = attention_mask.size(1)
    triangle = torch.tril(torch.ones(n, n, dtype=torch.int64))
    if not causal:
        triangle = torch.ones_like(triangle)
    visible = torch.einsum("bj,ij->bij", attention_mask.long(), triangle)
    return visible | torch.eye(n, dtype=torch.int64)
