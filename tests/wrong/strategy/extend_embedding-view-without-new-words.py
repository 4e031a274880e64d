# cause: returns a view of the old matrix if there are no new words
# function: extend_embedding
import torch


@torch.no_grad()
def extend_embedding(weight, pieces):
    if len(pieces) == 0:
        return weight[:]
    return torch.cat([weight, torch.stack([weight[ids].mean(0) for ids in pieces])])
