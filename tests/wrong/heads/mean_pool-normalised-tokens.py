# cause: The mean is taken over normalised tokens (each state is scaled to length 1 first), as a sentence encoder would do at the end.
# function: mean_pool
import torch.nn.functional as F


def mean_pool(hidden, mask):
    m = mask.unsqueeze(-1).float()
    x = F.normalize(hidden, dim=-1)
    return (x * m).sum(1) / m.sum(1).clamp(min=1)
