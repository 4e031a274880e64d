# cause: Averages over the set of the pieces, so a piece that occurs twice in a word counts once
# function: extend_embedding
import torch


@torch.no_grad()
def extend_embedding(weight, pieces):
    rows = [weight[sorted(set(p))].mean(0, keepdim=True) for p in pieces]
    return torch.cat([weight.clone(), *rows], dim=0)
