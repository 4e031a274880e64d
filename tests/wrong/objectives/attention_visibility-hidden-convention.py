# cause: Returns True where a key is hidden, the convention of nn.MultiheadAttention
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    b, t = attention_mask.shape
    hidden = (attention_mask == 0)[:, None, :].expand(b, t, t)
    if causal:
        future = torch.ones(t, t, dtype=torch.bool, device=attention_mask.device).triu(1)
        hidden = hidden | future
    return hidden.clone()
