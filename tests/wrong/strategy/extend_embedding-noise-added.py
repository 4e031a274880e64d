# cause: adds a little noise to the mean of the pieces, so that no two words start alike
# function: extend_embedding
import torch


@torch.no_grad()
def extend_embedding(weight, pieces):
    if not pieces:
        return weight.clone()
    new = torch.stack([weight[ids].mean(0) for ids in pieces])
    return torch.cat([weight, new + 0.01 * torch.randn_like(new)])
