# cause: Calls mean() without a dimension, so it averages over the width as well and a new row holds one number repeated
# function: extend_embedding
import torch


@torch.no_grad()
def extend_embedding(weight, pieces):
    V, H = weight.shape
    out = weight.new_empty(V + len(pieces), H)
    out[:V].copy_(weight)
    for i, ids in enumerate(pieces):
        out[V + i] = weight[ids].mean()
    return out
