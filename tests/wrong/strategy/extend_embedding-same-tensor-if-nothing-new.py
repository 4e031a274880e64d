# cause: Without new words it returns the old matrix itself, so the result shares memory with the argument.
# function: extend_embedding

import torch


@torch.no_grad()
def extend_embedding(weight, pieces):
    if len(pieces) == 0:
        return weight
    new_rows = torch.stack([weight[torch.tensor(p)].mean(0) for p in pieces])
    return torch.cat([weight, new_rows], dim=0)
