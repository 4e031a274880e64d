# cause: All tokens of the last layers are joined, (B, T, n_last * C), the [CLS] token is not picked.
# function: cls_concat
import torch


def cls_concat(hidden_states, n_last=4):
    picked = [hidden_states[-k] for k in range(1, n_last + 1)]
    return torch.cat(picked, dim=-1)
