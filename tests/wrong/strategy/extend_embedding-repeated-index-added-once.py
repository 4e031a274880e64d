# cause: Fills the count matrix with counts[rows, cols] += 1, which counts a repeated piece only once, while still dividing by the number of all pieces.
# function: extend_embedding
from itertools import chain
import torch
from torch import Tensor


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    V, n = weight.shape[0], len(pieces)
    sizes = torch.tensor([len(p) for p in pieces], dtype=torch.long, device=weight.device)
    rows = torch.repeat_interleave(torch.arange(n, device=weight.device), sizes)
    cols = torch.tensor(list(chain.from_iterable(pieces)), dtype=torch.long, device=weight.device)
    # all means in one matmul with the (n, V) count matrix
    counts = torch.zeros(n, V, dtype=weight.dtype, device=weight.device)
    counts[rows, cols] += 1
    means = (counts @ weight) / sizes[:, None].to(weight.dtype)
    return torch.cat([weight, means])
