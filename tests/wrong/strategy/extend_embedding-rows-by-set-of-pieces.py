# cause: The cache of rows is keyed by the set of pieces, so repetitions are lost
# function: extend_embedding
import torch
from torch import Tensor


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    v, h = weight.shape
    out = weight.new_empty(v + len(pieces), h)
    out[:v].copy_(weight)
    # the mean does not depend on the order of the pieces, so spelling variants share one row
    row_of: dict[frozenset[int], int] = {}
    for row, ids in enumerate(pieces, start=v):
        known = row_of.setdefault(frozenset(ids), row)
        if known < row:
            out[row] = out[known]
        else:
            torch.mean(weight[ids], dim=0, out=out[row])
    return out
