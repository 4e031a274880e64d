# cause: The layers are indexed with minus i from i = 0, and -0 is the first entry, so the embeddings are taken and the lowest wanted layer is missing.
# function: cls_concat

import torch


def cls_concat(hidden_states, n_last=4):
    return torch.cat([hidden_states[-i][:, 0] for i in range(n_last)], dim=-1)
