# cause: The last layers are added up instead of put side by side.
# function: cls_concat
import torch


def cls_concat(hidden_states, n_last=4):
    return torch.stack(hidden_states)[-n_last:].sum(0)[:, 0]
