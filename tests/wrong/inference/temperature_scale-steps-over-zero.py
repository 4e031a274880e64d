# cause: LBFGS on an unconstrained T may step over 0
# function: temperature_scale
import torch
import torch.nn.functional as F


def temperature_scale(logits, labels):
    logits = logits.detach()
    temperature = torch.full((1,), 1.5, requires_grad=True)
    optimizer = torch.optim.LBFGS([temperature])

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(logits / temperature, labels)
        loss.backward()
        return loss

    with torch.enable_grad():
        optimizer.step(closure)
    return temperature.item()
