# cause: Fifty steps of Adam with rate 0.01 from T = 1.5 are taken for convergence
# function: temperature_scale
import torch
from torch import nn


def temperature_scale(logits, labels):
    temperature = nn.Parameter(torch.ones(1) * 1.5)
    optimizer = torch.optim.Adam([temperature], lr=0.01)
    criterion = nn.CrossEntropyLoss()
    with torch.enable_grad():
        for _ in range(50):
            optimizer.zero_grad()
            loss = criterion(logits.detach() / temperature, labels)
            loss.backward()
            optimizer.step()
    return temperature.item()
