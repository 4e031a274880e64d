# cause: LBFGS is copied with a learning rate of 0.01 and one call of 50 iterations from 1.5, and stops long before it reaches the minimum.
# function: temperature_scale

import torch
from torch import nn, optim


def temperature_scale(logits, labels):
    logits = logits.detach()
    temperature = nn.Parameter(torch.ones(1) * 1.5)
    nll_criterion = nn.CrossEntropyLoss()
    optimizer = optim.LBFGS([temperature], lr=0.01, max_iter=50)

    def closure():
        optimizer.zero_grad()
        loss = nll_criterion(logits / temperature, labels)
        loss.backward()
        return loss

    optimizer.step(closure)
    return temperature.item()
