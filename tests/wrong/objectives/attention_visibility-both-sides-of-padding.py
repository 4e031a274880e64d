# cause: For bidirectional attention the mask has the shape (B, 1, T) and is not spread over the queries.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    m = attention_mask.unsqueeze(1).bool()
    if causal:
        T = attention_mask.shape[-1]
        return m & torch.tril(torch.ones(T, T, dtype=torch.bool))
    return m
