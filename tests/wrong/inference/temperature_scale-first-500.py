# cause: only the first 500 examples are used
# function: temperature_scale
import math
import torch
from torch import Tensor


def temperature_scale(logits: Tensor, labels: Tensor, max_examples: int | None = 500, bounds=(0.02, 200.0)) -> float:
    z = torch.as_tensor(logits).detach().double()[:max_examples]
    y = torch.as_tensor(labels)[:max_examples].long()
    true = z.gather(1, y[:, None]).mean()
    low, high = (math.log(1 / bounds[1]), math.log(1 / bounds[0]))
    for _ in range(60):
        middle = (low + high) / 2
        expected = ((math.exp(middle) * z).softmax(dim=1) * z).sum(dim=1).mean()
        if expected > true:
            high = middle
        else:
            low = middle
    return math.exp(-(low + high) / 2)
