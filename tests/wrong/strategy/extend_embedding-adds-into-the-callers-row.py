# cause: The accumulator is a view of the row of the first piece and is added to in place, so the caller's old embeddings are modified (and later new words that use that piece are wrong).
# function: extend_embedding
import torch
from torch import Tensor


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    n_old, width = weight.shape
    n_new = len(pieces)
    out = torch.zeros(n_old + n_new, width, dtype=weight.dtype, device=weight.device)
    out[0:n_old, :] = weight
    for i in range(n_new):
        ids = pieces[i]
        acc = weight[ids[0], :]
        for k in range(1, len(ids)):
            acc += weight[ids[k], :]
        out[n_old + i, :] = acc / len(ids)
    return out
