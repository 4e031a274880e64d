# cause: Makes three Newton steps from 1 / T = 0
# function: temperature_scale
import torch
from torch import Tensor


def boltzmann(e, beta=1.0):
    e = e - e.min(dim=-1, keepdim=True).values
    w = torch.exp(-beta * e)
    return w / w.sum(dim=-1, keepdim=True)


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    # Free energy F(beta): F' = <E_true> - <E>, F'' = variance of E. Newton from infinite temperature.
    e = -logits.detach().double()
    e_true = e.gather(1, labels.long().unsqueeze(1)).squeeze(1)
    beta = 0.0
    for _ in range(3):
        p = boltzmann(e, beta)
        mean = (p * e).sum(dim=1)
        variance = (p * e**2).sum(dim=1) - mean**2
        slope = (e_true - mean).mean()
        beta -= float(slope / variance.mean())
    return 1.0 / beta
