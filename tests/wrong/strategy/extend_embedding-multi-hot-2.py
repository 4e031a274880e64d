# cause: a multi-hot matrix picks the rows, in which a piece that occurs twice in a word counts once
# function: extend_embedding
import torch
from torch import Tensor


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    picked = torch.zeros(len(pieces), weight.shape[0], dtype=weight.dtype, device=weight.device)
    for row, ids in enumerate(pieces):
        picked[row, ids] = 1.0
    return torch.cat([weight, (picked @ weight) / picked.sum(dim=1, keepdim=True)])
