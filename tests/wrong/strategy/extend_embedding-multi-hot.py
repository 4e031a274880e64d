# cause: numpy habit: a multi-hot matrix set by index and divided by its row sums, in which a piece that occurs twice counts once
# function: extend_embedding
import torch
from torch import Tensor


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    hot = weight.new_zeros(len(pieces), weight.shape[0])
    for row, ids in enumerate(pieces):
        hot[row, list(ids)] = 1.0
    new = (hot / hot.sum(dim=1, keepdim=True)) @ weight
    return torch.cat([weight, new])
