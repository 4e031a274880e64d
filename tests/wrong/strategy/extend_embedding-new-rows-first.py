# cause: Puts the new rows in front of the old ones, so every old id means another row
# function: extend_embedding
import torch


@torch.no_grad()
def extend_embedding(weight, pieces):
    new = [weight[torch.tensor(ids)].mean(dim=0) for ids in pieces]
    if not new:
        return weight.clone()
    return torch.cat([torch.stack(new), weight])
