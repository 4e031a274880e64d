# cause: Copies the row of the first piece only, instead of the mean of all pieces; and: for no new words hands back the old matrix itself, so that the memory is shared
# function: extend_embedding
import torch


@torch.no_grad()
def extend_embedding(weight, pieces):
    if len(pieces) == 0:
        return weight
    first = torch.tensor([p[0] for p in pieces], dtype=torch.long)
    return torch.vstack((weight, weight.index_select(0, first)))
