# cause: The pieces of a word are put into a set before averaging, so a piece that occurs twice counts once.
# function: extend_embedding

import torch


@torch.no_grad()
def extend_embedding(weight, pieces):
    V, H = weight.shape
    out = weight.new_empty(V + len(pieces), H)
    out[:V] = weight
    for i, ids in enumerate(pieces):
        out[V + i] = weight[sorted(set(ids))].mean(dim=0)
    return out
