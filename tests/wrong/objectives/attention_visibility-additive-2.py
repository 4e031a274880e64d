# cause: The mask is returned in the additive form that transformers feeds to the scores, 0 where visible and a huge negative number where hidden, instead of True and False.
# function: attention_visibility

import torch


def attention_visibility(attention_mask, causal):
    T = attention_mask.shape[1]
    allowed = attention_mask[:, None, :].expand(-1, T, -1).float()
    if causal:
        allowed = allowed * torch.ones(T, T).tril()
    return (1.0 - allowed) * torch.finfo(torch.float32).min
