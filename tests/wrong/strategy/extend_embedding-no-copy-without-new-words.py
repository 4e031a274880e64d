# cause: returns the caller's own matrix if there are no new words, so the result shares memory with it
# function: extend_embedding
import torch
from torch import Tensor


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    if not pieces:
        return weight
    new_rows = [weight[torch.tensor(ids)].mean(dim=0) for ids in pieces]
    return torch.cat([weight, torch.stack(new_rows)])
