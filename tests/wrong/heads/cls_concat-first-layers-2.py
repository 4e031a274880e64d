# cause: Slices hidden_states[:n_last], the embeddings and the lowest layers
# function: cls_concat
import torch


def cls_concat(hidden_states, n_last=4):
    return torch.cat([h[:, 0] for h in hidden_states[:n_last]], dim=-1)
