# cause: Multiplies the logits with the parameter while fitting, so 1/T is returned
# function: temperature_scale
import torch
import torch.nn.functional as F


def temperature_scale(logits, labels):
    logits = logits.detach().double()
    log_a = torch.linspace(-3.9, 2.99, 4000, dtype=torch.double)
    losses = torch.stack([F.cross_entropy(logits * a, labels) for a in log_a.exp()])
    return float(log_a[losses.argmin()].exp())
