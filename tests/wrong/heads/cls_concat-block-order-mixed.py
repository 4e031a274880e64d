# cause: The layers are stacked along the last dimension before flattening, so the numbers of the layers alternate instead of standing in blocks.
# function: cls_concat

import torch


def cls_concat(hidden_states, n_last=4):
    chosen = hidden_states[-n_last:][::-1]
    cls = torch.stack([h[:, 0, :] for h in chosen], dim=-1)  # (B, C, n_last)
    return cls.flatten(start_dim=1)
