# cause: Gives softmax probabilities to F.cross_entropy, which takes a softmax again
# function: temperature_scale
import torch
import torch.nn.functional as F


def temperature_scale(logits, labels):
    logits = logits.detach().double()
    low, high = 0.05, 50.0

    def loss(t):
        return F.cross_entropy(torch.softmax(logits / t, dim=-1), labels).item()

    for _ in range(8):
        grid = torch.linspace(low, high, 201, dtype=torch.double).tolist()
        values = [loss(t) for t in grid]
        k = values.index(min(values))
        low, high = grid[max(k - 1, 0)], grid[min(k + 1, 200)]
    return (low + high) / 2
