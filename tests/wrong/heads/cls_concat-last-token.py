# cause: The last token of each text is taken instead of the first.
# function: cls_concat
import torch


def cls_concat(hidden_states, n_last=4):
    return torch.cat([hidden_states[-i][:, -1, :] for i in range(1, n_last + 1)], dim=1)
