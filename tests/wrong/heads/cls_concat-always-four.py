# cause: Always four layers are joined; n_last is ignored.
# function: cls_concat
import torch


def cls_concat(hidden_states, n_last=4):
    pooled_output = torch.cat(tuple(hidden_states[i] for i in [-1, -2, -3, -4]), dim=-1)
    return pooled_output[:, 0, :]
