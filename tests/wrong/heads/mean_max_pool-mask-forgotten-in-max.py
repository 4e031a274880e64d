# cause: The mean looks at the mask, but the maximum runs over the padding too.
# function: mean_max_pool
import torch


def mean_max_pool(hidden, mask):
    m = mask.unsqueeze(-1).float()
    mean_embeddings = torch.sum(hidden * m, 1) / torch.clamp(m.sum(1), min=1e-9)
    max_embeddings, _ = torch.max(hidden, 1)
    return torch.cat((mean_embeddings, max_embeddings), 1)
